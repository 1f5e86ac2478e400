import type { Money } from '@falconpay/money/money';
import { orderLifecycle, type OrderEvent, type OrderState } from './order.lifecycle.js';

/** By which partner's hands the money goes out. */
export type OrderKind = 'withdrawal' | 'payout';

export interface Failure {
  readonly code: string;
  readonly detail: string;
}

/** Where the money of a payout goes. */
export interface Beneficiary {
  readonly iban: string;
  readonly bic: string | undefined;
  readonly reference: string | undefined;
}

/** What a client asked for. */
export interface OrderRequest {
  readonly kind: OrderKind;
  readonly client: string;
  /** The account as the client named it. */
  readonly account: string;
  readonly amount: Money;
  /** The id of the machine or bank. */
  readonly partner: string;
  /** Of a payout. */
  readonly beneficiary: Beneficiary | undefined;
}

export interface Order extends OrderRequest {
  readonly id: string;
  readonly status: OrderState;
  /** The account's id; the wallet tells it. */
  readonly accountId: string | undefined;
  /** Until then the wallet keeps the money set apart, and longer once we have told it of a doubt. */
  readonly holdExpiresAt: Date;
  /** When it was committed that the command is sent. */
  readonly sentAt: Date | undefined;
  /** What has left, once there is evidence of it. */
  readonly paid: bigint | undefined;
  readonly failure: Failure | undefined;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export function newOrder(request: OrderRequest, id: string, holdExpiresAt: Date, now: Date): Order {
  return {
    ...{ ...request, id, holdExpiresAt, status: 'REQUESTED', accountId: undefined, sentAt: undefined, paid: undefined, failure: undefined },
    ...{ version: 1, createdAt: now, updatedAt: now },
  };
}

/** The order after the event; the same one when the event is known already or has been overtaken. */
export function moved(order: Order, event: OrderEvent, now: Date, change: Partial<Pick<Order, Changing>> = {}): Order {
  const move = orderLifecycle.transition(order.status, event);
  return typeof move === 'string' ? order : changed(order, { ...change, status: move.to }, now);
}

type Changing = 'status' | 'accountId' | 'holdExpiresAt' | 'sentAt' | 'paid' | 'failure';

/** The order with something noted on it that is no step of its life. */
export const changed = (order: Order, change: Partial<Pick<Order, Changing>>, now: Date): Order => ({
  ...order,
  ...change,
  version: order.version + 1,
  updatedAt: now,
});

/** Money went out after its hold was over: the wallet has been asked to post the shortage. */
export const isShort = ({ status, paid }: Order): boolean => status === 'MANUAL_REVIEW' && paid !== undefined;
