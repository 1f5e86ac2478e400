import type { DataSource } from 'typeorm';
import { Answer } from '@falconpay/http/answer';
import { AskedTogether } from '@falconpay/service/asked-together';
import { EndWatch } from '@falconpay/service/end-watch';
import type { Order } from './order.js';
import type { OrderView } from './order-view.js';
import { isOver, overStatuses } from './is-over.js';
import { readOrders } from './read-orders.js';

const overStatusesSql = overStatuses.map((status) => `'${status}'`).join(', ');

/** For clients that wait for their order to end: they are told that it has, and read what became of it. */
export class OrderWatch extends EndWatch<Pick<Order, 'id'>, Pick<Order, 'id'>> {
  private readonly orders: AskedTogether<OrderView>;

  constructor(source: DataSource) {
    super(source, {
      ended: { name: 'ended orders', text: `select id from orders where id = any($1) and status in (${overStatusesSql})` },
      viewOf: ({ id }) => ({ id }),
    });
    this.orders = new AskedTogether((ids) => readOrders(source, ids));
  }

  /** The order as it is at its end, with its evidence; as it was accepted, should it not end in time. */
  async orderAtTheEnd(accepted: Answer<string>, waitSeconds: number): Promise<Answer> {
    const answer = await this.answerAtTheEnd(accepted, waitSeconds);
    if (answer.status !== 200) return answer;
    return new Answer(200, await this.orders.about((JSON.parse(accepted.body) as { id: string }).id), answer.headers);
  }

  tell({ id, status }: Order): void {
    if (this.isAwaited(id) && isOver(status)) this.tellOf({ id });
  }
}
