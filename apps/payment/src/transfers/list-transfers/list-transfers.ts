import type { Statement } from '@falconpay/postgres/transaction';
import type { TransferState } from '../transfer.lifecycle.js';

export interface TransferFilter {
  readonly account?: string;
  readonly status?: TransferState;
  readonly reference?: string;
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
  // The states are written out, as the partial indexes are known by them.
  if (filter.status !== undefined) conditions.push(`status = '${statusLiteral(filter.status)}'`);
  if (filter.reference !== undefined) conditions.push(`reference = ${parameter(filter.reference)}`);
  if (below !== undefined) conditions.push(`id < ${parameter(below)}`);
  if (filter.account === undefined) return { statement: statementOf(pageSql(conditions)), values };
  const account = parameter(filter.account);
  const payerSql = pageSql([...conditions, `from_account = ${account}`]);
  const payeeSql = pageSql([...conditions, `to_account = ${account}`]);
  return { statement: statementOf(`select * from ((${payerSql}) union all (${payeeSql})) as either order by id desc limit $1`), values };
}

const statusLiteral = (status: TransferState): TransferState =>
  ({ PENDING: 'PENDING', COMPLETED: 'COMPLETED', FAILED: 'FAILED' })[status] as TransferState;

const pageSql = (conditions: readonly string[]): string =>
  `select * from transfers ${conditions.length === 0 ? '' : `where ${conditions.join(' and ')} `}order by id desc limit $1`;

/** The text is its own name: there are as many as there are combinations of filters. */
const statementOf = (selectSql: string): Statement => ({
  name: `list ${hashOf(selectSql)}`,
  text: `select *, clock_timestamp() as now from (${selectSql}) as page order by id desc`,
});

function hashOf(text: string): string {
  let hash = 0n;
  for (const character of text) hash = (hash * 131n + BigInt(character.codePointAt(0) ?? 0)) % (1n << 61n);
  return hash.toString(36);
}
