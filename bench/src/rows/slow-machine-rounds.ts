import { runClosedLoop } from '../load/closed-loop.js';
import { runTransferLoad, untilNothingIsOpen } from '../load/transfer-load.js';
import type { BenchSystem } from '../system/bench-system.js';
import { checkpoint } from '../system/databases.js';
import type { FalconPayLoad } from '../system/falconpay-load.js';
import { installPartners, partnerNames } from '../system/partners.js';
import { PeakMemory } from '../system/peak-memory.js';

/** Within the time that an answer is waited for, which is 30 s, so that each is a success in the end. */
const SLOW = { behaviour: 'late:28000', machines: 100, withdrawals: 5_000 };
const CONNECTIONS = 64;
const FIRST_WITHDRAWALS = 2_000;
/** Long enough for a rate, and over before the first slow machine has answered. */
const SECONDS_MAX = 12;

export interface SlowMachinesRound {
  readonly waiting: number;
  /** Withdrawals COMPLETED per second at healthy machines: by themselves, and while the others wait. */
  readonly perSecondBefore: number;
  readonly perSecondBeside: number;
  /** The most memory the gateway held under either load, in MB. */
  readonly megabytesBefore: number;
  readonly megabytesBeside: number;
}

/** What thousands of withdrawals at machines that do not answer for long cost the gateway, and those whose machines are well. */
export async function measureSlowMachines(
  system: BenchSystem,
  load: FalconPayLoad,
  { seconds, log }: { readonly seconds: number; readonly log: (line: string) => void },
): Promise<SlowMachinesRound[]> {
  const slow = partnerNames('SLOW', SLOW.machines);
  await installPartners(system, 'atms', slow, SLOW.behaviour);
  const { url, database, followed } = load.gateway;
  let { completedPerSecond: rate } = await runTransferLoad(load.machines(FIRST_WITHDRAWALS));
  const healthy = async (): Promise<{ perSecond: number; megabytes: number }> => {
    const requests = load.atMachinesWaiting(Math.ceil(rate * Math.min(seconds, SECONDS_MAX)));
    await checkpoint(system);
    const memory = new PeakMemory({ gateway: system.pid('atm-gateway') });
    memory.begin();
    const startedAt = performance.now();
    await runClosedLoop(url, CONNECTIONS, requests, 200);
    rate = (requests.length * 1_000) / (performance.now() - startedAt);
    return { perSecond: rate, megabytes: memory.end()['gateway'] ?? Number.NaN };
  };
  await healthy();
  const before = await healthy();
  await runClosedLoop(url, CONNECTIONS, load.atMachines(SLOW.withdrawals, {}, slow), 202);
  const beside = await healthy();
  const { rows } = await database.query<{ waiting: number }>(`select count(*)::int as waiting from open_orders`);
  const waiting = rows[0]?.waiting ?? 0;
  log(
    `slow machines  ${Math.round(before.perSecond)}/s at healthy machines, ${Math.round(beside.perSecond)}/s while ${waiting} wait at slow ones; ` +
      `gateway ${Math.round(before.megabytes)} MB, then ${Math.round(beside.megabytes)} MB`,
  );
  if (waiting < 0.9 * SLOW.withdrawals) throw new Error(`only ${waiting} withdrawals still waited when the healthy ones were measured`);
  await untilNothingIsOpen(database, followed);
  const perSecond = { perSecondBefore: before.perSecond, perSecondBeside: beside.perSecond };
  return [{ waiting, ...perSecond, megabytesBefore: before.megabytes, megabytesBeside: beside.megabytes }];
}
