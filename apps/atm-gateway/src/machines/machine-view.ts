import type { JsonSchema } from '@falconpay/http/endpoint-docs';
import { toWireInteger } from '@falconpay/money/money';
import type { RegisteredPartner } from '../outside/registered-partner.js';

/** A machine as operators see it. */
export const machineView = ({ id, url, currency, smallestNote, createdAt, updatedAt }: RegisteredPartner) => ({
  id,
  status: 'ACTIVE',
  url,
  currency,
  smallest_note: toWireInteger(smallestNote ?? 0n),
  created_at: createdAt.toISOString(),
  updated_at: updatedAt.toISOString(),
});

export const machineSchema = {
  type: 'object',
  properties: {
    id: { type: 'string' },
    status: { enum: ['ACTIVE'] },
    url: { type: 'string' },
    currency: { type: 'string', pattern: '^[A-Z]{3}$' },
    smallest_note: { type: 'integer', minimum: 1, description: 'In minor units; every withdrawal is a multiple of it' },
    created_at: { type: 'string', format: 'date-time' },
    updated_at: { type: 'string', format: 'date-time' },
  },
  required: ['id', 'status', 'url', 'currency', 'smallest_note', 'created_at', 'updated_at'],
} satisfies JsonSchema;
