import { counterRequests, runCounterLoad } from '../load/counter-load.js';
import { getRequest } from '../load/http-requests.js';
import { sequentialLatencies } from '../load/latencies.js';
import { openFundedAccounts } from '../load/open-accounts.js';
import { distributionOf, ms, type LatencyDistribution } from '../statistics.js';
import type { BenchSystem } from '../system/bench-system.js';
import { checkTotals } from '../system/books.js';
import { checkpoint } from '../system/databases.js';

const DEPOSITS = 10_000;
const CONNECTIONS = 64;
/** They are released one after the other, the first when the run is long over. */
const FIRST_RELEASE_MS = 86_400_000;
const NEXT_RELEASE_MS = 60_000;
const ASKED = { balance: 1_000, withdrawal: 300 };

/** The same question to two accounts in turn: milliseconds for the one whose deposits wait, and for the one whose do not. */
export interface Compared {
  readonly waiting: LatencyDistribution;
  readonly released: LatencyDistribution;
  /** Between the medians. */
  readonly ratio: number;
}

export interface UnreleasedRound {
  readonly deposits: number;
  readonly balance: Compared;
  /** Decides on what is available under the account's lock. */
  readonly withdrawal: Compared;
}

/** What can be spent, of an account with many deposits that are not yet released and of one with as many that are. */
export async function measureUnreleased(
  system: BenchSystem,
  { rounds, log }: { readonly rounds: number; readonly log: (line: string) => void },
): Promise<UnreleasedRound[]> {
  const url = system.url('wallet');
  const [waiting = '', released = ''] = await openFundedAccounts(url, 2);
  await payIn(system, waiting, (index) => new Date(Date.now() + FIRST_RELEASE_MS + index * NEXT_RELEASE_MS));
  await payIn(system, released, () => undefined);
  const balances = (count: number): Buffer[] =>
    Array.from({ length: count }, () => [waiting, released].map((id) => getRequest({ url, path: `/v1/accounts/${id}/balance` }))).flat();
  const withdrawals = (count: number): Buffer[] =>
    Array.from({ length: count }, () => [waiting, released].map((id) => counterRequests(url, [id], 'withdrawal', 1)).flat()).flat();
  compare(await sequentialLatencies(url, balances(ASKED.balance)));
  compare(await sequentialLatencies(url, withdrawals(ASKED.withdrawal), 201));
  const results: UnreleasedRound[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    await checkpoint(system);
    const balance = compare(await sequentialLatencies(url, balances(ASKED.balance)));
    const withdrawal = compare(await sequentialLatencies(url, withdrawals(ASKED.withdrawal), 201));
    results.push({ deposits: DEPOSITS, balance, withdrawal });
    log(`round ${round}/${rounds}  unreleased  GET balance ${lineOf(balance)}; POST withdrawal ${lineOf(withdrawal)}`);
  }
  await checkTotals(system);
  return results;
}

async function payIn(system: BenchSystem, account: string, releaseAt: (index: number) => Date | undefined): Promise<void> {
  const url = system.url('wallet');
  const requests = Array.from({ length: DEPOSITS }, (_, index) => counterRequests(url, [account], 'deposit', 1, releaseAt(index))).flat();
  await runCounterLoad({ url, connections: CONNECTIONS, requests, work: 'deposit', database: system.wallet });
}

function compare(latencies: readonly number[]): Compared {
  const of = (which: 0 | 1): LatencyDistribution => distributionOf(latencies.filter((_, index) => index % 2 === which));
  const [waiting, released] = [of(0), of(1)];
  return { waiting, released, ratio: waiting.p50 / released.p50 };
}

const lineOf = ({ waiting, released, ratio }: Compared): string =>
  `${ms(waiting.p50)} with ${DEPOSITS} unreleased deposits, ${ms(released.p50)} with none: ${ratio.toFixed(2)} ×`;
