import type { Table } from '@falconpay/pipeline/table';
import { insertInto, timeText } from '@falconpay/postgres/set-based';
import type { Case } from './case.js';

/** Opened once for each reason, and never changed. */
export const casesTable: Table<Case> = {
  keysOf: () => [],
  insert: insertInto<Case>(
    'cases',
    {
      order_id: { type: 'text', of: (each) => each.orderId },
      reason: { type: 'text', of: (each) => each.reason },
      detail: { type: 'text', of: (each) => each.detail },
      opened_at: { type: 'timestamptz', of: (each) => timeText(each.openedAt) },
    },
    'on conflict do nothing',
  ),
};
