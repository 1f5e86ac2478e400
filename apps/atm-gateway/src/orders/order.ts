import type { Money } from '@falconpay/money/money';
import type { RedemptionState } from '../redemptions/redemption.lifecycle.js';
import { orderLifecycle, type OrderEvent, type OrderState } from './order.lifecycle.js';

/** By which partner's hands the money goes out, or comes in. */
export type OrderKind = OutgoingKind | 'redemption';
/** Against a hold in the wallet. */
export type OutgoingKind = 'withdrawal' | 'payout';

export interface Failure {
  readonly code: string;
  readonly detail: string;
  /** For operators; clients are told the other two. */
  readonly reason?: string | undefined;
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
  /** The id of the machine, bank or institution. */
  readonly partner: string;
  /** Of a payout. */
  readonly beneficiary?: Beneficiary | undefined;
  /** Of a redemption: tells its card from others. */
  readonly cardToken?: string | undefined;
}

export interface Order extends OrderRequest {
  readonly id: string;
  readonly status: OrderState | RedemptionState;
  /** The account's id; the wallet tells it. */
  readonly accountId: string | undefined;
  /** From then on nothing begins: no command is sent, and the wallet sets no money apart; of a redemption, it does not credit any more. */
  readonly expiresAt: Date;
  /** When it was committed that the command is sent. */
  readonly sentAt: Date | undefined;
  /** What has left, once there is evidence of it. */
  readonly paid: bigint | undefined;
  readonly failure: Failure | undefined;
  /** Of a redemption that is taken back: the reference under which it is, however often that is sent. */
  readonly reversalId?: string | undefined;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export function newOrder(request: OrderRequest, id: string, expiresAt: Date, now: Date): Order {
  return {
    ...{ ...request, id, expiresAt, status: 'REQUESTED', accountId: undefined, sentAt: undefined, paid: undefined, failure: undefined },
    ...{ version: 1, createdAt: now, updatedAt: now },
  };
}

/** The order after the event; the same one when the event is known already or has been overtaken. */
export function moved(order: Order, event: OrderEvent, now: Date, change: Partial<Pick<Order, Changing>> = {}): Order {
  const move = orderLifecycle.transition(order.status as OrderState, event);
  return typeof move === 'string' ? order : changed(order, { ...change, status: move.to }, now);
}

export type Changing = 'status' | 'accountId' | 'expiresAt' | 'sentAt' | 'paid' | 'failure' | 'reversalId';

/** The order with something noted on it that is no step of its life. */
export const changed = (order: Order, change: Partial<Pick<Order, Changing>>, now: Date): Order => ({
  ...order,
  ...change,
  version: order.version + 1,
  updatedAt: now,
});

/** Money went out after its hold was over: the wallet has been asked to post the shortage. */
export const isShort = ({ status, paid }: Order): boolean => status === 'MANUAL_REVIEW' && paid !== undefined;
