import type { Order } from '../orders/order.js';
import { dateOf } from './business-day.js';
import type { OurItem } from './compare-item.js';

/** What our books say of an order that goes out through a partner. */
export const ourItemOf = ({ id, amount, status, paid, sentAt }: Order): OurItem => ({
  id,
  amount: amount.amount,
  currency: amount.currency,
  state: paid !== undefined ? 'paid' : undecided.has(status) ? 'open' : 'unpaid',
  paid: paid ?? 0n,
  date: sentAt && dateOf(sentAt),
});

const undecided: ReadonlySet<Order['status']> = new Set<Order['status']>(['ACTING', 'RECONCILING', 'MANUAL_REVIEW']);
