import { setTimeout as sleep } from 'node:timers/promises';
import { cloudEventType } from '@falconpay/choreography/topic';
import { consumerGroup } from '@falconpay/contracts/choreography';
import { withdrawalShort, type WithdrawalShort } from '@falconpay/contracts/topics/withdrawal-short.topic';
import { momentAt } from '@falconpay/pipeline/moment';
import { scheduledLatencies } from '../load/latencies.js';
import { discard, poisonOf, send } from '../load/poison.js';
import { runTransferLoad } from '../load/transfer-load.js';
import { distributionOf, ms, type LatencyDistribution } from '../statistics.js';
import type { BenchSystem } from '../system/bench-system.js';
import { checkTotals } from '../system/books.js';
import { checkpoint } from '../system/databases.js';
import type { FalconPayLoad } from '../system/falconpay-load.js';
import { Topics } from '../system/topics.js';
import { untilCount } from '../system/until.js';
import { isEndOf } from './in-order.js';
import type { LatencyOptions } from './latency-rounds.js';

const FOLLOWERS = 1_000;
const PER_SECOND = 200;
const LOOK_EVERY_MS = 5;
const SETTLE_MS = 1_000;
const GROUP = consumerGroup('wallet');
const DEAD = `select count(*)::int as count from blocked_lines where state = 'dead'`;
const HELD = 'select count(*)::int as count from held_events';

// As its service would append it. The withdrawal is over, so that none of this changes anything: it has to be taken in all the same.
const ANNOUNCE = `
  insert into outbox (id, aggregatetype, aggregateid, type, time, payload)
  select id, $2, $3, $4, clock_timestamp(), convert_to($5, 'UTF8') from unnest($1::uuid[]) with ordinality as new(id, ordinal) order by ordinal`;

export interface HotKeyRound {
  readonly followers: number;
  /** Milliseconds from when a transfer was due until it was COMPLETED: while as many events of one key come that is not blocked … */
  readonly without: LatencyDistribution;
  /** … and while it is blocked, they come, wait, and follow when it is let go. */
  readonly beside: LatencyDistribution;
  /** From when the head was let go until the last of its followers was taken in. */
  readonly drainMs: number;
}

/** What it costs the other keys of the same consumer that the key of a thousand events is blocked. */
export async function measureHotKey(
  system: BenchSystem,
  load: FalconPayLoad,
  { rounds, openLoopSeconds, log }: LatencyOptions,
): Promise<HotKeyRound[]> {
  const topics = await Topics.open(system);
  const { url } = load.destination;
  const transfers = async (): Promise<LatencyDistribution> =>
    distributionOf(await scheduledLatencies(url, load.waiting(PER_SECOND * openLoopSeconds), PER_SECOND));
  try {
    await runTransferLoad(load.machines(1));
    const hot = await endedWithdrawal(system);
    // Once for nothing: what has not run yet is slow the first time.
    await Promise.all([transfers(), blockAndLetGo(system, topics, hot, SETTLE_MS)]);
    const results: HotKeyRound[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      await checkpoint(system);
      await sleep(SETTLE_MS);
      const [without] = await Promise.all([transfers(), takenIn(system, hot)]);
      await sleep(SETTLE_MS);
      const [beside, drainMs] = await Promise.all([transfers(), blockAndLetGo(system, topics, hot, (openLoopSeconds * 1_000) / 2)]);
      results.push({ followers: FOLLOWERS, without, beside, drainMs });
      log(
        `round ${round}/${rounds}  hot key  other keys at ${PER_SECOND}/s p50 ${ms(beside.p50)}, p99 ${ms(beside.p99)}, ` +
          `without p50 ${ms(without.p50)}, p99 ${ms(without.p99)}; ${FOLLOWERS} followers in order in ${ms(drainMs)}`,
      );
    }
    await checkTotals(system);
    return results;
  } finally {
    await topics.close();
  }
}

/** Milliseconds for the followers to be taken in. Throws when one of them is before its turn. */
async function blockAndLetGo(system: BenchSystem, topics: Topics, hot: WithdrawalShort, blockedMs: number): Promise<number> {
  const head = [poisonOf(hot.withdrawal_id)];
  await send(topics, withdrawalShort, head);
  await untilCount(system.wallet, DEAD, 1);
  const followers = await announce(system, hot);
  await untilCount(system.wallet, HELD, FOLLOWERS);
  await sleep(blockedMs);
  const letGoAt = performance.now();
  await discard(topics, withdrawalShort, GROUP, head);
  for (let waiting = followers; waiting.length > 0;) {
    waiting = await held(system);
    if (!isEndOf(waiting, followers)) throw new Error('a follower was taken in before its turn');
    await sleep(LOOK_EVERY_MS);
  }
  return performance.now() - letGoAt;
}

/** The same events of the same key, which nothing blocks. */
async function takenIn(system: BenchSystem, hot: WithdrawalShort): Promise<void> {
  const events = await announce(system, hot);
  await untilCount(system.wallet, `select count(*)::int as count from inbox where event_id = any('{${events.join(',')}}')`, FOLLOWERS);
}

async function announce(system: BenchSystem, hot: WithdrawalShort): Promise<string[]> {
  const events = Array.from({ length: FOLLOWERS }, () => momentAt(new Date()).newUuid());
  const { name } = withdrawalShort;
  await system.gateway.query(ANNOUNCE, [events, name, hot.withdrawal_id, cloudEventType(withdrawalShort), JSON.stringify(hot)]);
  return events;
}

async function held(system: BenchSystem): Promise<string[]> {
  return (await system.wallet.query<{ event_id: string }>('select event_id from held_events order by position')).rows.map(
    ({ event_id }) => event_id,
  );
}

async function endedWithdrawal(system: BenchSystem): Promise<WithdrawalShort> {
  const { rows } = await system.gateway.query<WithdrawalShort>(
    `select id as withdrawal_id, account_id, json_build_object('amount', amount, 'currency', currency) as dispensed
      from orders where kind = 'withdrawal' and status = 'COMPLETED' limit 1`,
  );
  if (rows[0] === undefined) throw new Error('there is no withdrawal that has ended');
  return rows[0];
}
