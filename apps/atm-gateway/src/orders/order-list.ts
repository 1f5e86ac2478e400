import type { DataSource } from 'typeorm';
import { pageLimitOf, type Cursors, type Page, type PageQuery } from '@falconpay/http/cursor';
import { statementOfText } from '@falconpay/postgres/named-by-text';
import { read, type Statement } from '@falconpay/postgres/transaction';
import type { OrderKind } from './order.js';
import { overStatuses } from './is-over.js';
import type { OrderRecord } from './order.table.js';
import { statesOf } from './order-words.js';
import { withDossiers } from './read-orders.js';

export interface OrderFilter {
  readonly account?: string | undefined;
  readonly partner?: string | undefined;
  readonly status?: string | undefined;
}

const ended: ReadonlySet<string> = new Set<string>(overStatuses);
const failed: ReadonlySet<string> = new Set(['REFUSED', 'FAILED', 'REFUNDED', 'DECLINED', 'REVERSED']);

/** A page of what a client has asked for, newest first. */
export async function pageOfOrders(
  source: DataSource,
  cursors: Cursors,
  kind: OrderKind,
  query: PageQuery,
  filter: OrderFilter,
  client: string,
): Promise<Page<unknown>> {
  const scope = { list: `${kind}s`, client, filters: { ...filter } };
  const limit = pageLimitOf(query);
  const below = query.cursor === undefined ? undefined : String(cursors.decode(query.cursor, scope)[0]);
  const { statement, values } = orderQuery(kind, filter, below, limit + 1);
  const page = cursors.page(await read<OrderRecord>(source, statement, values), limit, scope, ({ id }) => [id]);
  return { ...page, data: await withDossiers(source, page.data) };
}

/** Newest first, from below an id on. What is not over is found by its own list, what failed by its code: as the indexes know them. */
function orderQuery(kind: OrderKind, { account, partner, status }: OrderFilter, below: string | undefined, limit: number) {
  const values: unknown[] = [limit];
  const parameter = (value: unknown): string => `$${values.push(value)}`;
  const conditions = [`kind = ${parameter(kind)}`];
  if (account !== undefined) conditions.push(`account = ${parameter(account)}`);
  if (partner !== undefined) conditions.push(`partner = ${parameter(partner)}`);
  if (status !== undefined) conditions.push(`status = any(${parameter(statesOf(kind, status))})`);
  if (status !== undefined && failed.has(status)) conditions.push('failure_code is not null');
  if (below !== undefined) conditions.push(`id < ${parameter(below)}`);
  const fromSql = status === undefined || ended.has(status) ? 'orders' : 'open_orders join orders using (id)';
  const text = `select * from ${fromSql} where ${conditions.join(' and ')} order by id desc limit $1`;
  const statement: Statement = statementOfText(text);
  return { statement, values };
}
