import { orderSchema } from '../orders/order-schema.js';

const schema = orderSchema('payout', 'done, refused, tombstoned, not_sent') as { readonly properties: object; readonly required: string[] };

/** A payout as the documentation shows it. */
export const payoutSchema = {
  ...schema,
  properties: { ...schema.properties, iban: { type: 'string' }, bic: { type: 'string' }, reference: { type: 'string' } },
  required: [...schema.required, 'iban'],
};
