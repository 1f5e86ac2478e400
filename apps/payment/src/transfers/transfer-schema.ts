import { failureCodes } from '@falconpay/contracts/failure-codes';
import { moneySchema, type JsonSchema } from '@falconpay/http/endpoint-docs';

/** A transfer as the documentation shows it; `transferView` makes it. */
export const transferSchema: JsonSchema = {
  type: 'object',
  properties: {
    id: { type: 'string', pattern: '^pay_[0-9a-hjkmnp-tv-z]{26}$' },
    kind: { enum: ['transfer', 'refund'] },
    refund_of: { type: 'string', description: 'Of a refund: the transfer whose money goes back' },
    status: { enum: ['PENDING', 'COMPLETED', 'FAILED'], description: 'ISO 20022: PENDING is PDNG, COMPLETED is ACSC, FAILED is RJCT' },
    from: { type: 'string' },
    to: { type: 'string' },
    amount: moneySchema,
    reference: { type: 'string' },
    description: { type: 'string' },
    reason: { type: 'string', description: 'Of a refund: why' },
    metadata: { type: 'object', additionalProperties: { type: 'string' } },
    client_reference: { type: 'string' },
    bulk_id: { type: 'string', description: 'The atomic bulk it is decided with' },
    expires_at: { type: 'string', format: 'date-time', description: 'The wallet posts nothing after this instant' },
    overdue: { type: 'boolean', description: 'Past its expiry, and the wallet has not spoken yet' },
    failure: {
      type: 'object',
      properties: { code: { enum: [...failureCodes] }, detail: { type: 'string' } },
      required: ['code', 'detail'],
    },
    refunded_amount: {
      type: 'object',
      properties: { amount: { type: 'integer', format: 'int64', minimum: 0 }, currency: { type: 'string', pattern: '^[A-Z]{3}$' } },
      required: ['amount', 'currency'],
      description: 'Of a completed transfer: what has gone back of it, refunds under way included',
    },
    created_at: { type: 'string', format: 'date-time' },
    updated_at: { type: 'string', format: 'date-time' },
  },
  required: ['id', 'kind', 'status', 'from', 'to', 'amount', 'expires_at', 'overdue', 'created_at', 'updated_at'],
};
