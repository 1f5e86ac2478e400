import { InvariantViolation } from '@falconpay/lifecycle/lifecycle';
import type { Rows } from '@falconpay/pipeline/use-case';
import type { GatewayRows } from '../gateway-rows.js';
import type { Order } from './order.js';

/** The wallet and our partners speak of orders that were stored before they were told: one we do not have was lost. */
export function knownOrder(rows: Rows<GatewayRows>, id: string): Order {
  const order = rows.get('orders', id);
  if (!order) throw new InvariantViolation(`somebody speaks of ${id}, which is not here`);
  return order;
}
