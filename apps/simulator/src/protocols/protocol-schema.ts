import type { JsonSchema } from '@falconpay/http/endpoint-docs';
import type { ProblemCode } from '@falconpay/http/problem-types';

export const commandProblems = [
  'malformed-json',
  'validation-failed',
  'payload-too-large',
  'unsupported-media-type',
  'not-found',
  'conflict',
] as const satisfies readonly ProblemCode[];

const paid: JsonSchema = {
  type: 'object',
  properties: { amount: { type: 'integer', minimum: 0 }, currency: { type: 'string', pattern: '^[A-Z]{3}$' } },
  required: ['amount', 'currency'],
};

const answerSchema = (id: string, ref: string, amount: string, outcomes: readonly string[]): JsonSchema => ({
  type: 'object',
  properties: {
    [id]: { type: 'string' },
    outcome: { enum: outcomes },
    [amount]: paid,
    [ref]: { type: 'string' },
    reason: { type: 'string' },
  },
  required: ['outcome'],
});

export const dispenseSchema = answerSchema('dispense_id', 'machine_ref', 'dispensed', [
  ...['dispensed', 'partial', 'not_dispensed', 'retracted', 'tombstoned', 'in_progress', 'unknown'],
]);
export const creditSchema = answerSchema('credit_id', 'bank_ref', 'amount', [
  'accepted',
  'rejected',
  'tombstoned',
  'in_progress',
  'unknown',
]);
export const cashOutSchema = answerSchema('cashout_id', 'institution_ref', 'amount', [
  ...['approved', 'declined', 'reversed', 'tombstoned', 'in_progress', 'unknown'],
]);
export const reversalSchema: JsonSchema = {
  type: 'object',
  properties: {
    reversal_id: { type: 'string' },
    cashout_id: { type: 'string' },
    outcome: { enum: ['reversed', 'already_reversed', 'original_unknown', 'unknown'] },
  },
  required: ['reversal_id', 'cashout_id', 'outcome'],
};
export const recordSchema: JsonSchema = { type: 'string', description: 'One JSON object per line' };
