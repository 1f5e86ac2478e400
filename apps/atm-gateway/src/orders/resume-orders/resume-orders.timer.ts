import { read, type Statement } from '@falconpay/postgres/transaction';
import type { ServiceRuntime } from '@falconpay/service/service-runtime';
import type { Logger } from '@falconpay/telemetry/logger';
import type { GatewayRows } from '../../gateway-rows.js';
import { resumeOrders } from './resume-orders.js';

const atOnceMax = 500;

const find: Statement = {
  name: 'find orders without errand',
  text: `select orders.id from open_orders join orders using (id)
    where (orders.status in ('RESERVED', 'ACTING', 'RECONCILING', 'CASHING_OUT', 'REVERSING')
      or orders.kind = 'redemption' and orders.status = 'REQUESTED') and not exists (select from errands where errands.id = orders.id)
    order by orders.id limit $1`,
};

/** The slow net: an order is never without its errand, as one commit writes both. If one is all the same, it is found here. */
export function resumeOrdersBy(runtime: ServiceRuntime<GatewayRows>, everyMs: number, logger: Logger): void {
  runtime.repeat('looking for forgotten orders', everyMs, async () => {
    for (let found = atOnceMax; found === atOnceMax;) {
      const orders = await read<{ id: string }>(runtime.source, find, [atOnceMax]);
      found = orders.length;
      if (found === 0) return;
      const ids = orders.map(({ id }) => id);
      await runtime.run(resumeOrders, ids);
      logger.warn({ count: found }, 'orders without an errand were found, and got one');
    }
  });
}
