import type { DataSource } from 'typeorm';
import { EndWatch } from '@falconpay/service/end-watch';
import type { Order } from './order.js';
import { isOver } from './order.lifecycle.js';

/** For clients that wait for their order to end: they are told that it has, and read what became of it. */
export class OrderWatch extends EndWatch<Pick<Order, 'id'>, Pick<Order, 'id'>> {
  constructor(source: DataSource) {
    super(source, {
      ended: { name: 'ended orders', text: `select id from orders where id = any($1) and status in ('REFUSED', 'COMPLETED', 'REFUNDED')` },
      viewOf: ({ id }) => ({ id }),
    });
  }

  tell({ id, status }: Order): void {
    if (this.isAwaited(id) && isOver(status)) this.tellOf({ id });
  }
}
