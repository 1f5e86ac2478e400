import { orderSchema } from '../orders/order-schema.js';

/** A withdrawal as the documentation shows it. */
export const withdrawalSchema = orderSchema('withdrawal', 'done, partial, refused, retracted, tombstoned, not_sent');
