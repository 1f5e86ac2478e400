import type { CounterLatencyRound } from '../rows/counter-latency-rounds.js';
import type { FullPoolRound } from '../rows/full-pool-rounds.js';
import type { HotKeyRound } from '../rows/hot-key-rounds.js';
import type { LargeLedgerRound } from '../rows/large-ledger-rounds.js';
import type { LatencyRound } from '../rows/latency-rounds.js';
import type { LettersRound } from '../rows/letter-rounds.js';
import type { PoisonRound } from '../rows/poison-rounds.js';
import type { SilentBankRound } from '../rows/silent-bank-rounds.js';
import type { SlowMachinesRound } from '../rows/slow-machine-rounds.js';
import type { StartRound } from '../rows/start-rounds.js';
import type { Throughput, ThroughputRound } from '../rows/throughput-rounds.js';
import type { UnreleasedRound } from '../rows/unreleased-rounds.js';
import type { Measurement } from '../run-arguments.js';
import { median, type LatencyDistribution } from '../statistics.js';

export interface Rounds {
  readonly throughput: readonly ThroughputRound[];
  readonly latency: readonly LatencyRound[];
  readonly counterLatency: readonly CounterLatencyRound[];
  readonly unreleased: readonly UnreleasedRound[];
  readonly machines: readonly LatencyDistribution[];
  readonly slowMachines: readonly SlowMachinesRound[];
  readonly silentBank: readonly SilentBankRound[];
  readonly fullPool: readonly FullPoolRound[];
  readonly poison: readonly PoisonRound[];
  readonly hotKey: readonly HotKeyRound[];
  readonly letters: readonly LettersRound[];
  readonly largeLedger: readonly LargeLedgerRound[];
  readonly start: readonly StartRound[];
}

interface Goal {
  readonly unit: '×' | 'ms' | 'MB' | 's';
  readonly better: 'higher' | 'lower';
  readonly goal: number;
  readonly floor: number;
}

export interface Row extends Goal {
  readonly name: string;
  /** One per round. */
  readonly values: readonly number[];
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly verdict: 'goal reached' | 'above floor' | 'below floor';
}

interface RowDefinition extends Goal {
  readonly of: Measurement;
  readonly name: string;
  values(rounds: Rounds): number[];
}

const perRound = (one: Throughput, other: Throughput) => (rounds: Rounds) =>
  rounds.throughput.flatMap((round) => {
    const [above, below] = [round[one], round[other]];
    return above === undefined || below === undefined ? [] : [above.perSecond / below.perSecond];
  });
const peakOf = (service: string) => (rounds: Rounds) =>
  rounds.throughput.flatMap(({ bulk }) => (bulk?.peakMegabytes[service] === undefined ? [] : [bulk.peakMegabytes[service]]));

const times = { unit: '×', better: 'higher' } as const;
const atMostMs = { unit: 'ms', better: 'lower' } as const;
const p50 = { ...atMostMs, goal: 10, floor: 25 };
const p99 = { ...atMostMs, goal: 50, floor: 150 };

/** Of the wallet by itself, without a saga around it. */
const WALLET: readonly RowDefinition[] = [
  {
    ...{ of: 'counter', name: 'deposits/s, one POST each ÷ pgbench TPC-B', ...times, goal: 1.5, floor: 0.75 },
    values: perRound('deposits', 'pgbench'),
  },
  {
    ...{ of: 'counter', name: 'withdrawals/s, one POST each ÷ pgbench TPC-B', ...times, goal: 1.5, floor: 0.75 },
    values: perRound('withdrawals', 'pgbench'),
  },
  {
    ...{ of: 'counter-latency', name: 'POST deposit, 500/s open loop, p50', ...p50 },
    values: ({ counterLatency }) => counterLatency.map(({ deposit }) => deposit.p50),
  },
  {
    ...{ of: 'counter-latency', name: 'POST deposit, 500/s open loop, p99', ...p99 },
    values: ({ counterLatency }) => counterLatency.map(({ deposit }) => deposit.p99),
  },
  {
    ...{ of: 'counter-latency', name: 'GET balance, 500/s open loop, p50', ...p50 },
    values: ({ counterLatency }) => counterLatency.map(({ balance }) => balance.p50),
  },
  {
    ...{ of: 'counter-latency', name: 'GET balance, 500/s open loop, p99', ...p99 },
    values: ({ counterLatency }) => counterLatency.map(({ balance }) => balance.p99),
  },
  {
    ...{ of: 'unreleased', name: 'GET balance, 10,000 unreleased deposits ÷ none', unit: '×', better: 'lower', goal: 2, floor: 3 },
    values: ({ unreleased }) => unreleased.map(({ balance }) => balance.ratio),
  },
  {
    ...{ of: 'unreleased', name: 'POST withdrawal, 10,000 unreleased deposits ÷ none', unit: '×', better: 'lower', goal: 2, floor: 3 },
    values: ({ unreleased }) => unreleased.map(({ withdrawal }) => withdrawal.ratio),
  },
  {
    ...{ of: 'large-ledger', name: 'history page in a large ledger, p99', ...atMostMs, goal: 10, floor: 25 },
    values: ({ largeLedger }) => largeLedger.map(({ page }) => page.p99),
  },
  {
    ...{ of: 'large-ledger', name: 'COMPLETED/s, bulks, in a large ledger ÷ before', ...times, goal: 0.9, floor: 0.75 },
    values: ({ largeLedger }) => largeLedger.map(({ perSecondBefore, perSecondAfter }) => perSecondAfter / perSecondBefore),
  },
];

/** Of what gateway and wallet do together with partners outside. */
const PARTNERS: readonly RowDefinition[] = [
  {
    ...{ of: 'machines', name: 'COMPLETED/s at machines, one POST each ÷ pgbench TPC-B', ...times, goal: 0.6, floor: 0.3 },
    values: perRound('machines', 'pgbench'),
  },
  {
    ...{ of: 'machines', name: 'POST → COMPLETED at a machine, idle, p50', ...atMostMs, goal: 15, floor: 40 },
    values: ({ machines }) => machines.map(({ p50: middle }) => middle),
  },
  {
    ...{ of: 'slow-machines', name: 'memory for 5,000 at slow machines', unit: 'MB', better: 'lower', goal: 150, floor: 250 },
    values: ({ slowMachines }) => slowMachines.map(({ megabytesBefore, megabytesBeside }) => megabytesBeside - megabytesBefore),
  },
  {
    ...{ of: 'slow-machines', name: 'COMPLETED/s beside 5,000 at slow machines ÷ alone', ...times, goal: 0.9, floor: 0.75 },
    values: ({ slowMachines }) => slowMachines.map(({ perSecondBefore, perSecondBeside }) => perSecondBeside / perSecondBefore),
  },
  {
    ...{ of: 'payouts', name: 'payouts COMPLETED/s, one POST each ÷ pgbench TPC-B', ...times, goal: 0.6, floor: 0.3 },
    values: perRound('payouts', 'pgbench'),
  },
  {
    ...{ of: 'redemptions', name: 'redemptions COMPLETED/s, one POST each ÷ pgbench TPC-B', ...times, goal: 0.6, floor: 0.3 },
    values: perRound('redemptions', 'pgbench'),
  },
  {
    ...{ of: 'silent-bank', name: 'payouts COMPLETED/s at three banks, a fourth silent ÷ alone', ...times, goal: 0.95, floor: 0.95 },
    values: ({ silentBank }) => silentBank.map(({ perSecondBefore, perSecondBeside }) => perSecondBeside / perSecondBefore),
  },
  {
    ...{ of: 'full-pool', name: 'payout refused at twice the capacity, p99', ...atMostMs, goal: 10, floor: 10 },
    values: ({ fullPool }) => fullPool.map(({ refusal }) => refusal.p99),
  },
];

/** Of what cannot be taken in. */
const DEAD_LETTERS: readonly RowDefinition[] = [
  {
    ...{ of: 'poison', name: 'COMPLETED/s, bulks, one event of 200 poison ÷ clean', ...times, goal: 0.8, floor: 0.8 },
    values: ({ poison }) => poison.map(({ perSecondClean, perSecondPoisoned }) => perSecondPoisoned / perSecondClean),
  },
  {
    ...{ of: 'poison', name: 'COMPLETED/s, bulks, beside the keys it blocked ÷ clean', ...times, goal: 0.95, floor: 0.8 },
    values: ({ poison }) => poison.map(({ perSecondClean, perSecondBlocked }) => perSecondBlocked / perSecondClean),
  },
  {
    ...{
      of: 'hot-key',
      name: 'POST → COMPLETED, p99, beside a blocked hot key ÷ beside one that is not',
      unit: '×',
      better: 'lower',
      goal: 1.2,
      floor: 1.2,
    },
    values: ({ hotKey }) => hotKey.map(({ without, beside }) => beside.p99 / without.p99),
  },
  {
    ...{ of: 'letters', name: 'dead letters stored/s ÷ pgbench TPC-B', ...times, goal: 1, floor: 0.5 },
    values: ({ letters }) => letters.map(({ storedPerSecond, pgbenchPerSecond }) => storedPerSecond / pgbenchPerSecond),
  },
  {
    ...{ of: 'letters', name: 'dead letters replayed/s ÷ asked for', ...times, goal: 0.5, floor: 0.2 },
    values: ({ letters }) => letters.map(({ replayedPerSecond, replaysAskedPerSecond }) => replayedPerSecond / replaysAskedPerSecond),
  },
];

const DEFINITIONS: readonly RowDefinition[] = [
  {
    of: 'bulk',
    name: 'COMPLETED/s, bulks of 1,000 ÷ pgbench TPC-B',
    unit: '×',
    better: 'higher',
    goal: 3,
    floor: 1.5,
    values: perRound('bulk', 'pgbench'),
  },
  {
    of: 'single',
    name: 'COMPLETED/s, one POST each ÷ pgbench TPC-B',
    unit: '×',
    better: 'higher',
    goal: 1,
    floor: 0.5,
    values: perRound('single', 'pgbench'),
  },
  {
    of: 'plain',
    name: 'COMPLETED/s, bulks ÷ the plain design',
    unit: '×',
    better: 'higher',
    goal: 20,
    floor: 10,
    values: perRound('bulk', 'plain'),
  },
  { of: 'hot', name: '80 % to one account ÷ uniform', unit: '×', better: 'higher', goal: 0.9, floor: 0.7, values: perRound('hot', 'bulk') },
  {
    of: 'latency',
    name: 'POST → COMPLETED, idle, p50',
    unit: 'ms',
    better: 'lower',
    goal: 10,
    floor: 25,
    values: ({ latency }) => latency.map(({ idle }) => idle.p50),
  },
  {
    of: 'latency',
    name: 'POST → COMPLETED, 500/s open loop, p99',
    unit: 'ms',
    better: 'lower',
    goal: 50,
    floor: 150,
    values: ({ latency }) => latency.map(({ open }) => open.p99),
  },
  { of: 'memory', name: 'payment, peak memory under bulks', unit: 'MB', better: 'lower', goal: 150, floor: 250, values: peakOf('payment') },
  { of: 'memory', name: 'wallet, peak memory under bulks', unit: 'MB', better: 'lower', goal: 150, floor: 250, values: peakOf('wallet') },
  ...WALLET,
  ...PARTNERS,
  ...DEAD_LETTERS,
  {
    of: 'start',
    name: 'npm start → first COMPLETED',
    unit: 's',
    better: 'lower',
    goal: 20,
    floor: 40,
    values: ({ start }) => start.map(({ toFirstCompletedSeconds }) => toFirstCompletedSeconds),
  },
];

/** Medians decide; a row that was not measured is left out. */
export function rowsOf(rounds: Rounds, only: ReadonlySet<Measurement>): Row[] {
  return DEFINITIONS.filter((definition) => only.has(definition.of)).flatMap(({ name, unit, better, goal, floor, values: valuesOf }) => {
    const values = valuesOf(rounds);
    if (values.length === 0) return [];
    const middle = median(values);
    const reaches = (limit: number): boolean => (better === 'higher' ? middle >= limit : middle <= limit);
    const verdict = reaches(goal) ? 'goal reached' : reaches(floor) ? 'above floor' : 'below floor';
    return [{ name, unit, better, goal, floor, values, median: middle, min: Math.min(...values), max: Math.max(...values), verdict }];
  });
}
