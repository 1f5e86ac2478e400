import { setTimeout as sleep } from 'node:timers/promises';
import { BareLatencies } from '../baselines/bare-latencies.js';
import { scheduledLatencies, sequentialLatencies } from '../load/latencies.js';
import { distributionOf, ms, type LatencyDistribution } from '../statistics.js';
import type { BenchSystem } from '../system/bench-system.js';
import { checkTotals } from '../system/books.js';
import { checkpoint } from '../system/databases.js';
import type { FalconPayLoad } from '../system/falconpay-load.js';

const SEQUENTIAL = 200;
const WARM_UP = 100;
const PER_SECOND = 500;
const SETTLE_MS = 1_000;

export interface LatencyRound {
  /** Milliseconds, all of them. */
  readonly idle: LatencyDistribution;
  readonly open: LatencyDistribution;
  readonly bareRoundTrip: LatencyDistribution;
  readonly bareCommit: LatencyDistribution;
  /** Idle p50 ÷ the bare cost of what a transfer cannot do without: three commits and two records through Kafka. */
  readonly idleToBare: number;
}

export interface LatencyOptions {
  readonly rounds: number;
  readonly openLoopSeconds: number;
  readonly log: (line: string) => void;
}

export async function measureLatencies(system: BenchSystem, load: FalconPayLoad, options: LatencyOptions): Promise<LatencyRound[]> {
  const { rounds, openLoopSeconds, log } = options;
  const { url } = load.destination;
  const bare = await BareLatencies.prepare(system);
  await sequentialLatencies(url, load.waiting(WARM_UP));
  await scheduledLatencies(url, load.waiting(PER_SECOND), PER_SECOND);
  const results: LatencyRound[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const open = load.waiting(PER_SECOND * openLoopSeconds);
    await checkpoint(system);
    await sleep(SETTLE_MS);
    const bareRoundTrip = distributionOf(await bare.roundTrips(SEQUENTIAL));
    const bareCommit = distributionOf(await bare.commits(SEQUENTIAL));
    const idle = distributionOf(await sequentialLatencies(url, load.waiting(SEQUENTIAL)));
    const underLoad = distributionOf(await scheduledLatencies(url, open, PER_SECOND));
    const idleToBare = idle.p50 / (3 * bareCommit.p50 + 2 * bareRoundTrip.p50);
    results.push({ idle, open: underLoad, bareRoundTrip, bareCommit, idleToBare });
    log(
      `round ${round}/${rounds}  latency  idle p50 ${ms(idle.p50)} (bare: Kafka ${ms(bareRoundTrip.p50)}, commit ${ms(bareCommit.p50)}: ${idleToBare.toFixed(1)} × what it cannot do without); ` +
        `at ${PER_SECOND}/s p50 ${ms(underLoad.p50)}, p99 ${ms(underLoad.p99)}`,
    );
  }
  await bare.close();
  await checkTotals(system);
  return results;
}
