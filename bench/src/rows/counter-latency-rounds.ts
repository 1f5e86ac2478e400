import { setTimeout as sleep } from 'node:timers/promises';
import { scheduledLatencies } from '../load/latencies.js';
import { distributionOf, ms, type LatencyDistribution } from '../statistics.js';
import type { BenchSystem } from '../system/bench-system.js';
import { checkTotals } from '../system/books.js';
import { checkpoint } from '../system/databases.js';
import type { FalconPayLoad } from '../system/falconpay-load.js';
import type { LatencyOptions } from './latency-rounds.js';

const PER_SECOND = 500;
const SETTLE_MS = 1_000;

export interface CounterLatencyRound {
  /** Milliseconds from the moment a request was due until its answer, for money that is paid in … */
  readonly deposit: LatencyDistribution;
  /** … and for a balance that is asked for. */
  readonly balance: LatencyDistribution;
}

/** The wallet's own answers, on a fixed schedule. */
export async function measureCounterLatencies(
  system: BenchSystem,
  load: FalconPayLoad,
  { rounds, openLoopSeconds, log }: LatencyOptions,
): Promise<CounterLatencyRound[]> {
  const url = system.url('wallet');
  const deposits = (seconds: number): Promise<number[]> =>
    scheduledLatencies(url, load.counter('deposit', PER_SECOND * seconds).requests, PER_SECOND, 201);
  const balances = (seconds: number): Promise<number[]> => scheduledLatencies(url, load.balances(PER_SECOND * seconds), PER_SECOND);
  await deposits(1);
  await balances(1);
  const results: CounterLatencyRound[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    await checkpoint(system);
    await sleep(SETTLE_MS);
    const deposit = distributionOf(await deposits(openLoopSeconds));
    const balance = distributionOf(await balances(openLoopSeconds));
    results.push({ deposit, balance });
    log(
      `round ${round}/${rounds}  counter  at ${PER_SECOND}/s: POST deposit p50 ${ms(deposit.p50)}, p99 ${ms(deposit.p99)}; ` +
        `GET balance p50 ${ms(balance.p50)}, p99 ${ms(balance.p99)}`,
    );
  }
  await checkTotals(system);
  return results;
}
