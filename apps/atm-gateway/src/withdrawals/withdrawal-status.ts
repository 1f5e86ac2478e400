import type { OrderState } from '../orders/order.lifecycle.js';

/** As clients see it. While the wallet captures, the cash is out: to them the withdrawal is still being dispensed. */
export const withdrawalStatuses = [
  ...(['REQUESTED', 'RESERVED', 'DISPENSING', 'COMPLETED', 'REFUSED'] as const),
  ...(['FAILED', 'REFUNDED', 'RECONCILING', 'MANUAL_REVIEW'] as const),
] as const;
export type WithdrawalStatus = (typeof withdrawalStatuses)[number];

export const withdrawalStatusOf = (state: OrderState): WithdrawalStatus =>
  state === 'ACTING' || state === 'CAPTURING' ? 'DISPENSING' : state;

export const statesOf = (status: WithdrawalStatus): OrderState[] => (status === 'DISPENSING' ? ['ACTING', 'CAPTURING'] : [status]);
