import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { Problem } from '@falconpay/http/problem';
import { read, type Statement } from '@falconpay/postgres/transaction';

const lookEveryMs = 2;
/** About two seconds. */
const looksMax = 800;

/**
 * A commit locks its accounts, then looks at the clock, and is seen some milliseconds later. The statement's own clock is older than
 * what it sees of the locks: whoever locks after it looks at a later clock.
 */
const openAt: Statement = {
  name: 'open commits of an instant',
  text: `select date_trunc('milliseconds', statement_timestamp()) as now, exists (
      select from pg_locks join pg_stat_activity using (pid)
      where locktype = 'relation' and relation = 'accounts'::regclass and mode = 'RowShareLock' and granted
        and database = (select oid from pg_database where datname = current_database())
        and xact_start < $1::timestamptz + interval '1 millisecond') as is_open`,
};

/**
 * Resolves when nothing can happen any more at that instant or before it: what is read afterwards is what will always be read. No lock
 * is taken, and nobody waits for the reader; where a commit is stuck, the instants it may have chosen are not told yet.
 */
export async function untilSettled(source: DataSource, at: Date): Promise<void> {
  for (let looks = 1; ; looks += 1) {
    const [found] = await read<{ now: Date; is_open: boolean }>(source, openAt, [at]);
    if (!found || at > found.now) throw ofTheFuture();
    if (at < found.now && !found.is_open) return;
    if (looks >= looksMax)
      throw new Problem('service-unavailable', 'What happened at that instant is still being written.', { retryAfterSeconds: 1 });
    await sleep(lookEveryMs);
  }
}

/** What is to come nobody knows. */
function ofTheFuture(): Problem {
  const errors = [{ pointer: 'at', detail: 'must not be in the future' }];
  return new Problem('validation-failed', 'The request is not valid.', { errors });
}

const clock: Statement = { name: 'clock of a reader', text: `select date_trunc('milliseconds', clock_timestamp()) as now` };

export async function clockOf(source: DataSource): Promise<Date> {
  const [row] = await read<{ now: Date }>(source, clock);
  if (!row) throw new TypeError('the clock gave no time');
  return row.now;
}
