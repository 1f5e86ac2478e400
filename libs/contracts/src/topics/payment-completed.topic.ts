import { defineTopic } from '@falconpay/choreography/topic';
import { idSchema, instantSchema } from '../wire-money.js';

export interface PostedEntry {
  readonly account_id: string;
  /** Minor units; negative leaves the account. */
  readonly amount: number;
  readonly currency: string;
  readonly balance_after: number;
}

export interface PaymentCompleted {
  readonly payment_id: string;
  readonly completed_at: string;
  readonly entries: readonly PostedEntry[];
}

export const paymentCompleted = defineTopic<PaymentCompleted>()({
  name: 'payment.completed',
  publisher: 'wallet',
  version: 1,
  about: 'Both legs of a payment stand in the ledger.',
  key: 'payment_id',
  keyWhy: 'All events of one payment stay in order.',
  schema: {
    type: 'object',
    properties: {
      payment_id: idSchema('pay'),
      completed_at: instantSchema,
      entries: {
        type: 'array',
        minItems: 2,
        items: {
          type: 'object',
          properties: {
            account_id: { type: 'string' },
            amount: { type: 'integer' },
            currency: { type: 'string', pattern: '^[A-Z]{3}$' },
            balance_after: { type: 'integer' },
          },
          required: ['account_id', 'amount', 'currency', 'balance_after'],
        },
      },
    },
    required: ['payment_id', 'completed_at', 'entries'],
  },
});
