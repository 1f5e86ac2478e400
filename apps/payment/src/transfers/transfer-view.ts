import type { PaymentCreated } from '@falconpay/contracts/topics/payment-created.topic';
import { toWire, toWireInteger } from '@falconpay/money/money';
import type { Transfer } from './transfer.js';

export type TransferView = ReturnType<typeof transferView>;

/**
 * A transfer as clients see it. Overdue: past its expiry without the wallet's word; it ends when the wallet speaks.
 * Refunded: what has gone back of it or is about to, which nothing can before it is completed.
 */
export function transferView(transfer: Transfer, now: Date, refunded = 0n) {
  const isRefund = transfer.kind === 'refund';
  const isRefundable = !isRefund && transfer.status === 'COMPLETED';
  return {
    id: transfer.id,
    kind: transfer.kind,
    refund_of: transfer.refundOf,
    status: transfer.status,
    from: transfer.from,
    to: transfer.to,
    amount: toWire(transfer.amount),
    reference: transfer.reference,
    description: isRefund ? undefined : transfer.description,
    reason: isRefund ? transfer.description : undefined,
    metadata: transfer.metadata,
    client_reference: transfer.clientReference,
    bulk_id: transfer.bulkId,
    expires_at: transfer.expiresAt.toISOString(),
    overdue: transfer.status === 'PENDING' && now > transfer.expiresAt,
    failure: transfer.failure,
    refunded_amount: isRefundable ? { amount: toWireInteger(refunded), currency: transfer.amount.currency } : undefined,
    created_at: transfer.createdAt.toISOString(),
    updated_at: transfer.updatedAt.toISOString(),
  };
}

/** A transfer as the wallet is told of it. */
export function announcementOf(transfer: Transfer): PaymentCreated {
  return {
    payment_id: transfer.id,
    kind: transfer.kind,
    from: transfer.from,
    to: transfer.to,
    amount: toWire(transfer.amount),
    reference: transfer.reference,
    expires_at: transfer.expiresAt.toISOString(),
    refund_of: transfer.refundOf,
    bulk_id: transfer.bulkId,
    client: transfer.client,
  };
}
