import { statementOfText } from '@falconpay/postgres/named-by-text';
import type { Statement } from '@falconpay/postgres/transaction';
import { withRefunds } from '../read-transfers.js';
import type { TransferState } from '../transfer.lifecycle.js';

export interface TransferFilter {
  readonly account?: string;
  readonly status?: TransferState;
  readonly reference?: string;
  readonly refund_of?: string;
}

/** One of our statements and its values: newest first, from below an id on. */
export interface TransferQuery {
  readonly statement: Statement;
  readonly values: readonly unknown[];
}

/**
 * A filter by account asks the payers' and the payees' index for a page each and merges them: an `or` over both would read
 * all of the account's transfers, or all transfers there are.
 */
export function transferQuery(filter: TransferFilter, below: string | undefined, limit: number): TransferQuery {
  const values: unknown[] = [limit];
  const parameter = (value: unknown): string => `$${values.push(value)}`;
  const conditions: string[] = [];
  const fromSql = filter.status === undefined ? 'transfers' : fromSqlOf[filter.status];
  if (filter.status !== undefined) conditions.push(conditionOf[filter.status]);
  if (filter.reference !== undefined) conditions.push(`reference = ${parameter(filter.reference)}`);
  if (filter.refund_of !== undefined) conditions.push(`refund_of = ${parameter(filter.refund_of)}`);
  if (below !== undefined) conditions.push(`id < ${parameter(below)}`);
  if (filter.account === undefined) return { statement: statementOf(pageSql(fromSql, conditions)), values };
  const account = parameter(filter.account);
  const payerSql = pageSql(fromSql, [...conditions, `from_account = ${account}`]);
  const payeeSql = pageSql(fromSql, [...conditions, `to_account = ${account}`]);
  return { statement: statementOf(`select * from ((${payerSql}) union all (${payeeSql})) as either order by id desc limit $1`), values };
}

// What has not ended is listed apart, and a failure is known by its code: that is how the indexes know them.
const fromSqlOf: Readonly<Record<TransferState, string>> = {
  PENDING: 'open_transfers join transfers using (id)',
  COMPLETED: 'transfers',
  FAILED: 'transfers',
};
const conditionOf: Readonly<Record<TransferState, string>> = {
  PENDING: `status = 'PENDING'`,
  COMPLETED: `status = 'COMPLETED'`,
  FAILED: `failure_code is not null`,
};

const pageSql = (fromSql: string, conditions: readonly string[]): string =>
  `select * from ${fromSql} ${conditions.length === 0 ? '' : `where ${conditions.join(' and ')} `}order by id desc limit $1`;

const statementOf = (selectSql: string): Statement => statementOfText(`${withRefunds(selectSql)} order by found.id desc`);
