import type { Tables } from '@falconpay/pipeline/table';
import { defineUseCase } from '@falconpay/pipeline/use-case';
import type { Order } from './orders/order.js';
import { ordersTable } from './orders/order.table.js';
import type { Case } from './outside/case.js';
import { casesTable } from './outside/case.table.js';
import { dossiersTable } from './outside/dossier.table.js';
import type { Errand } from './outside/errand.js';
import { errandsTable } from './outside/errand.table.js';
import type { Dossier } from './outside/evidence.js';
import type { PayoutQueue } from './payouts/payout-queue.js';
import { payoutQueueTable } from './payouts/payout-queue.table.js';
import { partnersTable } from './outside/partner.table.js';
import type { RegisteredPartner } from './outside/registered-partner.js';
import type { Break } from './reconciliation/break.js';
import { breaksTable } from './reconciliation/break.table.js';
import type { TakenRecord } from './reconciliation/taken-record.js';
import { recordsTable } from './reconciliation/taken-record.table.js';

/** Every kind of row the gateway's use cases can ask for or put. */
export type GatewayRows = {
  partners: RegisteredPartner;
  payoutQueue: PayoutQueue;
  orders: Order;
  errands: Errand;
  dossiers: Dossier;
  cases: Case;
  records: TakenRecord;
  breaks: Break;
};

/** In the order in which they are locked and written. */
export const gatewayTables: Tables<GatewayRows> = {
  partners: partnersTable,
  payoutQueue: payoutQueueTable,
  orders: ordersTable,
  errands: errandsTable,
  dossiers: dossiersTable,
  cases: casesTable,
  records: recordsTable,
  breaks: breaksTable,
};

export const gatewayUseCase = defineUseCase<GatewayRows>();
