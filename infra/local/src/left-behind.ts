import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { endProcess, identityOf, isRunning, type ProcessIdentity } from './processes.js';
import { writeFileAtomically } from './write-file-atomically.js';

const FILE = 'processes.json';

/** Remembers what runs on behalf of this data folder, should supervisor and guardian be killed in one blow. */
export async function rememberProcesses(home: string, pids: readonly number[]): Promise<void> {
  const identities = pids.map(identityOf).filter((identity) => identity !== undefined);
  await writeFileAtomically(join(home, FILE), JSON.stringify(identities));
}

export async function forgetProcesses(home: string): Promise<void> {
  await rm(join(home, FILE), { force: true });
}

/** Ends what an earlier supervisor of this folder left running. To be called by the holder of the folder's lock only. */
export async function endLeftBehind(home: string, log: (line: string) => void): Promise<void> {
  const remembered = await readFile(join(home, FILE), 'utf8').then(
    (content) => JSON.parse(content) as ProcessIdentity[],
    () => [],
  );
  const alive = remembered.filter(isRunning);
  if (alive.length > 0) {
    log(`supervisor | an earlier start left ${alive.length} processes (pids ${alive.map(({ pid }) => pid).join(', ')}): ending them`);
  }
  // SIGINT: for Postgres that is its fast stop; Node and the JVM end on it as well.
  await Promise.all(alive.map(({ pid }) => endProcess(pid, 'SIGINT', 4_000)));
  await forgetProcesses(home);
}
