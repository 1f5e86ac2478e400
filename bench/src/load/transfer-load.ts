import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { runClosedLoop } from './closed-loop.js';

/** Each look takes milliseconds of the database, which are missing from what is measured. */
const ASK_EVERY_MS = 50;
const GIVE_UP_AFTER_MS = 300_000;

/** Where to see what became of what was accepted: how many ended well, and whether any has not ended (the cheaper question). */
export interface Followed {
  readonly completedSql: string;
  readonly openSql: string;
}

export const TRANSFERS: Followed = {
  completedSql: `select count(*)::int as count from transfers where status = 'COMPLETED'`,
  openSql: `select from open_transfers limit 1`,
};

/** Transfers, or other sagas, ready to be sent. */
export interface TransferLoad {
  readonly url: string;
  readonly connections: number;
  readonly requests: readonly Buffer[];
  /** Of each answer: 202 when it was accepted, 200 when the request waits for the end. */
  readonly status: 200 | 202;
  readonly transfers: number;
  /** Told of each answer. */
  readonly answered?: () => void;
  /** Superuser's connection to the database that knows them. */
  readonly database: pg.Client;
  readonly followed: Followed;
}

export interface LoadResult {
  readonly transfers: number;
  /** From the first request until all were answered. */
  readonly acceptedSeconds: number;
  /** From the first request until the last transfer was COMPLETED. */
  readonly seconds: number;
  readonly completedPerSecond: number;
}

/** Sends all, waits until the last one has ended, and insists that each of them is COMPLETED. */
export async function runTransferLoad(load: TransferLoad): Promise<LoadResult> {
  const { url, connections, requests, status, transfers, answered, database, followed } = load;
  if (await isAnyOpen(database, followed)) throw new Error('something was still under way before the load');
  const before = await completedOf(database, followed);
  const startedAt = performance.now();
  await runClosedLoop(url, connections, requests, status, answered);
  const acceptedSeconds = secondsSince(startedAt);
  await untilNothingIsOpen(database, followed);
  const seconds = secondsSince(startedAt);
  const completed = (await completedOf(database, followed)) - before;
  if (completed !== transfers) throw new Error(`of ${transfers} ${completed} were COMPLETED`);
  return { transfers, acceptedSeconds, seconds, completedPerSecond: transfers / seconds };
}

export async function untilNothingIsOpen(database: pg.Client, followed: Followed): Promise<void> {
  const deadline = performance.now() + GIVE_UP_AFTER_MS;
  while (performance.now() < deadline) {
    if (!(await isAnyOpen(database, followed))) return;
    await sleep(ASK_EVERY_MS);
  }
  throw new Error('something is still under way five minutes after the load');
}

async function isAnyOpen(database: pg.Client, { openSql }: Followed): Promise<boolean> {
  return (await database.query(openSql)).rowCount !== 0;
}

async function completedOf(database: pg.Client, { completedSql }: Followed): Promise<number> {
  const { rows } = await database.query<{ count: number }>(completedSql);
  return rows[0]?.count ?? Number.NaN;
}

function secondsSince(startedAt: number): number {
  return (performance.now() - startedAt) / 1_000;
}
