import { moneySchema, type JsonSchema } from '@falconpay/http/endpoint-docs';
import { evidenceSources } from '../outside/evidence.js';
import type { OrderKind } from './order.js';
import { orderWords } from './order-words.js';

const instant = { type: 'string', format: 'date-time' } as const;

/** An order as the documentation shows it; `orderView` makes it. */
export function orderSchema(kind: OrderKind, says: string): JsonSchema {
  const words = orderWords[kind];
  return {
    type: 'object',
    properties: {
      id: { type: 'string', pattern: `^${words.idPrefix}_[0-9a-hjkmnp-tv-z]{26}$` },
      status: {
        enum: [...words.statuses],
        description: `ISO 20022: ${words.iso20022}`,
      },
      account: { type: 'string' },
      amount: moneySchema,
      [words.partner]: { type: 'string' },
      [words.paid]: { ...moneySchema, description: 'How much went out, once there is evidence of it' },
      failure: {
        type: 'object',
        properties: { code: { type: 'string' }, detail: { type: 'string' } },
        required: ['code', 'detail'],
      },
      evidence: { type: 'array', items: evidenceSchema(kind, says), description: 'In the order in which it was heard' },
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
    required: ['id', 'status', 'account', 'amount', words.partner, 'evidence', 'cases', 'created_at', 'updated_at'],
  };
}

function evidenceSchema(kind: OrderKind, says: string): JsonSchema {
  const words = orderWords[kind];
  return {
    type: 'object',
    properties: {
      source: { enum: [...evidenceSources], description: 'Who says so; the later in this list, the more it weighs' },
      says: { type: 'string', description: `${says}; unknown, in_progress and never_heard say nothing` },
      [words.paid]: { type: 'object', properties: { amount: { type: 'integer', minimum: 0 }, currency: { type: 'string' } } },
      [words.ref]: { type: 'string' },
      reason: { type: 'string' },
      doubt: { type: 'string', description: 'Why an answer says nothing' },
      at: instant,
    },
    required: ['source', 'says', 'at'],
  };
}
