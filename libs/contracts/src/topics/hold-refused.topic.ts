import { defineTopic } from '@falconpay/choreography/topic';
import { failureCodes, type FailureCode } from '../failure-codes.js';
import { sagaIdSchema } from '../wire-money.js';

export interface HoldRefused {
  readonly saga_id: string;
  readonly code: FailureCode;
  readonly detail: string;
}

export const holdRefused = defineTopic<HoldRefused>()({
  name: 'hold.refused',
  publisher: 'wallet',
  version: 1,
  about: 'The wallet sets nothing apart for a saga; no balance was touched.',
  key: 'saga_id',
  keyWhy: 'All events of one saga stay in order.',
  schema: {
    type: 'object',
    properties: { saga_id: sagaIdSchema, code: { enum: [...failureCodes] }, detail: { type: 'string', maxLength: 500 } },
    required: ['saga_id', 'code', 'detail'],
  },
});
