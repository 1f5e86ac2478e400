import type { DataSource } from 'typeorm';
import { Problem } from '@falconpay/http/problem';
import { read, type Statement } from '@falconpay/postgres/transaction';
import { orderOf, type OrderRecord } from '../orders/order.table.js';
import type { CaseReason } from '../outside/case.js';
import { evidenceOfRecord, findEvidence, type EvidenceRecord } from '../outside/dossier.table.js';
import { withdrawalView } from './withdrawal-view.js';

interface CaseRecord {
  readonly order_id: string;
  readonly reason: CaseReason;
  readonly detail: string;
  readonly opened_at: Date;
}

const findCases: Statement = { name: 'find cases', text: `select * from cases where order_id = any($1) order by order_id, opened_at` };

/** Withdrawals with their evidence and cases, in the order given. */
export async function withDossiers(source: DataSource, records: readonly OrderRecord[]) {
  if (records.length === 0) return [];
  const ids = records.map(({ id }) => id);
  const [evidence, cases] = await Promise.all([
    read<EvidenceRecord>(source, findEvidence, [ids]),
    read<CaseRecord>(source, findCases, [ids]),
  ]);
  return records.map((record) =>
    withdrawalView(
      orderOf(record),
      evidence.filter(({ order_id }) => order_id === record.id).map(evidenceOfRecord),
      cases.flatMap(({ order_id, opened_at, ...same }) => (order_id === record.id ? [{ ...same, openedAt: opened_at }] : [])),
    ),
  );
}

const find: Statement = { name: 'find withdrawal', text: `select * from orders where id = $1 and kind = 'withdrawal'` };

export async function readWithdrawal(source: DataSource, id: string) {
  const [view] = await withDossiers(source, await read<OrderRecord>(source, find, [id]));
  if (!view) throw new Problem('withdrawal-not-found', `There is no withdrawal ${id}.`);
  return view;
}
