import { Pgbench } from './baselines/pgbench.js';
import { PlainDesign } from './baselines/plain/plain-design.js';
import { postgresVersionOf } from './report/machine.js';
import type { Rounds } from './report/rows.js';
import { measureCounterLatencies } from './rows/counter-latency-rounds.js';
import { measureFullPool } from './rows/full-pool-rounds.js';
import { measureHotKey } from './rows/hot-key-rounds.js';
import { measureLargeLedger } from './rows/large-ledger-rounds.js';
import { measureLatencies } from './rows/latency-rounds.js';
import { measureLetters } from './rows/letter-rounds.js';
import { measureMachineLatencies } from './rows/machine-rounds.js';
import { measurePoison } from './rows/poison-rounds.js';
import { measureSilentBank } from './rows/silent-bank-rounds.js';
import { measureSlowMachines } from './rows/slow-machine-rounds.js';
import { measureStarts } from './rows/start-rounds.js';
import { ThroughputRounds, type Throughput } from './rows/throughput-rounds.js';
import { measureUnreleased } from './rows/unreleased-rounds.js';
import type { Measurement, RunArguments } from './run-arguments.js';
import { BenchSystem } from './system/bench-system.js';
import { checkBooks } from './system/books.js';
import { FalconPayLoad, ROOM_FOR_ALL } from './system/falconpay-load.js';

/** In systems of their own. */
const APART: ReadonlySet<Measurement> = new Set(['silent-bank', 'full-pool', 'letters', 'start']);
/** What has to be measured for a row. */
const NEEDED: Readonly<Record<Measurement, readonly Throughput[]>> = {
  bulk: ['bulk', 'pgbench'],
  single: ['single', 'pgbench'],
  plain: ['bulk', 'plain'],
  hot: ['bulk', 'hot'],
  memory: ['bulk'],
  counter: ['deposits', 'withdrawals', 'pgbench'],
  machines: ['machines', 'pgbench'],
  payouts: ['payouts', 'pgbench'],
  redemptions: ['redemptions', 'pgbench'],
  latency: [],
  'counter-latency': [],
  unreleased: [],
  'slow-machines': [],
  'silent-bank': [],
  'full-pool': [],
  poison: [],
  'hot-key': [],
  letters: [],
  'large-ledger': [],
  start: [],
};
const PGBENCH_SCALE = { full: 20, quick: 5 };
const OPEN_LOOP_SECONDS = { full: 20, quick: 3 };
const LETTERS_SENT_BACK = { full: 2_000, quick: 200 };
const LARGE_LEDGER_ENTRIES = { full: 5_000_000, quick: 200_000 };

export async function measureAll(given: RunArguments): Promise<{ rounds: Rounds; postgres: string | undefined }> {
  const { only, rounds, seconds, quick, portBase, verbose } = given;
  const extent = quick ? 'quick' : 'full';
  const log = (line: string): void => console.log(line);
  const wanted = new Set([...only].flatMap((each) => NEEDED[each]));
  if (wanted.has('pgbench') || only.has('letters')) Pgbench.find();
  const running = [...only].some((each) => !APART.has(each)) ? await measureRunning(given, wanted, log) : undefined;
  const pool = await measurePool(given, log);
  const apart = { pgbenchScale: PGBENCH_SCALE[extent], letters: LETTERS_SENT_BACK[extent] };
  const letters = only.has('letters') ? await measureLetters({ rounds, seconds, portBase, verbose, log, ...apart }) : [];
  const start = only.has('start') ? await measureStarts({ rounds, portBase, log }) : [];
  return { rounds: { ...nothing, ...running?.rounds, ...pool, letters, start }, postgres: running?.postgres };
}

const nothing: Omit<Rounds, 'letters' | 'start'> = {
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
  largeLedger: [],
};

async function measureRunning(given: RunArguments, wanted: ReadonlySet<Throughput>, log: (line: string) => void) {
  const { only, rounds, seconds, messages, quick, portBase, verbose } = given;
  const extent = quick ? 'quick' : 'full';
  log('starting the system under test ...');
  const system = await BenchSystem.start({ portBase, serviceEnv: ROOM_FOR_ALL, verbose });
  let plain: PlainDesign | undefined;
  try {
    const load = await FalconPayLoad.prepare(system);
    const pgbench = wanted.has('pgbench') ? await Pgbench.prepare(system, PGBENCH_SCALE[extent]) : undefined;
    plain = wanted.has('plain') ? await PlainDesign.prepare(system) : undefined;
    log('warming up ...');
    const throughput = await new ThroughputRounds(system, load, pgbench, plain).run({ wanted, rounds, seconds, log });
    const options = { rounds, seconds, messages, openLoopSeconds: OPEN_LOOP_SECONDS[extent], entries: LARGE_LEDGER_ENTRIES[extent], log };
    const latency = only.has('latency') ? await measureLatencies(system, load, options) : [];
    const counterLatency = only.has('counter-latency') ? await measureCounterLatencies(system, load, options) : [];
    const unreleased = only.has('unreleased') ? await measureUnreleased(system, options) : [];
    const machines = only.has('machines') ? await measureMachineLatencies(system, load, options) : [];
    const slowMachines = only.has('slow-machines') ? await measureSlowMachines(system, load, options) : [];
    const poison = only.has('poison') ? await measurePoison(system, load, options) : [];
    const hotKey = only.has('hot-key') ? await measureHotKey(system, load, options) : [];
    const largeLedger = only.has('large-ledger') ? await measureLargeLedger(system, load, options) : [];
    log(`the books of all ${await checkBooks(system)} transfers are in order`);
    return {
      rounds: {
        ...{ throughput, latency, counterLatency, unreleased, machines, slowMachines, poison, hotKey, largeLedger },
      },
      postgres: await postgresVersionOf(system),
    };
  } finally {
    await plain?.close();
    await system.stop();
  }
}

/** What the pool of payouts does when it is full, or half of it hangs: with as much room as it has by its defaults. */
async function measurePool({ only, rounds, seconds, quick, portBase, verbose }: RunArguments, log: (line: string) => void) {
  if (!only.has('silent-bank') && !only.has('full-pool')) return {};
  log('starting a system with the usual room for payouts ...');
  const system = await BenchSystem.start({ portBase, verbose });
  try {
    const load = await FalconPayLoad.prepare(system);
    const options = { rounds, seconds, openLoopSeconds: OPEN_LOOP_SECONDS[quick ? 'quick' : 'full'], log };
    const silentBank = only.has('silent-bank') ? await measureSilentBank(system, load, options) : [];
    const fullPool = only.has('full-pool') ? await measureFullPool(system, load, options) : [];
    await checkBooks(system);
    return { silentBank, fullPool };
  } finally {
    await system.stop();
  }
}
