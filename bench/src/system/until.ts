import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';

const ASK_EVERY_MS = 20;
const GIVE_UP_AFTER_MS = 300_000;

/** Asks a database until its `count` is what is waited for. */
export async function untilCount(database: pg.Client, countSql: string, expected: number): Promise<void> {
  const deadline = performance.now() + GIVE_UP_AFTER_MS;
  let seen = Number.NaN;
  while (performance.now() < deadline) {
    seen = (await database.query<{ count: number }>(countSql)).rows[0]?.count ?? Number.NaN;
    if (seen === expected) return;
    await sleep(ASK_EVERY_MS);
  }
  throw new Error(`after five minutes there are ${seen} instead of ${expected}: ${countSql}`);
}
