import { read, type Statement } from '@falconpay/postgres/transaction';
import type { ServiceRuntime } from '@falconpay/service/service-runtime';
import type { Logger } from '@falconpay/telemetry/logger';
import { fillTogether } from '@falconpay/telemetry/metric-families';
import type { Metrics } from '@falconpay/telemetry/metrics';
import type { GatewayRows } from './gateway-rows.js';
import type { Order } from './orders/order.js';
import type { OrderWatch } from './orders/order-watch.js';

const open: Statement = {
  name: 'open orders by state',
  text: `select kind, status, partner, count(*)::int as count, extract(epoch from clock_timestamp() - min(created_at))::float as oldest_seconds,
      (count(*) filter (where status = 'MANUAL_REVIEW' or created_at < clock_timestamp() - interval '5 minutes'))::int as stuck,
      extract(epoch from clock_timestamp() - min(sent_at))::float as sent_seconds
    from open_orders join orders using (id) group by 1, 2, 3`,
};

interface OpenRecord {
  readonly kind: string;
  readonly status: string;
  readonly partner: string;
  readonly count: number;
  readonly oldest_seconds: number;
  readonly stuck: number;
  readonly sent_seconds: number | null;
}

/** What the gateway tells of its orders: who waits, the metrics, and one log line per change, or per commit of many. */
export function observeOrders(runtime: ServiceRuntime<GatewayRows>, watch: OrderWatch, metrics: Metrics, logger: Logger): void {
  runtime.onCommitted(({ decisions }) => {
    for (const each of decisions.flatMap(({ put }) => put?.cases ?? []))
      logger.error({ saga_id: each.orderId, reason: each.reason }, 'somebody has to look at an order');
    const orders = decisions.flatMap(({ put }) => put?.orders ?? []);
    if (orders.length === 0) return;
    for (const order of orders) {
      watch.tell(order);
      count(metrics, order);
    }
    logger.info(summaryOf(orders), 'orders');
  });
  exposeOpenOrders(runtime, metrics);
}

/** The five of a cash machine: requests, successful, failed, refunded and, below, stuck. */
function count(metrics: Metrics, { kind, partner: machine, status, amount, createdAt, updatedAt }: Order): void {
  if (kind === 'withdrawal') {
    if (status === 'REQUESTED') {
      metrics.counter('falconpay_atm_requests_total').with({ machine }).add();
      // There from the first request on, at 0: a rate of what is not there is no rate at all.
      for (const name of ['falconpay_atm_successful_total', 'falconpay_atm_failed_total'] as const) metrics.counter(name).with({ machine });
    }
    if (status === 'COMPLETED') metrics.counter('falconpay_atm_successful_total').with({ machine }).add();
    if (status === 'REFUNDED') {
      metrics.counter('falconpay_atm_failed_total').with({ machine }).add();
      const refunded = metrics.counter('falconpay_atm_refunded_minor_units_total').with({ machine, currency: amount.currency });
      refunded.add(toNumber(amount.amount));
    }
  }
  const outcome = outcomes[status];
  if (!outcome) return;
  metrics.counter('falconpay_payments_finished_total').with({ type: kind, outcome }).add();
  const tookSeconds = (updatedAt.getTime() - createdAt.getTime()) / 1000;
  metrics.histogram('falconpay_saga_duration_seconds').with({ type: kind, outcome }).observe(tookSeconds);
}

const outcomes: Partial<Record<Order['status'], 'completed' | 'declined' | 'compensated'>> = {
  COMPLETED: 'completed',
  REFUSED: 'declined',
  REFUNDED: 'compensated',
  DECLINED: 'declined',
  REVERSED: 'compensated',
};

/** For a counter, which is a float anyway. */
const toNumber = (amount: bigint): number => parseInt(amount.toString(), 10);

function exposeOpenOrders(runtime: ServiceRuntime<GatewayRows>, metrics: Metrics): void {
  const openNow = metrics.gauge('falconpay_sagas_open');
  const oldest = metrics.gauge('falconpay_saga_oldest_open_seconds');
  const stuck = metrics.gauge('falconpay_saga_stuck');
  const stuckThere = metrics.gauge('falconpay_atm_stuck');
  const unknown = metrics.gauge('falconpay_atm_unknown_outcomes');
  const oldestUnknown = metrics.gauge('falconpay_atm_oldest_unknown_seconds');
  const gauges = [openNow, oldest, stuck, stuckThere, unknown, oldestUnknown];
  const refresh = async (): Promise<void> => {
    const rows = await read<OpenRecord>(runtime.source, open);
    for (const gauge of gauges) gauge.reset();
    for (const { kind: type, status: state, partner: machine, ...row } of rows) {
      openNow.with({ type, state }).add(row.count);
      stuck.with({ type, state }).add(row.stuck);
      const age = oldest.with({ type, state });
      age.set(Math.max(age.value, row.oldest_seconds));
      if (type !== 'withdrawal') continue;
      stuckThere.with({ machine }).add(row.stuck);
      if (state !== 'RECONCILING' && state !== 'MANUAL_REVIEW') continue;
      unknown.with({ machine }).add(row.count);
      const waiting = oldestUnknown.with({ machine });
      waiting.set(Math.max(waiting.value, row.sent_seconds ?? 0));
    }
  };
  fillTogether(gauges, refresh);
}

function summaryOf(orders: readonly Order[]): Record<string, unknown> {
  const [only] = orders;
  if (orders.length === 1 && only) return { saga_id: only.id, state: only.status, code: only.failure?.code, reason: only.failure?.reason };
  const states = new Map<string, number>();
  for (const { status } of orders) states.set(status, (states.get(status) ?? 0) + 1);
  return { count: orders.length, state: [...states].map(([state, number]) => `${state} ${number}`).join(', ') };
}
