import type { PaymentCreated } from '@falconpay/contracts/topics/payment-created.topic';
import { toWire } from '@falconpay/money/money';
import type { Transfer } from './transfer.js';

/** A transfer as clients see it. Overdue: past its expiry without the wallet's word; it ends when the wallet speaks. */
export function transferView(transfer: Transfer, now: Date) {
  return {
    id: transfer.id,
    kind: transfer.kind,
    status: transfer.status,
    from: transfer.from,
    to: transfer.to,
    amount: toWire(transfer.amount),
    reference: transfer.reference,
    description: transfer.description,
    metadata: transfer.metadata,
    client_reference: transfer.clientReference,
    bulk_id: transfer.bulkId,
    expires_at: transfer.expiresAt.toISOString(),
    overdue: transfer.status === 'PENDING' && now > transfer.expiresAt,
    failure: transfer.failure,
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
    bulk_id: transfer.bulkId,
  };
}
