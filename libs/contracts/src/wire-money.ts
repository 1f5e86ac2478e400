export const wireMoneySchema = {
  type: 'object',
  properties: {
    amount: { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER, description: 'Minor units of the currency' },
    currency: { type: 'string', pattern: '^[A-Z]{3}$', description: 'ISO 4217' },
  },
  required: ['amount', 'currency'],
} as const;

export const idSchema = (prefix: string) => ({ type: 'string', pattern: `^${prefix}_[0-9a-hjkmnp-tv-z]{26}$` }) as const;
/** Of an order of the gateway: `wdr_…`, whatever the saga. */
export const sagaIdSchema = { type: 'string', pattern: '^[a-z]{3}_[0-9a-hjkmnp-tv-z]{26}$' } as const;
export const instantSchema = { type: 'string', format: 'date-time', description: 'RFC 3339, UTC' } as const;
