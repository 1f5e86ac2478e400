import type { LatencyDistribution } from '../statistics.js';
import { MEASUREMENTS, type Measurement } from '../run-arguments.js';
import { rowsOf, type Rounds } from './rows.js';

const nothing: Rounds = {
  throughput: [],
  latency: [],
  counterLatency: [],
  unreleased: [],
  machines: [],
  slowMachines: [],
  silentBank: [],
  fullPool: [],
  poison: [],
  hotKey: [],
  letters: [],
  largeLedger: [],
  start: [],
};
const latency = (p50: number, p99: number): LatencyDistribution => ({ count: 1_000, p50, p90: p99, p99, max: p99 });
const throughput = (perSecond: number) => ({ perSecond, seconds: 1, peakMegabytes: {}, processorMsEach: 1, cpu: {} as never });
const rows = (rounds: Partial<Rounds>, ...only: readonly Measurement[]) =>
  rowsOf({ ...nothing, ...rounds }, new Set(only)).map(({ name, values, median, verdict }) => [name, values, median, verdict]);

describe('the rows of the wallet', () => {
  it('compare what the counter does with pgbench, round by round, and judge by the median', () => {
    const rounds = [
      { deposits: throughput(400), withdrawals: throughput(50), pgbench: throughput(100) },
      { deposits: throughput(150), withdrawals: throughput(200), pgbench: throughput(200) },
      { deposits: throughput(100), withdrawals: throughput(70), pgbench: throughput(100) },
    ];
    expect(rows({ throughput: rounds }, 'counter')).toEqual([
      ['deposits/s, one POST each ÷ pgbench TPC-B', [4, 0.75, 1], 1, 'above floor'],
      ['withdrawals/s, one POST each ÷ pgbench TPC-B', [0.5, 1, 0.7], 0.7, 'below floor'],
    ]);
  });

  it('tell its latencies', () => {
    const counterLatency = [{ deposit: latency(9, 51), balance: latency(26, 49) }];
    expect(rows({ counterLatency }, 'counter-latency').map(([name, , ...rest]) => [name, ...rest])).toEqual([
      ['POST deposit, 500/s open loop, p50', 9, 'goal reached'],
      ['POST deposit, 500/s open loop, p99', 51, 'above floor'],
      ['GET balance, 500/s open loop, p50', 26, 'below floor'],
      ['GET balance, 500/s open loop, p99', 49, 'goal reached'],
    ]);
  });

  it('tell what unreleased deposits and a large ledger cost', () => {
    const compared = (ratio: number) => ({ waiting: latency(ratio, 9), released: latency(1, 9), ratio });
    const unreleased = [{ deposits: 10_000, balance: compared(1), withdrawal: compared(2.5) }];
    const largeLedger = [{ entries: 5_000_000, perSecondBefore: 1_000, perSecondAfter: 700, page: latency(2, 8) }];
    expect(rows({ unreleased, largeLedger }, 'unreleased', 'large-ledger').map(([name, , ...rest]) => [name, ...rest])).toEqual([
      ['GET balance, 10,000 unreleased deposits ÷ none', 1, 'goal reached'],
      ['POST withdrawal, 10,000 unreleased deposits ÷ none', 2.5, 'above floor'],
      ['history page in a large ledger, p99', 8, 'goal reached'],
      ['COMPLETED/s, bulks, in a large ledger ÷ before', 0.7, 'below floor'],
    ]);
  });

  it('tell what withdrawals at machines cost, and what slow machines cost the others', () => {
    const round = { machines: throughput(50), pgbench: throughput(100) };
    const slow = { waiting: 5_000, perSecondBefore: 100, perSecondBeside: 80, megabytesBefore: 100, megabytesBeside: 351 };
    const measured = { throughput: [round], machines: [latency(15, 20)], slowMachines: [slow] };
    expect(rows(measured, 'machines', 'slow-machines').map(([name, , ...rest]) => [name, ...rest])).toEqual([
      ['COMPLETED/s at machines, one POST each ÷ pgbench TPC-B', 0.5, 'above floor'],
      ['POST → COMPLETED at a machine, idle, p50', 15, 'goal reached'],
      ['memory for 5,000 at slow machines', 251, 'below floor'],
      ['COMPLETED/s beside 5,000 at slow machines ÷ alone', 0.8, 'above floor'],
    ]);
  });

  it('tell what payouts and redemptions come to, also beside a bank that says nothing and when there are too many', () => {
    const rounds = [{ payouts: throughput(60), redemptions: throughput(29), pgbench: throughput(100) }];
    const silentBank = [{ waiting: 113, turnedAway: 40, perSecondBefore: 100, perSecondBeside: 94 }];
    const fullPool = [{ accepted: 4_000, refusal: latency(5, 11), completedPerSecond: 200 }];
    const asked = ['payouts', 'redemptions', 'silent-bank', 'full-pool'] as const;
    expect(rows({ throughput: rounds, silentBank, fullPool }, ...asked).map(([name, , ...rest]) => [name, ...rest])).toEqual([
      ['payouts COMPLETED/s, one POST each ÷ pgbench TPC-B', 0.6, 'goal reached'],
      ['redemptions COMPLETED/s, one POST each ÷ pgbench TPC-B', 0.29, 'below floor'],
      ['payouts COMPLETED/s at three banks, a fourth silent ÷ alone', 0.94, 'below floor'],
      ['payout refused at twice the capacity, p99', 11, 'below floor'],
    ]);
  });

  it('tell what poison and a hot key cost the others, and how fast dead letters come and go', () => {
    const poison = [{ transfers: 1_000, poison: 5, perSecondClean: 100, perSecondPoisoned: 79, perSecondBlocked: 90 }];
    const hotKey = [{ followers: 1_000, without: latency(5, 10), beside: latency(5, 13), drainMs: 100 }];
    const stored = { stored: 2_000, storedPerSecond: 90, pgbenchPerSecond: 100 };
    const letters = [{ ...stored, replayed: 200, replayedPerSecond: 400, replaysAskedPerSecond: 1_000 }];
    expect(rows({ poison, hotKey, letters }, 'poison', 'hot-key', 'letters').map(([name, , ...rest]) => [name, ...rest])).toEqual([
      ['COMPLETED/s, bulks, one event of 200 poison ÷ clean', 0.79, 'below floor'],
      ['COMPLETED/s, bulks, beside the keys it blocked ÷ clean', 0.9, 'above floor'],
      ['POST → COMPLETED, p99, beside a blocked hot key ÷ beside one that is not', 1.3, 'below floor'],
      ['dead letters stored/s ÷ pgbench TPC-B', 0.9, 'above floor'],
      ['dead letters replayed/s ÷ asked for', 0.4, 'above floor'],
    ]);
  });

  it('are left out when they were not measured, or not asked for', () => {
    expect(rows({}, ...MEASUREMENTS)).toEqual([]);
    expect(rows({ unreleased: [], counterLatency: [{ deposit: latency(1, 1), balance: latency(1, 1) }] }, 'unreleased')).toEqual([]);
  });
});
