import type { JsonSchema } from '@falconpay/http/endpoint-docs';
import type { RegisteredPartner } from './registered-partner.js';

/** A bank or an institution as operators see it. */
export const partnerView = ({ id, url, createdAt, updatedAt }: RegisteredPartner) => ({
  ...{ id, status: 'ACTIVE', url, created_at: createdAt.toISOString(), updated_at: updatedAt.toISOString() },
});

export const partnerSchema = {
  type: 'object',
  properties: {
    id: { type: 'string' },
    status: { enum: ['ACTIVE'] },
    url: { type: 'string' },
    created_at: { type: 'string', format: 'date-time' },
    updated_at: { type: 'string', format: 'date-time' },
  },
  required: ['id', 'status', 'url', 'created_at', 'updated_at'],
} satisfies JsonSchema;
