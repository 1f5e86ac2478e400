import { METRICS } from './metric-table.js';
import { Metrics } from './metrics.js';

const started = () => new Metrics({ service: 'wallet', version: '1.2.3' });

describe('metrics', () => {
  test('render as Prometheus reads them', async () => {
    const metrics = started();
    metrics.counter('falconpay_payments_finished_total').with({ type: 'transfer', outcome: 'completed' }).add(3);
    metrics.gauge('falconpay_sagas_open').with({ type: 'transfer', state: 'PENDING' }).set(0);
    const duration = metrics.histogram('falconpay_saga_duration_seconds').with({ type: 'transfer', outcome: 'completed' });
    for (const seconds of [0.003, 0.03, 1000]) duration.observe(seconds);
    const text = await metrics.render();
    expect(text).toContain('falconpay_payments_finished_total{type="transfer",outcome="completed"} 3');
    expect(text).toContain('falconpay_sagas_open{type="transfer",state="PENDING"} 0');
    expect(text).toContain('falconpay_saga_duration_seconds_bucket{type="transfer",outcome="completed",le="0.005"} 1');
    expect(text).toContain('falconpay_saga_duration_seconds_bucket{type="transfer",outcome="completed",le="0.05"} 2');
    expect(text).toContain('falconpay_saga_duration_seconds_bucket{type="transfer",outcome="completed",le="+Inf"} 3');
    expect(text).toContain('falconpay_saga_duration_seconds_count{type="transfer",outcome="completed"} 3');
    expect(text).toContain(`falconpay_build_info{service="wallet",version="1.2.3",node="${process.version}"} 1`);
    expect(text).toContain('process_cpu_seconds_total');
  });

  test('the same labels are the same series', () => {
    const failures = started().counter('falconpay_db_tx_retries_total');
    failures.with({ sqlstate: '40001' }).add();
    expect(failures.with({ sqlstate: '40001' }).value).toBe(1);
    expect(failures.with({ sqlstate: '40P01' }).value).toBe(0);
  });

  test('a gauge can be looked up at the scrape', async () => {
    const metrics = started();
    const pending = metrics.gauge('falconpay_outbox_pending');
    pending.onScrape(async () => pending.with({}).set(await Promise.resolve(7)));
    expect(await metrics.render()).toContain('falconpay_outbox_pending 7');
  });

  test('a gauge that cannot be looked up is left out, and counted; the others are there', async () => {
    const metrics = started();
    const pending = metrics.gauge('falconpay_outbox_pending');
    pending.with({}).set(7);
    pending.onScrape(() => Promise.reject(new Error('no database')));
    metrics.gauge('falconpay_outbox_oldest_pending_seconds').with({ reason: 'broker' }).set(3);
    const text = await metrics.render();
    expect(text).not.toContain('falconpay_outbox_pending 7');
    expect(text).toContain('falconpay_outbox_oldest_pending_seconds{reason="broker"} 3');
    expect(await metrics.render()).toContain('falconpay_metric_lookups_failed_total{metric="falconpay_outbox_pending"}');
  });

  test('a counter without labels is there before the first event', async () => {
    const metrics = started();
    metrics.counter('falconpay_outbox_publish_failures_total');
    expect(await metrics.render()).toContain('falconpay_outbox_publish_failures_total 0');
  });

  test('every series has the prefix, a help text and a name that says what it is', () => {
    for (const [name, { kind, help }] of Object.entries(METRICS)) {
      expect(name).toMatch(/^falconpay_[a-z_]+$/);
      expect(help.length).toBeGreaterThan(5);
      expect(name.endsWith('_total')).toBe(kind === 'counter');
    }
  });
});
