import { setTimeout as sleep } from 'node:timers/promises';
import { sequentialLatencies } from '../load/latencies.js';
import { distributionOf, ms, type LatencyDistribution } from '../statistics.js';
import type { BenchSystem } from '../system/bench-system.js';
import { checkTotals } from '../system/books.js';
import { checkpoint } from '../system/databases.js';
import type { FalconPayLoad } from '../system/falconpay-load.js';
import type { LatencyOptions } from './latency-rounds.js';

const SEQUENTIAL = 200;
const WARM_UP = 100;
const SETTLE_MS = 1_000;

/** Milliseconds from sending a POST with `Prefer: wait` to a machine that pays at once until COMPLETED; one after the other. */
export async function measureMachineLatencies(
  system: BenchSystem,
  load: FalconPayLoad,
  { rounds, log }: Pick<LatencyOptions, 'rounds' | 'log'>,
): Promise<LatencyDistribution[]> {
  const { url } = load.gateway;
  await sequentialLatencies(url, load.atMachinesWaiting(WARM_UP));
  const results: LatencyDistribution[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    await checkpoint(system);
    await sleep(SETTLE_MS);
    const idle = distributionOf(await sequentialLatencies(url, load.atMachinesWaiting(SEQUENTIAL)));
    results.push(idle);
    log(`round ${round}/${rounds}  machines  idle p50 ${ms(idle.p50)}, p99 ${ms(idle.p99)}`);
  }
  await checkTotals(system);
  return results;
}
