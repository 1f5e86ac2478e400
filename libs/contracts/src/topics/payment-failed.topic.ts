import { defineTopic } from '@falconpay/choreography/topic';
import { failureCodes, type FailureCode } from '../failure-codes.js';
import { idSchema } from '../wire-money.js';

export interface PaymentFailed {
  readonly payment_id: string;
  readonly code: FailureCode;
  readonly detail: string;
}

export const paymentFailed = defineTopic<PaymentFailed>()({
  name: 'payment.failed',
  publisher: 'wallet',
  version: 1,
  about: 'The wallet refused a payment; no balance was touched.',
  key: 'payment_id',
  keyWhy: 'All events of one payment stay in order.',
  schema: {
    type: 'object',
    properties: {
      payment_id: idSchema('pay'),
      code: { enum: [...failureCodes] },
      detail: { type: 'string', maxLength: 500 },
    },
    required: ['payment_id', 'code', 'detail'],
  },
});
