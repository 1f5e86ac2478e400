import { moneySchema, type JsonSchema } from '@falconpay/http/endpoint-docs';
import { evidenceSources } from '../outside/evidence.js';
import { withdrawalStatuses } from './withdrawal-status.js';

const instant = { type: 'string', format: 'date-time' } as const;

const evidenceSchema: JsonSchema = {
  type: 'object',
  properties: {
    source: { enum: [...evidenceSources], description: 'Who says so; the later in this list, the more it weighs' },
    says: {
      type: 'string',
      description: 'done, partial, refused, retracted, tombstoned, not_sent; unknown, in_progress and never_heard say nothing',
    },
    dispensed: { type: 'object', properties: { amount: { type: 'integer', minimum: 0 }, currency: { type: 'string' } } },
    machine_ref: { type: 'string' },
    reason: { type: 'string' },
    doubt: { type: 'string', description: 'Why an answer says nothing' },
    at: instant,
  },
  required: ['source', 'says', 'at'],
};

/** A withdrawal as the documentation shows it; `withdrawalView` makes it. */
export const withdrawalSchema: JsonSchema = {
  type: 'object',
  properties: {
    id: { type: 'string', pattern: '^wdr_[0-9a-hjkmnp-tv-z]{26}$' },
    status: {
      enum: [...withdrawalStatuses],
      description: 'ISO 20022: RESERVED is ACSP, DISPENSING and RECONCILING are PDNG, COMPLETED is ACSC, REFUSED and REFUNDED are RJCT',
    },
    account: { type: 'string' },
    amount: moneySchema,
    atm_id: { type: 'string' },
    dispensed: { ...moneySchema, description: 'How much came out, once there is evidence of it' },
    failure: {
      type: 'object',
      properties: { code: { type: 'string' }, detail: { type: 'string' } },
      required: ['code', 'detail'],
    },
    evidence: { type: 'array', items: evidenceSchema, description: 'In the order in which it was heard' },
    cases: {
      type: 'array',
      description: 'Why people have to look, or had to',
      items: {
        type: 'object',
        properties: {
          reason: { enum: ['no-answer', 'unclear', 'contradiction', 'late-success'] },
          detail: { type: 'string' },
          opened_at: instant,
        },
        required: ['reason', 'detail', 'opened_at'],
      },
    },
    created_at: instant,
    updated_at: instant,
  },
  required: ['id', 'status', 'account', 'amount', 'atm_id', 'evidence', 'cases', 'created_at', 'updated_at'],
};
