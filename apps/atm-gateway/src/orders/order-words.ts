import type { ProblemCode } from '@falconpay/http/problem-types';
import type { PartnerKind } from '../outside/partner-port.js';
import type { OrderState } from './order.lifecycle.js';
import type { OrderKind } from './order.js';

/** What each kind of order is called by those who ask for it. What becomes of it is the same for all. */
export interface OrderWords {
  readonly idPrefix: string;
  readonly partnerKind: PartnerKind;
  /** Members of the public view. */
  readonly partner: string;
  readonly paid: string;
  readonly ref: string;
  /** The status while the partner acts. */
  readonly acting: string;
  readonly notFound: ProblemCode;
}

export const orderWords: Readonly<Record<OrderKind, OrderWords>> = {
  withdrawal: {
    ...{ idPrefix: 'wdr', partnerKind: 'machine', partner: 'atm_id', paid: 'dispensed', ref: 'machine_ref' },
    ...{ acting: 'DISPENSING', notFound: 'withdrawal-not-found' },
  },
  payout: {
    ...{ idPrefix: 'pyo', partnerKind: 'bank', partner: 'bank', paid: 'paid', ref: 'bank_ref' },
    ...{ acting: 'SENDING', notFound: 'payout-not-found' },
  },
};

/** As clients see it. While the wallet captures, the money is out: to them the partner is still acting. */
export const publicStatusOf = (kind: OrderKind, state: OrderState): string =>
  state === 'ACTING' || state === 'CAPTURING' ? orderWords[kind].acting : state;

export const publicStatusesOf = (kind: OrderKind): readonly string[] => [
  ...['REQUESTED', 'RESERVED', orderWords[kind].acting, 'COMPLETED', 'REFUSED', 'FAILED', 'REFUNDED', 'RECONCILING', 'MANUAL_REVIEW'],
];

export const statesOf = (kind: OrderKind, status: string): string[] =>
  status === orderWords[kind].acting ? ['ACTING', 'CAPTURING'] : [status];
