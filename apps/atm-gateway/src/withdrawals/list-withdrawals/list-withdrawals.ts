import { statementOfText } from '@falconpay/postgres/named-by-text';
import type { Statement } from '@falconpay/postgres/transaction';
import { statesOf, type WithdrawalStatus } from '../withdrawal-status.js';

export interface WithdrawalFilter {
  readonly account?: string;
  readonly atm_id?: string;
  readonly status?: WithdrawalStatus;
}

export interface WithdrawalQuery {
  readonly statement: Statement;
  readonly values: readonly unknown[];
}

const ended: ReadonlySet<WithdrawalStatus> = new Set<WithdrawalStatus>(['COMPLETED', 'REFUSED', 'REFUNDED']);
const failed: ReadonlySet<WithdrawalStatus> = new Set<WithdrawalStatus>(['REFUSED', 'FAILED', 'REFUNDED']);

/** Newest first, from below an id on. What is not over is found by its own list, what failed by its code: as the indexes know them. */
export function withdrawalQuery({ account, atm_id, status }: WithdrawalFilter, below: string | undefined, limit: number): WithdrawalQuery {
  const values: unknown[] = [limit];
  const parameter = (value: unknown): string => `$${values.push(value)}`;
  const conditions = [`kind = 'withdrawal'`];
  if (account !== undefined) conditions.push(`account = ${parameter(account)}`);
  if (atm_id !== undefined) conditions.push(`partner = ${parameter(atm_id)}`);
  if (status !== undefined) conditions.push(`status = any(${parameter(statesOf(status))})`);
  if (status !== undefined && failed.has(status)) conditions.push('failure_code is not null');
  if (below !== undefined) conditions.push(`id < ${parameter(below)}`);
  const fromSql = status === undefined || ended.has(status) ? 'orders' : 'open_orders join orders using (id)';
  const text = `select * from ${fromSql} where ${conditions.join(' and ')} order by id desc limit $1`;
  return { statement: statementOfText(text), values };
}
