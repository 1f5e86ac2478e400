import type { Table } from '@falconpay/pipeline/table';
import { insertInto, timeText } from '@falconpay/postgres/set-based';
import type { Statement } from '@falconpay/postgres/transaction';
import { auditChain, type AuditEntry, type AuditHead } from './audit-entry.js';

export interface AuditRow {
  readonly number: number;
  readonly at: Date;
  readonly who: string;
  readonly action: string;
  readonly subject: string;
  readonly before: string | null;
  readonly after: string | null;
  readonly reason: string | null;
  readonly hash: string;
}

export const auditEntryOf = ({ before, after, reason, ...same }: AuditRow): AuditEntry => ({
  ...same,
  before: before ?? undefined,
  after: after ?? undefined,
  reason: reason ?? undefined,
});

const lockHead: Statement = { name: 'lock audit head', text: 'select number, hash from audit_head for update' };
const moveHead: Statement = { name: 'move audit head', text: 'update audit_head set number = $1, hash = $2' };

export const auditHeadTable: Table<AuditHead> = {
  keysOf: () => [auditChain],
  lock: (tx) => tx.query<AuditHead>(lockHead),
  insert: async () => {
    throw new TypeError('the head of the chain is there since the table was made');
  },
  update: async (tx, changes) => {
    for (const { after } of changes) await tx.query(moveHead, [after.number, after.hash]);
  },
};

export const auditEntriesTable: Table<AuditEntry> = {
  keysOf: () => [],
  insert: insertInto<AuditEntry>('audit', {
    number: { type: 'int', of: (entry) => entry.number },
    at: { type: 'timestamptz', of: (entry) => timeText(entry.at) },
    who: { type: 'text', of: (entry) => entry.who },
    action: { type: 'text', of: (entry) => entry.action },
    subject: { type: 'text', of: (entry) => entry.subject },
    before: { type: 'text', of: (entry) => entry.before ?? null },
    after: { type: 'text', of: (entry) => entry.after ?? null },
    reason: { type: 'text', of: (entry) => entry.reason ?? null },
    hash: { type: 'text', of: (entry) => entry.hash },
  }),
};
