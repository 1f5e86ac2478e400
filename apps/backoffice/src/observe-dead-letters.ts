import { read, type Statement } from '@falconpay/postgres/transaction';
import type { ServiceRuntime } from '@falconpay/service/service-runtime';
import { fillTogether } from '@falconpay/telemetry/metric-families';
import type { Metrics } from '@falconpay/telemetry/metrics';
import type { BackofficeRows } from './backoffice-rows.js';

const waiting: Statement = {
  name: 'waiting dead letters',
  text: `select topic, consumer_group as group, fingerprint, count(*)::int as count,
      extract(epoch from clock_timestamp() - min(first_failed_at))::float as oldest_seconds
    from dead_letters where state in ('waiting', 'replaying') group by 1, 2, 3`,
};
const replays: Statement = {
  name: 'replays by state',
  text: `select state, count(*)::int as count from replays where state in ('running', 'paused', 'stopped') group by 1`,
};

interface WaitingRow {
  readonly topic: string;
  readonly group: string;
  readonly fingerprint: string;
  readonly count: number;
  readonly oldest_seconds: number;
}

/** What waits for somebody, for whoever watches the watchers. */
export function observeDeadLetters(runtime: ServiceRuntime<BackofficeRows>, metrics: Metrics): void {
  const records = metrics.gauge('falconpay_dlq_records');
  const oldest = metrics.gauge('falconpay_dlq_oldest_seconds');
  const jobs = metrics.gauge('falconpay_replays');
  fillTogether([records, oldest, jobs], async () => {
    const [rows, running] = await Promise.all([
      read<WaitingRow>(runtime.source, waiting),
      read<{ state: string; count: number }>(runtime.source, replays),
    ]);
    for (const gauge of [records, oldest, jobs]) gauge.reset();
    for (const { topic, group, fingerprint, count, oldest_seconds } of rows) {
      records.with({ topic, group, fingerprint }).set(count);
      const age = oldest.with({ topic, group });
      age.set(Math.max(age.value, oldest_seconds));
    }
    for (const { state, count } of running) jobs.with({ state }).set(count);
  });
}
