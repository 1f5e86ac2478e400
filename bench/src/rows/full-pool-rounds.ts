import { scheduledAnswers } from '../load/latencies.js';
import { ORDERS } from '../load/order-requests.js';
import { untilNothingIsOpen } from '../load/transfer-load.js';
import { distributionOf, ms, type LatencyDistribution } from '../statistics.js';
import type { BenchSystem } from '../system/bench-system.js';
import { checkTotals } from '../system/books.js';
import { checkpoint } from '../system/databases.js';
import { BANKS, type FalconPayLoad } from '../system/falconpay-load.js';
import { behave } from '../system/partners.js';
import type { LatencyOptions } from './latency-rounds.js';

/** As many calls are under way at once (`PAYOUT_WORKERS`), each as long as this: so many payouts a second, and no more. */
const WORKERS = 50;
const BANK_MS = 250;
const CAPACITY_PER_SECOND = (WORKERS * 1_000) / BANK_MS;
const ASKED_PER_SECOND = 2 * CAPACITY_PER_SECOND;
/** Until the broker’s compiler has seen most of it. */
const WARM_UP_SECONDS = 15;
/** Of what is asked, about half is too much. */
const REFUSED_LEAST = 0.25;

export interface FullPoolRound {
  readonly accepted: number;
  /** Milliseconds from when a request was due until it was turned away with 503. */
  readonly refusal: LatencyDistribution;
  /** Of those accepted, from the first request until the last one had ended. */
  readonly completedPerSecond: number;
}

/** Twice as many payouts as can be sent: how soon those that are too many are told so, and that the others end. */
export async function measureFullPool(
  system: BenchSystem,
  load: FalconPayLoad,
  { rounds, openLoopSeconds, log }: LatencyOptions,
): Promise<FullPoolRound[]> {
  const askTooMuch = async (seconds: number): Promise<FullPoolRound> => {
    const requests = load.toBanks(ASKED_PER_SECOND * seconds);
    await checkpoint(system);
    const before = await ordersOf(system);
    const startedAt = performance.now();
    const answers = await scheduledAnswers(load.gateway.url, requests, ASKED_PER_SECOND, [202, 503]);
    await untilNothingIsOpen(system.gateway, ORDERS);
    const took = performance.now() - startedAt;
    const after = await ordersOf(system);
    const accepted = answers.filter(({ status }) => status === 202).length;
    const [stored, completed] = [after.stored - before.stored, after.completed - before.completed];
    if (stored !== accepted || completed !== accepted)
      throw new Error(`of ${accepted} payouts that were accepted ${stored} were stored and ${completed} were COMPLETED`);
    const refusal = distributionOf(answers.filter(({ status }) => status === 503).map(({ tookMs }) => tookMs));
    return { accepted, refusal, completedPerSecond: (completed * 1_000) / took };
  };
  await behave(system, 'banks', BANKS, { latency_ms: BANK_MS });
  await askTooMuch(WARM_UP_SECONDS);
  const results: FullPoolRound[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const result = await askTooMuch(openLoopSeconds);
    const { accepted, refusal, completedPerSecond } = result;
    log(
      `round ${round}/${rounds}  full pool  at ${ASKED_PER_SECOND}/s ${refusal.count} refused, p50 ${ms(refusal.p50)}, p99 ${ms(refusal.p99)}; ` +
        `${accepted} accepted, all of them COMPLETED, ${Math.round(completedPerSecond)}/s`,
    );
    if (refusal.count < REFUSED_LEAST * (accepted + refusal.count)) throw new Error('the pool was hardly ever full');
    results.push(result);
  }
  await behave(system, 'banks', BANKS, {});
  await checkTotals(system);
  return results;
}

async function ordersOf(system: BenchSystem): Promise<{ stored: number; completed: number }> {
  const { rows } = await system.gateway.query<{ stored: number; completed: number }>(
    `select count(*)::int as stored, count(*) filter (where status = 'COMPLETED')::int as completed from orders`,
  );
  return rows[0] ?? { stored: Number.NaN, completed: Number.NaN };
}
