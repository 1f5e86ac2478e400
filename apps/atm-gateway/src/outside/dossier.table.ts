import type { Table } from '@falconpay/pipeline/table';
import { insertInto, timeText } from '@falconpay/postgres/set-based';
import type { Statement } from '@falconpay/postgres/transaction';
import type { Dossier, Evidence, EvidenceSource } from './evidence.js';
import type { Doubt, Says } from './partner-port.js';

export interface EvidenceRecord {
  readonly order_id: string;
  readonly source: EvidenceSource;
  readonly says: Says;
  readonly paid: bigint | null;
  readonly partner_ref: string | null;
  readonly reason: string | null;
  readonly doubt: Doubt | null;
  readonly raw: string;
  readonly at: Date;
}

export const evidenceOfRecord = (record: EvidenceRecord): Evidence => ({
  orderId: record.order_id,
  source: record.source,
  says: record.says,
  paid: record.paid ?? undefined,
  partnerRef: record.partner_ref ?? undefined,
  reason: record.reason ?? undefined,
  doubt: record.doubt ?? undefined,
  raw: record.raw,
  at: record.at,
});

export const findEvidence: Statement = {
  name: 'find evidence',
  text: `select * from evidence where order_id = any($1) order by order_id, id`,
};

const add = insertInto<Evidence>('evidence', {
  order_id: { type: 'text', of: (piece) => piece.orderId },
  source: { type: 'text', of: (piece) => piece.source },
  says: { type: 'text', of: (piece) => piece.says },
  paid: { type: 'bigint', of: (piece) => piece.paid ?? null },
  partner_ref: { type: 'text', of: (piece) => piece.partnerRef ?? null },
  reason: { type: 'text', of: (piece) => piece.reason ?? null },
  doubt: { type: 'text', of: (piece) => piece.doubt ?? null },
  raw: { type: 'text', of: (piece) => piece.raw },
  at: { type: 'timestamptz', of: (piece) => timeText(piece.at) },
});

/** The evidence itself never changes, so there is nothing to lock: whoever adds to a dossier has locked its order before. */
export const dossiersTable: Table<Dossier> = {
  keysOf: (dossier) => [dossier.orderId],
  lock: async (tx, ids) => {
    const dossiers = new Map<string, Evidence[]>();
    for (const record of await tx.query<EvidenceRecord>(findEvidence, [ids]))
      dossiers.set(record.order_id, [...(dossiers.get(record.order_id) ?? []), evidenceOfRecord(record)]);
    return [...dossiers].map(([orderId, evidence]) => ({ orderId, evidence }));
  },
  insert: (tx, dossiers) =>
    add(
      tx,
      dossiers.flatMap(({ evidence }) => evidence),
    ),
  update: (tx, changes) =>
    add(
      tx,
      changes.flatMap(({ before, after }) => after.evidence.slice(before.evidence.length)),
    ),
};
