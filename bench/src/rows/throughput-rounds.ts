import type { PlainDesign } from '../baselines/plain/plain-design.js';
import type { Pgbench } from '../baselines/pgbench.js';
import { runCounterLoad, type CounterLoad } from '../load/counter-load.js';
import { runTransferLoad, type LoadResult, type TransferLoad } from '../load/transfer-load.js';
import { oneHotAccount } from '../load/transfer-requests.js';
import type { BenchSystem } from '../system/bench-system.js';
import { checkTotals } from '../system/books.js';
import { CpuMeter, type CpuUse } from '../system/cpu-meter.js';
import { checkpoint } from '../system/databases.js';
import type { FalconPayLoad } from '../system/falconpay-load.js';
import { PeakMemory } from '../system/peak-memory.js';

/** In this order in odd rounds and backwards in even ones, so that what drifts favours nobody. */
export const THROUGHPUTS = [
  ...(['single', 'deposits', 'payouts', 'pgbench', 'withdrawals', 'redemptions', 'machines', 'bulk', 'hot', 'plain'] as const),
] as const;
export type Throughput = (typeof THROUGHPUTS)[number];

type Load = Exclude<Throughput, 'pgbench'>;

export interface ThroughputFigure {
  /** Transfers, withdrawals at machines, payouts or redemptions COMPLETED, deposits or withdrawals posted, or pgbench's transactions. */
  readonly perSecond: number;
  readonly seconds: number;
  readonly transfers?: number;
  readonly acceptedSeconds?: number;
  readonly peakMegabytes: Readonly<Record<string, number>>;
  readonly cpu: CpuUse;
  /** Processor milliseconds of all processes that take part, per transfer or transaction: what is least disturbed by others. */
  readonly processorMsEach: number;
}

export type ThroughputRound = Partial<Record<Throughput, ThroughputFigure>>;

export interface ThroughputOptions {
  readonly wanted: ReadonlySet<Throughput>;
  readonly rounds: number;
  readonly seconds: number;
  readonly log: (line: string) => void;
}

/** What runs first, while everything is still cold and nobody knows how fast it will be. */
const FIRST_TRANSFERS: Readonly<Record<Load, number>> = {
  ...{ single: 2_000, deposits: 2_000, withdrawals: 2_000, bulk: 10_000, hot: 10_000, plain: 1_000 },
  ...{ machines: 1_000, payouts: 1_000, redemptions: 1_000 },
};

export class ThroughputRounds {
  private readonly rates = new Map<Load, number>();

  constructor(
    private readonly system: BenchSystem,
    private readonly load: FalconPayLoad,
    private readonly pgbench: Pgbench | undefined,
    private readonly plain: PlainDesign | undefined,
  ) {}

  async run({ wanted, rounds, seconds, log }: ThroughputOptions): Promise<ThroughputRound[]> {
    const order = THROUGHPUTS.filter((each) => wanted.has(each));
    // Two rounds that do not count: the broker's compiler needs some minutes of load until it has seen it all.
    for (const each of [...order, ...order]) await this.warmUp(each, seconds);
    const results: ThroughputRound[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      const figures: ThroughputRound = {};
      for (const each of round % 2 === 1 ? order : order.toReversed()) {
        const figure = await this.measure(each, seconds);
        figures[each] = figure;
        log(`round ${round}/${rounds}  ${each.padEnd(11)} ${lineOf(figure)}`);
      }
      await checkTotals(this.system);
      await this.plain?.checkBooks();
      results.push(figures);
    }
    return results;
  }

  private async warmUp(which: Throughput, seconds: number): Promise<void> {
    if (which === 'plain') return;
    if (which === 'pgbench') {
      await this.pgbench?.measure(Math.ceil(seconds));
      return;
    }
    await this.findRate(which, FIRST_TRANSFERS[which]);
    await this.measureLoad(which, seconds);
  }

  private async measure(which: Throughput, seconds: number): Promise<ThroughputFigure> {
    if (which === 'pgbench') return this.measurePgbench(seconds);
    if (which !== 'plain') return this.measureLoad(which, seconds);
    await this.plain?.start();
    try {
      await this.findRate(which, FIRST_TRANSFERS.plain);
      await this.measureLoad(which, seconds / 2);
      return await this.measureLoad(which, seconds);
    } finally {
      await this.plain?.stop();
    }
  }

  private async findRate(which: Load, transfers: number): Promise<void> {
    this.rates.set(which, (await this.prepared(which, transfers)()).completedPerSecond);
  }

  /** The load is as large as the last rate says it has to be. */
  private async measureLoad(which: Load, seconds: number): Promise<ThroughputFigure> {
    const run = this.prepared(which, Math.ceil((this.rates.get(which) ?? 0) * seconds));
    const { result, ...costs } = await this.costsOf(run);
    const { transfers, acceptedSeconds, seconds: took, completedPerSecond } = result;
    this.rates.set(which, completedPerSecond);
    return {
      perSecond: completedPerSecond,
      seconds: took,
      transfers,
      acceptedSeconds,
      ...costs,
      processorMsEach: msEach(costs.cpu, transfers),
    };
  }

  private async measurePgbench(seconds: number): Promise<ThroughputFigure> {
    const { pgbench } = this;
    if (pgbench === undefined) throw new Error('pgbench is not prepared');
    const { result, cpu, peakMegabytes } = await this.costsOf(() => pgbench.measure(seconds));
    const processes = { ...cpu.processes, pgbench: result.processorSeconds };
    const others = Math.max(0, cpu.others - result.processorSeconds);
    const all = { ...cpu, processes, others };
    return { perSecond: result.tps, seconds, peakMegabytes, cpu: all, processorMsEach: msEach(all, result.tps * seconds) };
  }

  private async costsOf<A>(work: () => Promise<A>): Promise<{ result: A; cpu: CpuUse; peakMegabytes: Record<string, number> }> {
    await checkpoint(this.system);
    const memory = new PeakMemory({ payment: this.system.pid('payment'), wallet: this.system.pid('wallet') });
    const meter = new CpuMeter(this.system, this.plain?.pids);
    memory.begin();
    meter.begin();
    try {
      const result = await work();
      return { result, cpu: meter.end(), peakMegabytes: memory.end() };
    } finally {
      memory.end();
    }
  }

  /** The requests are made here; what is returned sends them. */
  private prepared(which: Load, count: number): () => Promise<LoadResult> {
    const ofTransfers = (load: TransferLoad) => () => runTransferLoad(load);
    const atCounter = (load: CounterLoad) => () => runCounterLoad(load);
    switch (which) {
      case 'single':
        return ofTransfers(this.load.single(count));
      case 'bulk':
        return ofTransfers(this.load.bulk(count));
      case 'hot':
        return ofTransfers(this.load.bulk(count, oneHotAccount));
      case 'deposits':
        return atCounter(this.load.counter('deposit', count));
      case 'withdrawals':
        return atCounter(this.load.counter('withdrawal', count));
      case 'machines':
        return ofTransfers(this.load.machines(count));
      case 'payouts':
        return ofTransfers(this.load.payouts(count));
      case 'redemptions':
        return ofTransfers(this.load.redemptions(count));
      case 'plain':
        if (this.plain === undefined) throw new Error('the plain design does not run');
        return ofTransfers(this.plain.single(count));
    }
  }
}

function msEach({ processes, postgres }: CpuUse, count: number): number {
  const used = [...Object.values(processes), ...Object.values(postgres)].reduce((sum, seconds) => sum + seconds, 0);
  return (used * 1_000) / count;
}

function lineOf({ perSecond, seconds, cpu, processorMsEach }: ThroughputFigure): string {
  const noise = cpu.others / cpu.wallSeconds;
  return `${Math.round(perSecond).toString().padStart(6)}/s over ${seconds.toFixed(1)} s, ${processorMsEach.toFixed(2)} processor-ms each (other programs: ${noise.toFixed(2)} processors)`;
}
