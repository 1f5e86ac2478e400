import type { FailureCode } from '@falconpay/contracts/failure-codes';
import type { Money } from '@falconpay/money/money';
import { transferLifecycle, type TransferState } from './transfer.lifecycle.js';

export interface Failure {
  readonly code: FailureCode;
  readonly detail: string;
}

/** What a client asked for. */
export interface TransferOrder {
  readonly from: string;
  readonly to: string;
  readonly amount: Money;
  readonly reference: string | undefined;
  readonly description: string | undefined;
  readonly metadata: Readonly<Record<string, string>> | undefined;
  readonly clientReference: string | undefined;
  readonly expiresAt: Date | undefined;
}

export interface Transfer extends TransferOrder {
  readonly id: string;
  readonly client: string;
  readonly kind: 'transfer' | 'refund';
  /** The transfer whose money goes back; of refunds only. */
  readonly refundOf: string | undefined;
  readonly status: TransferState;
  readonly expiresAt: Date;
  readonly bulkId: string | undefined;
  readonly failure: Failure | undefined;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

const defaultLifetimeMs = 5 * 60_000;

export function newTransfer(order: TransferOrder, id: string, client: string, now: Date, bulkId?: string): Transfer {
  return {
    id,
    client,
    kind: 'transfer',
    refundOf: undefined,
    status: 'PENDING',
    from: order.from,
    to: order.to,
    amount: order.amount,
    reference: order.reference,
    description: order.description,
    metadata: order.metadata,
    clientReference: order.clientReference,
    bulkId,
    expiresAt: order.expiresAt ?? new Date(now.getTime() + defaultLifetimeMs),
    failure: undefined,
    version: 1,
    createdAt: now,
    updatedAt: now,
  };
}

/** The same transfer when the wallet's word was heard before. */
export function complete(transfer: Transfer, now: Date): Transfer {
  const move = transferLifecycle.transition(transfer.status, 'complete');
  return typeof move === 'string' ? transfer : { ...transfer, status: move.to, version: transfer.version + 1, updatedAt: now };
}

export function fail(transfer: Transfer, failure: Failure, now: Date): Transfer {
  const move = transferLifecycle.transition(transfer.status, 'fail');
  return typeof move === 'string' ? transfer : { ...transfer, status: move.to, failure, version: transfer.version + 1, updatedAt: now };
}
