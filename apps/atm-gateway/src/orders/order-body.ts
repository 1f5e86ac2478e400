import { field } from '@falconpay/http/body-fields';
import type { OrderKind } from './order.js';
import { orderWords } from './order-words.js';

/** `@IsStatusOf('withdrawal')`, of a query parameter. */
export function IsStatusOf(kind: OrderKind): PropertyDecorator {
  const { statuses } = orderWords[kind];
  return field({
    name: `isStatusOf${kind}`,
    message: `must be one of ${statuses.join(', ')}`,
    schema: { enum: [...statuses] },
    test: (value) => statuses.includes(value as string),
  })();
}
