import type { JsonSchema } from '@falconpay/http/endpoint-docs';
import { accountLifecycle } from './account.lifecycle.js';

/** An account as the documentation shows it; `accountView` makes it. */
export const accountSchema: JsonSchema = {
  type: 'object',
  properties: {
    id: { type: 'string', pattern: '^acc_[0-9a-hjkmnp-tv-z]{26}$' },
    number: { type: 'string' },
    owner: { type: 'string' },
    currency: { type: 'string', pattern: '^[A-Z]{3}$' },
    status: { enum: [...accountLifecycle.states] },
    created_at: { type: 'string', format: 'date-time' },
    updated_at: { type: 'string', format: 'date-time' },
  },
  required: ['id', 'number', 'owner', 'currency', 'status', 'created_at', 'updated_at'],
};
