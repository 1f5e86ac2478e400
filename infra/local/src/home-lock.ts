import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PlainError } from './plain-error.js';
import { identityOf, isRunning, type ProcessIdentity } from './processes.js';

/**
 * One system per data folder. The lock names its holder by pid and start time, so the lock of one that was killed is
 * recognised, also after its pid has been given to another program. Returns what gives it back.
 */
export async function lockHome(home: string): Promise<() => Promise<void>> {
  await mkdir(home, { recursive: true });
  const lock = join(home, 'running.lock');
  for (let attempt = 0; attempt < 100; attempt++) {
    const mine = await writeIdentity(lock);
    try {
      if ((await place(mine, lock)) || (await inherit(mine, lock))) return () => rm(lock, { force: true });
    } finally {
      await rm(mine, { force: true });
    }
    const holder = await holderOf(lock);
    if (holder !== undefined && isRunning(holder)) {
      throw new PlainError(`FalconPay is running in ${home} already (pid ${holder.pid}): stop it, or choose another FALCONPAY_HOME.`);
    }
    await sleep(20);
  }
  throw new PlainError(`cannot lock ${home}: others keep starting in it.`);
}

/**
 * Takes a dead holder's lock over. The lock is replaced, never removed, so there is no moment without one; and only who
 * holds the claim to this dead holder's place may replace it, after having looked again.
 */
async function inherit(mine: string, lock: string): Promise<boolean> {
  const claims: string[] = [];
  let claim = lock;
  let won = false;
  do {
    const dead = await holderOf(claim);
    if (dead !== undefined && isRunning(dead)) return false;
    claim = `${claim}.after-${dead === undefined ? 'unreadable' : `${dead.pid}-${dead.startedAt.replaceAll(/\W/g, '_')}`}`;
    claims.unshift(claim);
    // Who claimed it before us may have died as well: then the claim to that one's place decides.
    won = await place(mine, claim);
  } while (!won && claims.length < 5);
  if (!won) return false;
  try {
    const holder = await holderOf(lock);
    if (holder !== undefined && isRunning(holder)) return false;
    await rename(mine, lock);
    return true;
  } finally {
    for (const each of claims) await rm(each, { force: true });
  }
}

/** Puts the file there whole, and only where nothing stands yet. */
async function place(file: string, at: string): Promise<boolean> {
  try {
    await link(file, at);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function writeIdentity(lock: string): Promise<string> {
  const file = `${lock}.${randomBytes(6).toString('hex')}`;
  await writeFile(file, JSON.stringify(identityOf(process.pid)));
  return file;
}

async function holderOf(lock: string): Promise<ProcessIdentity | undefined> {
  try {
    const holder = JSON.parse(await readFile(lock, 'utf8')) as ProcessIdentity;
    return typeof holder.pid === 'number' && typeof holder.startedAt === 'string' ? holder : undefined;
  } catch {
    return undefined;
  }
}
