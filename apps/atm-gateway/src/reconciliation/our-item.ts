import type { Order } from '../orders/order.js';
import { dateOf } from './business-day.js';
import type { OurItem } from './compare-item.js';

/** What our books say of an order that went through a partner: a charge that is taken back comes to nothing. */
export const ourItemOf = ({ id, amount, status, paid, sentAt }: Order): OurItem => {
  const stays = status === 'REVERSING' || status === 'REVERSED' ? undefined : paid;
  return {
    id,
    amount: amount.amount,
    currency: amount.currency,
    state: stays !== undefined ? 'paid' : undecided.has(status) ? 'open' : 'unpaid',
    paid: stays ?? 0n,
    date: sentAt && dateOf(sentAt),
  };
};

const undecided: ReadonlySet<Order['status']> = new Set<Order['status']>([
  ...(['ACTING', 'RECONCILING', 'MANUAL_REVIEW', 'CASHING_OUT', 'REVERSING'] as const),
]);
