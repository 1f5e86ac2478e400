import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileExists, filesBelow, readText, workspaceRoot } from './workspace.js';

/** Content by path from the root of the project. */
export type GeneratedFiles = ReadonlyMap<string, string>;

/** Folders that hold generated files alone: what stands there and is not generated any more goes. */
const generatedFolders = ['docs/choreography', 'docs/events'];

/** One line per file that is missing, differs or should be gone; empty when everything is up to date. */
export function staleFiles(files: GeneratedFiles, root = workspaceRoot): string[] {
  const outdated = [...files].flatMap(([path, content]) => {
    if (!fileExists(path, root)) return [`${path} is missing`];
    return readText(path, root) === content ? [] : [`${path} is out of date`];
  });
  return [...outdated, ...leftovers(files, root).map((path) => `${path} is not generated any more`)];
}

/** Answers the paths that changed. */
export function writeGenerated(files: GeneratedFiles, root = workspaceRoot): string[] {
  const changed = [...files].filter(([path, content]) => !fileExists(path, root) || readText(path, root) !== content);
  for (const [path, content] of changed) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  const gone = leftovers(files, root);
  for (const path of gone) rmSync(join(root, path));
  return [...changed.map(([path]) => path), ...gone];
}

const leftovers = (files: GeneratedFiles, root: string): string[] =>
  generatedFolders.flatMap((folder) => filesBelow(folder, root)).filter((path) => !files.has(path));
