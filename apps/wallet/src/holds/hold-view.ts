import type { JsonSchema } from '@falconpay/http/endpoint-docs';
import { moneySchema } from '@falconpay/http/endpoint-docs';
import { toWire } from '@falconpay/money/money';
import type { Hold } from './hold.js';
import { holdLifecycle } from './hold.lifecycle.js';

/** A hold as clients see it. */
export const holdView = (hold: Hold) => ({
  id: hold.id,
  account: hold.accountId,
  status: hold.status,
  amount: toWire({ amount: hold.amount, currency: hold.currency }),
  ...(hold.status === 'CAPTURED' && {
    captured: toWire({ amount: hold.captured, currency: hold.currency }),
    to: hold.counterAccount,
  }),
  reference: hold.reference,
  expires_at: hold.expiresAt?.toISOString(),
  created_at: hold.createdAt.toISOString(),
  updated_at: hold.updatedAt.toISOString(),
});

export const holdSchema: JsonSchema = {
  type: 'object',
  properties: {
    id: { type: 'string', pattern: '^hold_[0-9a-hjkmnp-tv-z]{26}$' },
    account: { type: 'string' },
    status: { enum: [...holdLifecycle.states] },
    amount: moneySchema,
    captured: { ...moneySchema, description: 'Of a captured hold; the rest of the amount was given back' },
    to: { type: 'string', description: 'Where the captured money went' },
    reference: { type: 'string' },
    expires_at: { type: 'string', format: 'date-time' },
    created_at: { type: 'string', format: 'date-time' },
    updated_at: { type: 'string', format: 'date-time' },
  },
  required: ['id', 'account', 'status', 'amount', 'created_at', 'updated_at'],
};
