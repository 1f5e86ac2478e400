import type { Tables } from '@falconpay/pipeline/table';
import { defineUseCase } from '@falconpay/pipeline/use-case';
import { clientReferencesTable, type ClientReference } from './transfers/client-reference.table.js';
import { refundTotalsTable } from './transfers/refund-total.table.js';
import type { RefundTotal } from './transfers/refund.js';
import type { Transfer } from './transfers/transfer.js';
import { transfersTable } from './transfers/transfer.table.js';

/** Every kind of row payment's use cases can ask for or put. */
export type PaymentRows = { transfers: Transfer; refundTotals: RefundTotal; clientReferences: ClientReference };

/** In the order in which they are locked and written. */
export const paymentTables: Tables<PaymentRows> = {
  transfers: transfersTable,
  refundTotals: refundTotalsTable,
  clientReferences: clientReferencesTable,
};

export const paymentUseCase = defineUseCase<PaymentRows>();
