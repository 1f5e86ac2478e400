import type { DataSource } from 'typeorm';
import { Problem } from '@falconpay/http/problem';
import { read, type Statement } from '@falconpay/postgres/transaction';
import type { CaseReason } from '../outside/case.js';
import { evidenceOfRecord, findEvidence, type EvidenceRecord } from '../outside/dossier.table.js';
import type { OrderKind } from './order.js';
import { orderOf, type OrderRecord } from './order.table.js';
import { orderView } from './order-view.js';
import { orderWords } from './order-words.js';

interface CaseRecord {
  readonly order_id: string;
  readonly reason: CaseReason;
  readonly detail: string;
  readonly opened_at: Date;
}

const findCases: Statement = { name: 'find cases', text: `select * from cases where order_id = any($1) order by order_id, opened_at` };

/** Orders with their evidence and cases, in the order given. */
export async function withDossiers(source: DataSource, records: readonly OrderRecord[]) {
  if (records.length === 0) return [];
  const ids = records.map(({ id }) => id);
  const [evidence, cases] = await Promise.all([
    read<EvidenceRecord>(source, findEvidence, [ids]),
    read<CaseRecord>(source, findCases, [ids]),
  ]);
  return records.map((record) =>
    orderView(
      orderOf(record),
      evidence.filter(({ order_id }) => order_id === record.id).map(evidenceOfRecord),
      cases.flatMap(({ order_id, opened_at, ...same }) => (order_id === record.id ? [{ ...same, openedAt: opened_at }] : [])),
    ),
  );
}

const findAll: Statement = { name: 'find orders', text: `select * from orders where id = any($1)` };

/** Orders that are there, by their ids. */
export async function readOrders(source: DataSource, ids: readonly string[]) {
  const views = await withDossiers(source, await read<OrderRecord>(source, findAll, [ids]));
  return new Map(views.map((view) => [view.id, view]));
}

const find: Statement = { name: 'find order', text: `select * from orders where id = $1 and kind = $2` };

export async function readOrder(source: DataSource, kind: OrderKind, id: string) {
  const [view] = await withDossiers(source, await read<OrderRecord>(source, find, [id, kind]));
  if (!view) throw new Problem(orderWords[kind].notFound, `There is no ${kind} ${id}.`);
  return view;
}
