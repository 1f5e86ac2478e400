import { setTimeout as sleep } from 'node:timers/promises';
import { getRequest, oneOf } from '../load/http-requests.js';
import { scheduledLatencies } from '../load/latencies.js';
import { runTransferLoad } from '../load/transfer-load.js';
import { distributionOf, ms, type LatencyDistribution } from '../statistics.js';
import type { BenchSystem } from '../system/bench-system.js';
import { checkTotals } from '../system/books.js';
import { CpuMeter } from '../system/cpu-meter.js';
import { checkpoint } from '../system/databases.js';
import type { FalconPayLoad } from '../system/falconpay-load.js';
import { growLedger } from '../system/large-ledger.js';

const FIRST_TRANSFERS = 10_000;
const PAGES_PER_SECOND = 100;
const LINES_PER_PAGE = 25;
const READERS = 50;
const PAGES_EACH = 20;
const QUIET_PROCESSORS = 0.1;
const QUIET_WITHIN_MS = 120_000;

export interface LargeLedgerRound {
  /** How many were added between the two rates. */
  readonly entries: number;
  /** Transfers COMPLETED per second, in bulks. */
  readonly perSecondBefore: number;
  readonly perSecondAfter: number;
  /** Milliseconds for a page of an account's history, the first one or one far below, in the grown ledger. */
  readonly page: LatencyDistribution;
}

export interface LargeLedgerOptions {
  readonly rounds: number;
  readonly seconds: number;
  readonly entries: number;
  readonly log: (line: string) => void;
}

/** How much of its speed the wallet keeps when its ledger has grown; the last that is measured, since it stays grown. */
export async function measureLargeLedger(
  system: BenchSystem,
  load: FalconPayLoad,
  { rounds, seconds, entries, log }: LargeLedgerOptions,
): Promise<LargeLedgerRound[]> {
  let rate = (await runTransferLoad(load.bulk(FIRST_TRANSFERS))).completedPerSecond;
  const transfersPerSecond = async (): Promise<number> => {
    const bulks = load.bulk(Math.ceil(rate * seconds));
    await checkpoint(system);
    rate = (await runTransferLoad(bulks)).completedPerSecond;
    return rate;
  };
  const repeated = async (): Promise<number[]> => {
    await transfersPerSecond();
    const rates: number[] = [];
    for (let round = 1; round <= rounds; round += 1) rates.push(await transfersPerSecond());
    return rates;
  };
  const before = await repeated();
  const startedAt = performance.now();
  const added = await growLedger(system.wallet, load.accounts, entries);
  await untilQuiet(system);
  log(`the ledger has grown by ${added} entries in ${Math.round((performance.now() - startedAt) / 1_000)} s`);
  const after = await repeated();
  const pages = await pageRequests(system.url('wallet'), load.accounts, PAGES_PER_SECOND * seconds);
  const results: LargeLedgerRound[] = [];
  for (const [index, perSecondAfter] of after.entries()) {
    await checkpoint(system);
    const page = distributionOf(await scheduledLatencies(system.url('wallet'), pages, PAGES_PER_SECOND));
    const perSecondBefore = before[index] ?? Number.NaN;
    results.push({ entries: added, perSecondBefore, perSecondAfter, page });
    log(
      `round ${index + 1}/${rounds}  large ledger  ${Math.round(perSecondAfter)} transfers/s, ${Math.round(perSecondBefore)} before; ` +
        `a page at ${PAGES_PER_SECOND}/s p50 ${ms(page.p50)}, p99 ${ms(page.p99)}`,
    );
  }
  await checkTotals(system);
  return results;
}

/** Half of them first pages; for the others some readers go down page by page beforehand, to know where those are. */
async function pageRequests(url: string, accounts: readonly string[], count: number): Promise<Buffer[]> {
  const pathOf = (account: string): string => `/v1/accounts/${account}/transactions?limit=${LINES_PER_PAGE}`;
  const below: string[] = [];
  for (let reader = 0; reader < READERS; reader += 1) {
    const first = pathOf(oneOf(accounts));
    for (let path = first, page = 0; page < PAGES_EACH; page += 1) {
      const { next_cursor: cursor } = (await (await fetch(url + path)).json()) as { next_cursor: string | null };
      if (cursor === null) break;
      path = `${first}&cursor=${encodeURIComponent(cursor)}`;
      below.push(path);
    }
  }
  if (below.length === 0) throw new Error('no history is longer than a page');
  const paths = Array.from({ length: count }, (_, index) => (index % 2 === 0 ? pathOf(oneOf(accounts)) : oneOf(below)));
  return paths.map((path) => getRequest({ url, path }));
}

/** Whatever the services do about what they find in the ledger is done, and so is what the server tidies up. */
async function untilQuiet(system: BenchSystem): Promise<void> {
  const meter = new CpuMeter(system);
  for (const deadline = performance.now() + QUIET_WITHIN_MS; performance.now() < deadline;) {
    meter.begin();
    await sleep(1_000);
    const { processes, postgres, wallSeconds } = meter.end();
    const used = Object.values(postgres).reduce((sum, each) => sum + each, processes['wallet'] ?? 0);
    if (used / wallSeconds < QUIET_PROCESSORS) return;
  }
}
