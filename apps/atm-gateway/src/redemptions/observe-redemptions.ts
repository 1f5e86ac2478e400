import { read, type Statement } from '@falconpay/postgres/transaction';
import type { ServiceRuntime } from '@falconpay/service/service-runtime';
import { fillTogether } from '@falconpay/telemetry/metric-families';
import type { Metrics } from '@falconpay/telemetry/metrics';
import type { GatewayRows } from '../gateway-rows.js';

/** So many reversals without an acknowledgement, and somebody has to call there. They go on all the same. */
const alarmingTries = 6;

const find: Statement = {
  name: 'count reversals',
  text: `select partner, count(*)::int as open, (count(*) filter (where tries > $1))::int as alarming
    from errands where kind = 'redemption' and step = 'cancel' group by partner`,
};

/** Reversals that are not acknowledged yet, and those that have failed too often. */
export function observeRedemptions(runtime: ServiceRuntime<GatewayRows>, metrics: Metrics): void {
  const open = metrics.gauge('falconpay_reversals_pending');
  const alarming = metrics.gauge('falconpay_reversals_unacknowledged');
  fillTogether([open, alarming], async () => {
    const found = await read<{ partner: string; open: number; alarming: number }>(runtime.source, find, [alarmingTries]);
    for (const gauge of [open, alarming]) gauge.reset();
    for (const { partner, ...counts } of found) {
      open.with({ partner }).set(counts.open);
      alarming.with({ partner }).set(counts.alarming);
    }
  });
}
