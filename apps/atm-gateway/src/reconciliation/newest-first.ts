import { statementOfText } from '@falconpay/postgres/named-by-text';
import type { Statement } from '@falconpay/postgres/transaction';

export interface ListQuery {
  readonly statement: Statement;
  readonly values: readonly unknown[];
}

/** A page of a table, from below an id on, by those of the columns for which there is a value. */
export function newestFirst(
  tableSql: 'records' | 'breaks',
  columns: Readonly<Record<string, string | undefined>>,
  below: string | undefined,
  limit: number,
): ListQuery {
  const values: unknown[] = [limit];
  const parameter = (value: unknown): string => `$${values.push(value)}`;
  const conditions = Object.entries(columns).flatMap(([nameSql, value]) =>
    value === undefined ? [] : [`${nameSql} = ${parameter(value)}`],
  );
  if (below !== undefined) conditions.push(`id < ${parameter(below)}`);
  const whereSql = conditions.length > 0 ? `where ${conditions.join(' and ')}` : '';
  return { statement: statementOfText(`select * from ${tableSql} ${whereSql} order by id desc limit $1`), values };
}
