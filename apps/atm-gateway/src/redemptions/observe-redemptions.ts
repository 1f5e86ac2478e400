import { read, type Statement } from '@falconpay/postgres/transaction';
import type { ServiceRuntime } from '@falconpay/service/service-runtime';
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
  const open = metrics.gauge('falconpay_reversals_open');
  const alarming = metrics.gauge('falconpay_reversals_unacknowledged');
  const refresh = async (): Promise<void> => {
    const found = await read<{ partner: string; open: number; alarming: number }>(runtime.source, find, [alarmingTries]);
    for (const gauge of [open, alarming]) gauge.reset();
    for (const { partner, ...counts } of found) {
      open.with({ partner }).set(counts.open);
      alarming.with({ partner }).set(counts.alarming);
    }
  };
  // Both are rendered at once: they wait for the same look.
  let underWay: Promise<void> | undefined;
  for (const gauge of [open, alarming]) gauge.onScrape(() => (underWay ??= refresh().finally(() => (underWay = undefined))));
}
