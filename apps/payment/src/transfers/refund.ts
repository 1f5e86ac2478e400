import { InvariantViolation } from '@falconpay/lifecycle/lifecycle';
import { newTransfer, type Transfer } from './transfer.js';

/**
 * How much of a transfer has gone back or is about to: never more than was paid. A refund reserves its part when it is
 * accepted and gives it back if it fails, so two refunds under way cannot both have the last of it.
 */
export interface RefundTotal {
  /** The transfer's. */
  readonly id: string;
  /** What was paid, in the transfer's currency. */
  readonly amount: bigint;
  readonly refunded: bigint;
  readonly version: number;
  /** Of the refunds that it was asked for by, if it was. */
  readonly refunds?: readonly string[];
}

export const nothingRefunded = ({ id, amount }: Transfer): RefundTotal => ({ id, amount: amount.amount, refunded: 0n, version: 0 });

export const refundable = ({ amount, refunded }: RefundTotal): bigint => amount - refunded;

export const reserve = (total: RefundTotal, amount: bigint): RefundTotal => changed(total, amount);

export const giveBack = (total: RefundTotal, amount: bigint): RefundTotal => changed(total, -amount);

function changed(total: RefundTotal, by: bigint): RefundTotal {
  const refunded = total.refunded + by;
  if (refunded < 0n || refunded > total.amount) throw new InvariantViolation(`${refunded} of ${total.amount} of ${total.id} refunded`);
  return { ...total, refunded, version: total.version + 1 };
}

/** A transfer the other way round. It carries the reference of what it refunds, so that both are found by it. */
export function newRefund(of: Transfer, amount: bigint, reason: string | undefined, id: string, client: string, now: Date): Transfer {
  const order = {
    from: of.to,
    to: of.from,
    amount: { amount, currency: of.amount.currency },
    reference: of.reference,
    description: reason,
    metadata: undefined,
    clientReference: undefined,
    expiresAt: undefined,
  };
  return { ...newTransfer(order, id, client, now), kind: 'refund', refundOf: of.id };
}
