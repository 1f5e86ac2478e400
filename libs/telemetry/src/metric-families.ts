/**
 * Counters, gauges and histograms whose series are objects one holds on to: counting is an addition, not a lookup by labels.
 * prom-client's own series hash their labels on every call, which costs about a microsecond; its registry still renders these.
 */
export type Labels<Name extends string> = Readonly<Record<Name, string>>;

interface Sample {
  readonly labels: Record<string, string | number>;
  readonly value: number;
  readonly metricName?: string;
}

interface Described {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
}

export abstract class Family<Series, Name extends string> {
  readonly name: string;
  readonly help: string;
  readonly aggregator = 'sum';
  protected readonly series = new Map<string, { readonly labels: Record<string, string>; readonly series: Series }>();
  private readonly collectors: (() => void | Promise<void>)[] = [];
  /** Told when a lookup failed. */
  onLookupFailed: () => void = () => undefined;

  protected constructor(
    private readonly kind: 'counter' | 'gauge' | 'histogram',
    private readonly described: Described,
  ) {
    this.name = described.name;
    this.help = described.help;
  }

  protected abstract create(): Series;
  protected abstract samples(labels: Record<string, string>, series: Series): Sample[];

  /** The series of these labels: hold on to it on a hot path. */
  with(labels: Labels<Name>): Series {
    const key = this.described.labels.map((name) => (labels as Record<string, string>)[name]).join('\u0000');
    let entry = this.series.get(key);
    if (!entry) {
      entry = { labels: { ...labels }, series: this.create() };
      this.series.set(key, entry);
    }
    return entry.series;
  }

  /** Runs before every scrape, to set what is only looked up when asked for. */
  onScrape(collect: () => void | Promise<void>): void {
    this.collectors.push(collect);
  }

  /** Forgets all series, for gauges whose labels come and go. */
  reset(): void {
    this.series.clear();
  }

  /** What prom-client's registry asks every metric for. What cannot be looked up now is left out, and the others are told. */
  async get() {
    const values = (await this.lookUp()) ? [...this.series.values()].flatMap(({ labels, series }) => this.samples(labels, series)) : [];
    return { name: this.name, help: this.help, type: this.kind, values, aggregator: this.aggregator };
  }

  private async lookUp(): Promise<boolean> {
    try {
      for (const collect of this.collectors) await collect();
      return true;
    } catch {
      this.onLookupFailed();
      return false;
    }
  }
}

export class CounterSeries {
  value = 0;
  add(by = 1): void {
    this.value += by;
  }
}

export class GaugeSeries {
  value = 0;
  set(value: number): void {
    this.value = value;
  }
  add(by: number): void {
    this.value += by;
  }
}

export class HistogramSeries {
  readonly counts: Float64Array;
  sum = 0;
  constructor(private readonly bounds: readonly number[]) {
    this.counts = new Float64Array(bounds.length + 1);
  }
  observe(value: number): void {
    let bucket = 0;
    while (bucket < this.bounds.length && value > (this.bounds[bucket] as number)) bucket += 1;
    (this.counts[bucket] as number) += 1;
    this.sum += value;
  }
}

export class CounterFamily<Name extends string> extends Family<CounterSeries, Name> {
  constructor(described: Described) {
    super('counter', described);
    if (described.labels.length === 0) this.with({} as Labels<Name>);
  }
  protected create(): CounterSeries {
    return new CounterSeries();
  }
  protected samples(labels: Record<string, string>, series: CounterSeries): Sample[] {
    return [{ labels, value: series.value }];
  }
}

export class GaugeFamily<Name extends string> extends Family<GaugeSeries, Name> {
  constructor(described: Described) {
    super('gauge', described);
  }
  protected create(): GaugeSeries {
    return new GaugeSeries();
  }
  protected samples(labels: Record<string, string>, series: GaugeSeries): Sample[] {
    return [{ labels, value: series.value }];
  }
}

export class HistogramFamily<Name extends string> extends Family<HistogramSeries, Name> {
  constructor(
    described: Described,
    private readonly bounds: readonly number[],
  ) {
    super('histogram', described);
  }
  protected create(): HistogramSeries {
    return new HistogramSeries(this.bounds);
  }
  protected samples(labels: Record<string, string>, series: HistogramSeries): Sample[] {
    const samples: Sample[] = [];
    let count = 0;
    series.counts.forEach((inBucket, index) => {
      count += inBucket;
      const le = this.bounds[index] ?? '+Inf';
      samples.push({ labels: { ...labels, le }, value: count, metricName: `${this.name}_bucket` });
    });
    samples.push({ labels, value: series.sum, metricName: `${this.name}_sum` });
    samples.push({ labels, value: count, metricName: `${this.name}_count` });
    return samples;
  }
}

/** Gauges that are filled by one look: when all are rendered at once, they wait for the same one. */
export function fillTogether(gauges: readonly GaugeFamily<never>[], look: () => Promise<void>): void {
  let underWay: Promise<void> | undefined;
  for (const gauge of gauges) gauge.onScrape(() => (underWay ??= look().finally(() => (underWay = undefined))));
}
