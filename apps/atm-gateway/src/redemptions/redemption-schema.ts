import { orderSchema } from '../orders/order-schema.js';

const schema = orderSchema('redemption', 'done, refused, tombstoned, reversed, not_sent') as {
  readonly properties: object;
  readonly required: string[];
};

/** A redemption as the documentation shows it. Of the card nothing is told: nothing is kept of it. */
export const redemptionSchema = {
  ...schema,
  properties: { ...schema.properties, reversal_id: { type: 'string', description: 'The reference under which the charge is taken back' } },
};
