import type { JsonSchema } from '@falconpay/http/endpoint-docs';
import { itemClasses } from './compare-item.js';
import { recordStatuses } from './taken-record.js';

const instant = { type: 'string', format: 'date-time' } as const;
const count = { type: 'integer', minimum: 0 } as const;
const side = {
  type: 'object',
  properties: { count, sum: { type: ['integer', 'string'], minimum: 0, description: 'In minor units; a text of digits beyond 2^53−1' } },
  required: ['count', 'sum'],
} as const;
const place = { kind: { enum: ['machine', 'bank', 'institution'] }, partner: { type: 'string' }, date: { type: 'string', format: 'date' } };

export const breakClasses = itemClasses.filter((each) => each !== 'MATCHED');

export const breakSchema = {
  type: 'object',
  properties: {
    id: { type: 'string' },
    status: { enum: ['OPEN', 'CLOSED'], description: 'CLOSED: a later comparison did not find it any more' },
    ...place,
    item: { type: 'string', description: 'The order’s id, or a day as a whole' },
    class: { enum: breakClasses },
    evidence: { type: 'string', description: 'What both sides say' },
    created_at: { ...instant, description: 'Found at first: its age counts from here' },
    updated_at: instant,
  },
  required: ['id', 'status', 'kind', 'partner', 'item', 'class', 'evidence', 'date', 'created_at', 'updated_at'],
} satisfies JsonSchema;

export const recordSchema = {
  type: 'object',
  properties: {
    id: { type: 'string' },
    status: { enum: [...recordStatuses], description: 'How the last attempt ended; a record is taken whole or not at all' },
    ...place,
    reason: { type: 'string', description: 'Why it was refused, or could not be had' },
    taken_at: instant,
    totals: {
      type: 'array',
      description: 'Control totals of the day per currency: what we paid for, what left the partner, what came back',
      items: {
        type: 'object',
        properties: { currency: { type: 'string' }, agrees: { type: 'boolean' }, ours: side, out: side, back: side },
        required: ['currency', 'agrees', 'ours', 'out', 'back'],
      },
    },
    matched: count,
    broken: count,
    breaks: { type: 'array', items: breakSchema },
    created_at: instant,
    updated_at: instant,
  },
  required: ['id', 'status', 'kind', 'partner', 'date', 'totals', 'matched', 'broken', 'created_at', 'updated_at'],
} satisfies JsonSchema;
