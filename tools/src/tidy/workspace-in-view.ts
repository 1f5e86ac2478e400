import type { Project } from '../workspace.js';

/** What tidy looks at; specs give it small workspaces of their own. */
export interface Workspace {
  readonly paths: readonly string[];
  readonly read: (path: string) => string;
  readonly projects: readonly Project[];
}
