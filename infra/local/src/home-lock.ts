import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PlainError } from './plain-error.js';
import { identityOf, isRunning, type ProcessIdentity } from './processes.js';

/**
 * One system per data folder. The lock names its holder by pid and start time, so the lock of one that was killed is
 * recognised, also after its pid has been given to another program. Returns what gives it back.
 */
export async function lockHome(home: string): Promise<() => Promise<void>> {
  await mkdir(home, { recursive: true });
  const lock = join(home, 'running.lock');
  const mine = `${lock}.${randomBytes(4).toString('hex')}`;
  await writeFile(mine, JSON.stringify(identityOf(process.pid)));
  try {
    for (let attempt = 0; attempt < 10; attempt++) {
      try {
        // A link is made whole or not at all, and only where nothing stands yet.
        await link(mine, lock);
        return () => rm(lock, { force: true });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const holder = await holderOf(lock);
      if (holder !== undefined && isRunning(holder)) {
        throw new PlainError(`FalconPay is running in ${home} already (pid ${holder.pid}): stop it, or choose another FALCONPAY_HOME.`);
      }
      await setAside(lock, holder);
    }
    throw new PlainError(`cannot lock ${home}: others keep starting in it.`);
  } finally {
    await rm(mine, { force: true });
  }
}

/** Two starters may both have found the lock stale: who moved a fresh one away by mistake puts it back. */
async function setAside(lock: string, stale: ProcessIdentity | undefined): Promise<void> {
  const aside = `${lock}.${randomBytes(4).toString('hex')}.stale`;
  try {
    await rename(lock, aside);
  } catch {
    return;
  }
  const moved = await holderOf(aside);
  if (moved !== undefined && moved.pid !== stale?.pid && isRunning(moved)) await link(aside, lock).catch(() => undefined);
  await rm(aside, { force: true });
}

async function holderOf(lock: string): Promise<ProcessIdentity | undefined> {
  try {
    return JSON.parse(await readFile(lock, 'utf8')) as ProcessIdentity;
  } catch {
    return undefined;
  }
}
