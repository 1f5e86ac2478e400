import type { Table } from '@falconpay/pipeline/table';
import { insertInto, timeText, type Columns } from '@falconpay/postgres/set-based';
import type { Statement } from '@falconpay/postgres/transaction';
import type { FailureGroup } from './failure-group.js';

export interface FailureGroupRow {
  readonly fingerprint: string;
  readonly error_class: string;
  readonly error_message: string;
  readonly count: number;
  readonly first_seen_at: Date;
  readonly last_seen_at: Date;
  readonly version: number;
}

const groupOf = (row: FailureGroupRow): FailureGroup => ({
  fingerprint: row.fingerprint,
  errorClass: row.error_class,
  errorMessage: row.error_message,
  count: row.count,
  firstSeenAt: row.first_seen_at,
  lastSeenAt: row.last_seen_at,
  version: row.version,
});

const columns: Columns<FailureGroup> = {
  fingerprint: { type: 'text', of: (group) => group.fingerprint },
  error_class: { type: 'text', of: (group) => group.errorClass },
  error_message: { type: 'text', of: (group) => group.errorMessage },
  count: { type: 'int', of: (group) => group.count },
  first_seen_at: { type: 'timestamptz', of: (group) => timeText(group.firstSeenAt) },
  last_seen_at: { type: 'timestamptz', of: (group) => timeText(group.lastSeenAt) },
  version: { type: 'int', of: (group) => group.version },
};

const lock: Statement = {
  name: 'lock failure groups',
  text: `select * from failure_groups where fingerprint = any($1) order by fingerprint for update`,
};

const put = insertInto<FailureGroup>(
  'failure_groups',
  columns,
  `on conflict (fingerprint) do update set error_message = excluded.error_message, count = excluded.count,
     first_seen_at = excluded.first_seen_at, last_seen_at = excluded.last_seen_at, version = excluded.version`,
);

export const failureGroupsTable: Table<FailureGroup> = {
  keysOf: ({ fingerprint }) => [fingerprint],
  lock: async (tx, fingerprints) => (await tx.query<FailureGroupRow>(lock, [fingerprints])).map(groupOf),
  insert: put,
  update: (tx, changes) =>
    put(
      tx,
      changes.map(({ after }) => after),
    ),
};
