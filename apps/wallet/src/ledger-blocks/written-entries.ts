import type { DataSource } from 'typeorm';
import { codeOf } from '@falconpay/postgres/errors';
import { inTransaction, read, type Statement } from '@falconpay/postgres/transaction';

/** A number of an entry, and the transactions that may still be about to show entries with this number or a smaller one. */
export interface Mark {
  readonly lastId: bigint;
  readonly writers: readonly string[];
}

const lastNumber: Statement = {
  name: 'last entry number',
  text: 'select case when is_called then last_value else 0 end as last_id from entry_id',
};

/**
 * Everybody who inserts entries holds this lock from before the first number is taken until after the commit can be seen. A
 * snapshot would not do: a transaction that has taken a number and written nothing yet is in none.
 */
const writersNow: Statement = {
  name: 'writers of entries',
  text: `select distinct virtualtransaction as writer from pg_locks
    where locktype = 'relation' and relation = 'entries'::regclass and mode = 'RowExclusiveLock' and granted
      and database = (select oid from pg_database where datname = current_database())`,
};

const writersOf = async (source: DataSource): Promise<string[]> =>
  (await read<{ writer: string }>(source, writersNow)).map(({ writer }) => writer);

/** The number first, then who is writing: whoever took a number up to it is among them, or has ended. */
export async function takeMark(source: DataSource): Promise<Mark> {
  const [last] = await read<{ last_id: bigint }>(source, lastNumber);
  return { lastId: last?.last_id ?? 0n, writers: await writersOf(source) };
}

/** Whether all entries up to the mark that will ever be are there. */
export async function isComplete(source: DataSource, { writers }: Mark): Promise<boolean> {
  if (writers.length === 0) return true;
  const now = new Set(await writersOf(source));
  return !writers.some((writer) => now.has(writer));
}

const waitNoLonger: Statement = { name: 'wait no longer', text: `set local lock_timeout = '20ms'` };
const summarize: Statement = { name: 'summarize entries', text: `select brin_summarize_new_values('entries_by_id')` };
const lockNotAvailable = '55P03';

/**
 * The index on the numbers knows new pages only when they are summarized; until then every look at a few entries reads all of
 * them. Vacuum does it now and then: what is about to be sealed cannot wait. While vacuum is at work, it need not be done.
 */
export async function summarizeEntries(source: DataSource): Promise<void> {
  await inTransaction(source, async (tx) => {
    await tx.query(waitNoLonger);
    await tx.query(summarize);
  }).catch((error: unknown) => {
    if (codeOf(error) !== lockNotAvailable) throw error;
  });
}
