import type { DataSource } from 'typeorm';
import type { Currency } from '@falconpay/money/currency';
import { read, type Statement } from '@falconpay/postgres/transaction';
import type { TransactionType } from '../ledger/ledger.js';

/** `from` is the first instant that counts, `to` the first that does not. */
export interface HistoryFilter {
  readonly type?: TransactionType;
  readonly reference?: string;
  readonly from?: string;
  readonly to?: string;
}

/** Where a reader stands: behind this entry. The time is Postgres' own text, which loses no microsecond. */
export type HistoryPosition = readonly [time: string, id: string];

export interface HistoryRecord {
  readonly id: bigint;
  readonly transaction_id: string;
  readonly type: TransactionType;
  readonly amount: bigint;
  readonly currency: Currency;
  /** A system account's entries have none. */
  readonly balance_after: bigint | null;
  readonly reference: string | null;
  readonly created_at: Date;
  readonly time: string;
}

export interface HistoryQuery {
  readonly statement: Statement;
  readonly values: readonly unknown[];
}

export const positionOf = ({ time, id }: HistoryRecord): HistoryPosition => [time, id.toString()];

/**
 * An account's entries from a position on, newest first, along its primary key. An account's new entries are younger than all it
 * has, as they are written under its lock: whatever arrives meanwhile, nothing below a position changes.
 */
export function historyQuery(account: string, filter: HistoryFilter, below: HistoryPosition | undefined, limit: number): HistoryQuery {
  const values: unknown[] = [account, limit];
  const parameter = (value: unknown): string => `$${values.push(value)}`;
  const asked = new Map<string, string>();
  if (filter.type !== undefined) asked.set('type', `type = ${parameter(filter.type)}`);
  if (filter.reference !== undefined) asked.set('reference', `reference = ${parameter(filter.reference)}`);
  if (filter.from !== undefined) asked.set('from', `created_at >= ${parameter(filter.from)}`);
  if (filter.to !== undefined) asked.set('to', `created_at < ${parameter(filter.to)}`);
  if (below) asked.set('below', `(created_at, id) < (${parameter(below[0])}, ${parameter(below[1])})`);
  const whereSql = ['account_id = $1', ...asked.values()].join(' and ');
  const statement = {
    // There are as many statements as there are combinations of filters.
    name: ['history', ...asked.keys()].join(' '),
    text: `select id, transaction_id, type, amount, currency, balance_after, reference, created_at, created_at::text as time
      from entries where ${whereSql} order by created_at desc, id desc limit $2`,
  };
  return { statement, values };
}

export function readHistory(source: DataSource, { statement, values }: HistoryQuery): Promise<HistoryRecord[]> {
  return read<HistoryRecord>(source, statement, values);
}

const linesPerRead = 1_000;

/**
 * The whole of it, some at a time and no connection held in between: a reader who is slow, or goes away, costs nobody anything.
 * It needs no snapshot, as nothing changes below where it stands.
 */
export async function* wholeHistory(source: DataSource, account: string, filter: HistoryFilter): AsyncGenerator<HistoryRecord[]> {
  for (let below: HistoryPosition | undefined; ;) {
    const records = await readHistory(source, historyQuery(account, filter, below, linesPerRead));
    yield records;
    const last = records.at(-1);
    if (!last || records.length < linesPerRead) return;
    below = positionOf(last);
  }
}
