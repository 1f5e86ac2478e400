import type { SubscriptionsOf } from '@falconpay/contracts/choreography';
import type { PaymentCreated } from '@falconpay/contracts/topics/payment-created.topic';
import { fromWire } from '@falconpay/money/money';
import { on } from '@falconpay/pipeline/event-intake';
import { postBulk } from './ledger/post-bulk/post-bulk.js';
import { postTransfer } from './ledger/post-transfer/post-transfer.js';
import type { TransferOrder } from './ledger/transfer-decision.js';

const orderOf = (data: PaymentCreated): TransferOrder => ({
  paymentId: data.payment_id,
  kind: data.kind,
  from: data.from,
  to: data.to,
  amount: fromWire(data.amount),
  reference: data.reference,
  expiresAt: new Date(data.expires_at),
});

/** Everything that can wake the wallet, besides HTTP. */
export const subscriptions = {
  'payment.created': on(postTransfer, (data: PaymentCreated) => ({
    order: orderOf(data),
    bulkId: data.bulk_id,
  })),
  'bulk.created': on(postBulk, (data) => ({ bulkId: data.bulk_id, orders: data.payments.map(orderOf) })),
} satisfies SubscriptionsOf<'wallet'>;
