import type { ProblemCode } from '@falconpay/http/problem-types';
import type { PartnerKind } from '../outside/partner-port.js';
import type { Order, OrderKind } from './order.js';

/** What each kind of order is called by those who ask for it. What becomes of it is the same for all. */
export interface OrderWords {
  readonly idPrefix: string;
  readonly partnerKind: PartnerKind;
  /** Members of the public view. */
  readonly partner: string;
  readonly paid: string;
  readonly ref: string;
  /** The status while the partner acts, where money goes out. */
  readonly acting: string;
  readonly statuses: readonly string[];
  /** What its statuses are in ISO 20022. */
  readonly iso20022: string;
  readonly notFound: ProblemCode;
}

export const orderWords: Readonly<Record<OrderKind, OrderWords>> = {
  withdrawal: {
    ...{ idPrefix: 'wdr', partnerKind: 'machine', partner: 'atm_id', paid: 'dispensed', ref: 'machine_ref' },
    ...{ ...outgoing('DISPENSING'), notFound: 'withdrawal-not-found' },
  },
  payout: {
    ...{ idPrefix: 'pyo', partnerKind: 'bank', partner: 'bank', paid: 'paid', ref: 'bank_ref' },
    ...{ ...outgoing('SENDING'), notFound: 'payout-not-found' },
  },
  redemption: {
    ...{ idPrefix: 'rdm', partnerKind: 'institution', partner: 'institution', paid: 'approved', ref: 'institution_ref' },
    ...{ acting: 'CASHING_OUT', notFound: 'redemption-not-found' },
    statuses: ['REQUESTED', 'CASHING_OUT', 'CREDITING', 'COMPLETED', 'DECLINED', 'REVERSING', 'REVERSED'],
    iso20022: 'CASHING_OUT, CREDITING and REVERSING are PDNG, COMPLETED is ACSC, DECLINED and REVERSED are RJCT',
  },
};

/** As clients see it. While the wallet captures, the money is out: to them the partner is still acting. */
export const publicStatusOf = (kind: OrderKind, state: Order['status']): string =>
  state === 'ACTING' || state === 'CAPTURING' ? orderWords[kind].acting : state;

export const statesOf = (kind: OrderKind, status: string): string[] =>
  kind !== 'redemption' && status === orderWords[kind].acting ? ['ACTING', 'CAPTURING'] : [status];

function outgoing(acting: string): Pick<OrderWords, 'acting' | 'statuses' | 'iso20022'> {
  return {
    acting,
    statuses: ['REQUESTED', 'RESERVED', acting, 'COMPLETED', 'REFUSED', 'FAILED', 'REFUNDED', 'RECONCILING', 'MANUAL_REVIEW'],
    iso20022: `RESERVED is ACSP, ${acting} and RECONCILING are PDNG, COMPLETED is ACSC, REFUSED and REFUNDED are RJCT`,
  };
}
