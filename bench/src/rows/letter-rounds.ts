import { consumerGroup } from '@falconpay/contracts/choreography';
import { SERVICES } from '@falconpay/local/services';
import { Pgbench } from '../baselines/pgbench.js';
import { runClosedLoop } from '../load/closed-loop.js';
import { deadLetters, LETTER_TOPIC } from '../load/dead-letters.js';
import { TRANSFERS } from '../load/transfer-load.js';
import { BenchSystem } from '../system/bench-system.js';
import { checkBooks } from '../system/books.js';
import { checkpoint } from '../system/databases.js';
import { FalconPayLoad } from '../system/falconpay-load.js';
import { replayAll } from '../system/replay.js';
import { Topics } from '../system/topics.js';
import { untilCount } from '../system/until.js';

const FIRST_LETTERS = 2_000;
/** What is made ready before the clock runs lies in memory. */
const LETTERS_MAX = 50_000;
const STORED = 'select coalesce(sum(count), 0)::int as count from failure_groups';
const GROUP = consumerGroup('wallet');
const WAITING = `select count(*)::int as count from dead_letters where consumer_group = '${GROUP}' and state = 'waiting'`;

export interface LettersRound {
  readonly stored: number;
  readonly storedPerSecond: number;
  readonly replayed: number;
  /** From asking for a replay until the consumer's inbox has said of the last letter that it has it. */
  readonly replayedPerSecond: number;
  readonly replaysAskedPerSecond: number;
  readonly pgbenchPerSecond: number;
}

export interface LettersOptions {
  readonly rounds: number;
  readonly seconds: number;
  readonly portBase: number;
  readonly verbose: boolean;
  readonly pgbenchScale: number;
  /** How many there are to send back. */
  readonly letters: number;
  readonly log: (line: string) => void;
}

/** How fast dead letters get into the back office's store, and out of it again. In a system of its own, with a back office. */
export async function measureLetters(options: LettersOptions): Promise<LettersRound[]> {
  const { rounds, seconds, portBase, verbose, pgbenchScale, letters, log } = options;
  log('starting a system with a back office ...');
  const system = await BenchSystem.start({ portBase, services: SERVICES, verbose });
  let topics: Topics | undefined;
  try {
    const pgbench = await Pgbench.prepare(system, pgbenchScale);
    const load = await FalconPayLoad.prepare(system);
    topics = await Topics.open(system);
    let rate = await storedPerSecond(system, topics, FIRST_LETTERS);
    const results: LettersRound[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      const stored = Math.min(LETTERS_MAX, Math.ceil(rate * seconds));
      const { tps } = await pgbench.measure(seconds);
      rate = await storedPerSecond(system, topics, stored);
      await failTransfers(system, load, letters);
      await checkpoint(system);
      const { perSecond, askedPerSecond } = await replayAll(system.url('backoffice'), { group: GROUP }, letters);
      await untilCount(system.payment, TRANSFERS.completedSql, round * letters);
      results.push({
        ...{ stored, storedPerSecond: rate, replayed: letters, replayedPerSecond: perSecond },
        ...{ replaysAskedPerSecond: askedPerSecond, pgbenchPerSecond: tps },
      });
      log(
        `round ${round}/${rounds}  letters  ${Math.round(rate)}/s stored of ${stored}; ${Math.round(perSecond)}/s replayed of ${letters}; pgbench ${Math.round(tps)} tps`,
      );
    }
    await checkBooks(system);
    return results;
  } finally {
    await topics?.close();
    await system.stop();
  }
}

/** From the first record on its topic until the last is in the store. */
async function storedPerSecond(system: BenchSystem, topics: Topics, count: number): Promise<number> {
  const records = deadLetters(count);
  const backoffice = system.database('backoffice');
  const before = (await backoffice.query<{ count: number }>(STORED)).rows[0]?.count ?? 0;
  await checkpoint(system);
  const startedAt = performance.now();
  await topics.send(LETTER_TOPIC, records);
  await untilCount(backoffice, STORED, before + count);
  return (count * 1_000) / (performance.now() - startedAt);
}

/** Transfers that the wallet could not post when they came, and now can: their events wait with the dead letters. */
async function failTransfers(system: BenchSystem, load: FalconPayLoad, count: number): Promise<void> {
  await system.wallet.query(
    `create or replace function refuse_entry() returns trigger language plpgsql as $$ begin raise exception 'the handler is wrong' using errcode = '22000'; end $$`,
  );
  await system.wallet.query(`create trigger handler_is_wrong before insert on entries for each row execute function refuse_entry()`);
  const { url, connections, requests, status } = load.single(count);
  await runClosedLoop(url, connections, requests, status);
  await untilCount(system.database('backoffice'), WAITING, count);
  await system.wallet.query('drop trigger handler_is_wrong on entries');
}
