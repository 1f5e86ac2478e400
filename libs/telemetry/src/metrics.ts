import { collectDefaultMetrics, Registry, type Metric } from 'prom-client';
import { CounterFamily, GaugeFamily, HistogramFamily, type Family } from './metric-families.js';
import { METRICS, type LabelOf, type MetricName } from './metric-table.js';

type NamesOf<Kind> = { [Name in MetricName]: (typeof METRICS)[Name]['kind'] extends Kind ? Name : never }[MetricName];

/** One per process. A series exists from its first use on; declaring is done in `metric-table.ts` and nowhere else. */
export class Metrics {
  readonly contentType = Registry.PROMETHEUS_CONTENT_TYPE;
  private readonly registry = new Registry();
  private readonly families = new Map<string, unknown>();

  constructor(build: { readonly service: string; readonly version: string }) {
    collectDefaultMetrics({ register: this.registry });
    this.gauge('falconpay_build_info')
      .with({ ...build, node: process.version })
      .set(1);
  }

  counter<Name extends NamesOf<'counter'>>(name: Name): CounterFamily<LabelOf<Name>> {
    return this.family(name, () => new CounterFamily<LabelOf<Name>>({ name, ...METRICS[name] }));
  }

  gauge<Name extends NamesOf<'gauge'>>(name: Name): GaugeFamily<LabelOf<Name>> {
    return this.family(name, () => new GaugeFamily<LabelOf<Name>>({ name, ...METRICS[name] }));
  }

  histogram<Name extends NamesOf<'histogram'>>(name: Name): HistogramFamily<LabelOf<Name>> {
    return this.family(name, () => new HistogramFamily<LabelOf<Name>>({ name, ...METRICS[name] }, METRICS[name].buckets ?? []));
  }

  /** The text of `GET /metrics`. */
  render(): Promise<string> {
    return this.registry.metrics();
  }

  private family<Found extends Family<unknown, string>>(name: MetricName, create: () => Found): Found {
    let family = this.families.get(name) as Found | undefined;
    if (!family) {
      family = create();
      family.onLookupFailed = () => this.counter('falconpay_metric_lookups_failed_total').with({ metric: name }).add();
      this.families.set(name, family);
      this.registry.registerMetric(family as unknown as Metric);
    }
    return family;
  }
}
