import { defineTopic } from '@falconpay/choreography/topic';
import type { WireMoney } from '@falconpay/money/money';
import { idSchema, instantSchema, wireMoneySchema } from '../wire-money.js';

export interface PaymentCreated {
  readonly payment_id: string;
  readonly kind: 'transfer' | 'refund';
  readonly from: string;
  readonly to: string;
  readonly amount: WireMoney;
  readonly reference?: string | undefined;
  readonly expires_at: string;
  readonly refund_of?: string | undefined;
  readonly bulk_id?: string | undefined;
  readonly client?: string | undefined;
}

const account = { type: 'string', minLength: 1, maxLength: 64, description: "An account's id or number" } as const;

export const paymentCreatedSchema = {
  type: 'object',
  properties: {
    payment_id: idSchema('pay'),
    kind: { enum: ['transfer', 'refund'] },
    from: account,
    to: account,
    amount: wireMoneySchema,
    reference: { type: 'string', maxLength: 140 },
    expires_at: { ...instantSchema, description: 'The wallet posts nothing after this instant, by its own clock' },
    refund_of: { ...idSchema('pay'), description: 'Set on refunds: the transfer whose money goes back' },
    bulk_id: { ...idSchema('blk'), description: 'Set on members of an atomic bulk: they are decided together, on bulk.created' },
    client: { type: 'string', minLength: 1, maxLength: 128, description: 'Who asked for it: whose limits count' },
  },
  required: ['payment_id', 'kind', 'from', 'to', 'amount', 'expires_at'],
} as const;

export const paymentCreated = defineTopic<PaymentCreated>()({
  name: 'payment.created',
  publisher: 'payment',
  version: 1,
  about: 'A transfer was accepted and waits for the wallet to post or refuse it.',
  key: 'payment_id',
  keyWhy: 'All events of one payment stay in order; payments are independent of each other.',
  schema: paymentCreatedSchema,
});
