import { execFileSync } from 'node:child_process';
import { filesBelow } from '../workspace.js';

/** Files that are, or would be, committed; all files where there is no git, as in an unpacked archive. */
export function trackedFiles(root: string): string[] {
  try {
    const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '-z'], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      maxBuffer: 64 * 1024 * 1024,
    });
    return listed.split('\0').filter((path) => path !== '');
  } catch {
    return filesBelow('', root);
  }
}
