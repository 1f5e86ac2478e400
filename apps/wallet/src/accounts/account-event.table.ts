import type { Table } from '@falconpay/pipeline/table';
import { insertInto, timeText } from '@falconpay/postgres/set-based';

/** What an operator did to an account, and why. */
export interface RecordedAccountEvent {
  readonly accountId: string;
  /** The account's version it made. */
  readonly accountVersion: number;
  readonly event: string;
  readonly reason: string;
  readonly createdAt: Date;
}

export const accountEventsTable: Table<RecordedAccountEvent> = {
  keysOf: () => [],
  insert: insertInto<RecordedAccountEvent>('account_events', {
    account_id: { type: 'text', of: (event) => event.accountId },
    account_version: { type: 'int', of: (event) => event.accountVersion },
    event: { type: 'text', of: (event) => event.event },
    reason: { type: 'text', of: (event) => event.reason },
    created_at: { type: 'timestamptz', of: (event) => timeText(event.createdAt) },
  }),
};
