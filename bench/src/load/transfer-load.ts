import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { runClosedLoop } from './closed-loop.js';

const ASK_EVERY_MS = 20;
const GIVE_UP_AFTER_MS = 300_000;

/** Transfers ready to be sent, and where to see what became of them. */
export interface TransferLoad {
  readonly url: string;
  readonly connections: number;
  readonly requests: readonly Buffer[];
  readonly transfers: number;
  /** Superuser's connection to the database that has the `transfers`. */
  readonly database: pg.Client;
}

export interface LoadResult {
  readonly transfers: number;
  /** From the first request until all were accepted. */
  readonly acceptedSeconds: number;
  /** From the first request until the last transfer was COMPLETED. */
  readonly seconds: number;
  readonly completedPerSecond: number;
}

/** Sends all, waits until the last transfer has ended, and insists that each of them is COMPLETED. */
export async function runTransferLoad({ url, connections, requests, transfers, database }: TransferLoad): Promise<LoadResult> {
  const before = await statusCounts(database);
  if (before.pending > 0) throw new Error(`${before.pending} transfers were PENDING before the load`);
  const startedAt = performance.now();
  await runClosedLoop(url, connections, requests, 202);
  const acceptedSeconds = secondsSince(startedAt);
  await untilNothingIsPending(database);
  const seconds = secondsSince(startedAt);
  const after = await statusCounts(database);
  const completed = after.completed - before.completed;
  if (completed !== transfers || after.failed !== before.failed) {
    throw new Error(`of ${transfers} transfers ${completed} were COMPLETED and ${after.failed - before.failed} FAILED`);
  }
  return { transfers, acceptedSeconds, seconds, completedPerSecond: transfers / seconds };
}

/** Asks the list of open transfers, not the table of all. */
export async function untilNothingIsPending(database: pg.Client): Promise<void> {
  const deadline = performance.now() + GIVE_UP_AFTER_MS;
  while (performance.now() < deadline) {
    const { rowCount } = await database.query(`select from open_transfers limit 1`);
    if (rowCount === 0) return;
    await sleep(ASK_EVERY_MS);
  }
  throw new Error('transfers are still PENDING five minutes after the load');
}

async function statusCounts(database: pg.Client): Promise<{ pending: number; completed: number; failed: number }> {
  const { rows } = await database.query<{ pending: number; completed: number; failed: number }>(`
    select count(*) filter (where status = 'PENDING')::int as pending,
      count(*) filter (where status = 'COMPLETED')::int as completed,
      count(*) filter (where status = 'FAILED')::int as failed
    from transfers`);
  const [row] = rows;
  if (row === undefined) throw new Error('count without a row');
  return row;
}

function secondsSince(startedAt: number): number {
  return (performance.now() - startedAt) / 1_000;
}
