import type pg from 'pg';
import { runClosedLoop } from './closed-loop.js';
import { anyOf, oneOf, postRequest } from './http-requests.js';
import type { LoadResult } from './transfer-load.js';

const AMOUNT_MAX = 100;

export type CounterWork = 'deposit' | 'withdrawal';

/** Paid in or out, one request each, and where to see that it was posted. */
export interface CounterLoad {
  readonly url: string;
  readonly connections: number;
  readonly requests: readonly Buffer[];
  readonly work: CounterWork;
  /** Superuser's connection to the ledger. */
  readonly database: pg.Client;
}

export function counterRequests(url: string, accounts: readonly string[], work: CounterWork, count: number, releaseAt?: Date): Buffer[] {
  const release = releaseAt === undefined ? '' : `,"release_at":"${releaseAt.toISOString()}"`;
  return Array.from({ length: count }, () => {
    const path = `/v1/accounts/${oneOf(accounts)}/${work}s`;
    return postRequest({ url, path }, `{"amount":{"amount":${1 + anyOf(AMOUNT_MAX)},"currency":"USD"}${release}}`);
  });
}

/** What is answered has happened, so the clock stops with the last answer; and the ledger must have each of them. */
export async function runCounterLoad({ url, connections, requests, work, database }: CounterLoad): Promise<LoadResult> {
  const before = await postedOf(database, work);
  const startedAt = performance.now();
  await runClosedLoop(url, connections, requests, 201);
  const seconds = (performance.now() - startedAt) / 1_000;
  const posted = (await postedOf(database, work)) - before;
  if (posted !== requests.length) throw new Error(`of ${requests.length} ${work}s ${posted} were posted`);
  return { transfers: requests.length, acceptedSeconds: seconds, seconds, completedPerSecond: requests.length / seconds };
}

async function postedOf(database: pg.Client, work: CounterWork): Promise<number> {
  const { rows } = await database.query<{ count: number }>(
    `select count(*)::int as count from transactions where type = $1 and status = 'POSTED'`,
    [work],
  );
  return rows[0]?.count ?? Number.NaN;
}
