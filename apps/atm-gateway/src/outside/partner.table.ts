import type { Currency } from '@falconpay/money/currency';
import type { Table } from '@falconpay/pipeline/table';
import { insertInto, timeText } from '@falconpay/postgres/set-based';
import type { Statement } from '@falconpay/postgres/transaction';
import type { PartnerKind } from './partner-port.js';
import { partnerKey, partnerOfKey, type RegisteredPartner } from './registered-partner.js';

export interface PartnerRecord {
  readonly kind: PartnerKind;
  readonly id: string;
  readonly url: string;
  readonly currency: Currency | null;
  readonly smallest_note: bigint | null;
  readonly version: number;
  readonly created_at: Date;
  readonly updated_at: Date;
}

export const partnerOf = (record: PartnerRecord): RegisteredPartner => ({
  kind: record.kind,
  id: record.id,
  url: record.url,
  currency: record.currency ?? undefined,
  smallestNote: record.smallest_note ?? undefined,
  version: record.version,
  createdAt: record.created_at,
  updatedAt: record.updated_at,
});

const find: Statement = {
  name: 'find partners',
  text: `select partners.* from partners join unnest($1::text[], $2::text[]) as asked(kind, id) using (kind, id)`,
};

const put = insertInto<RegisteredPartner>(
  'partners',
  {
    kind: { type: 'text', of: (partner) => partner.kind },
    id: { type: 'text', of: (partner) => partner.id },
    url: { type: 'text', of: (partner) => partner.url },
    currency: { type: 'text', of: (partner) => partner.currency ?? null },
    smallest_note: { type: 'bigint', of: (partner) => partner.smallestNote ?? null },
    version: { type: 'int', of: (partner) => partner.version },
    created_at: { type: 'timestamptz', of: (partner) => timeText(partner.createdAt) },
    updated_at: { type: 'timestamptz', of: (partner) => timeText(partner.updatedAt) },
  },
  `on conflict (kind, id) do update set url = excluded.url, currency = excluded.currency, smallest_note = excluded.smallest_note,
     version = partners.version + 1, updated_at = excluded.updated_at`,
);

// Not locked: many orders read a partner at once, and of two who put it the last one is right.
export const partnersTable: Table<RegisteredPartner> = {
  keysOf: ({ kind, id }) => [partnerKey(kind, id)],
  lock: async (tx, keys) => {
    const asked = keys.map(partnerOfKey);
    return (await tx.query<PartnerRecord>(find, [asked.map(({ kind }) => kind), asked.map(({ id }) => id)])).map(partnerOf);
  },
  insert: put,
  update: (tx, changes) =>
    put(
      tx,
      changes.map(({ after }) => after),
    ),
};
