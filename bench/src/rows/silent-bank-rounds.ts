import { ObedientClients } from '../load/obedient-clients.js';
import { ORDERS, ordersAt } from '../load/order-requests.js';
import { runTransferLoad, untilNothingIsOpen } from '../load/transfer-load.js';
import type { BenchSystem } from '../system/bench-system.js';
import { checkTotals } from '../system/books.js';
import { checkpoint } from '../system/databases.js';
import { BANKS, type FalconPayLoad } from '../system/falconpay-load.js';
import { behave } from '../system/partners.js';

/** As many as find room in the queue beside one bank that has three quarters of it. */
const CONNECTIONS = 32;
const CLIENTS_OF_SILENT_BANK = 16;
const FIRST_PAYOUTS = 1_000;
/** Over before the silent bank's first payouts are asked about, after 30 s: until then they hold most of the workers. */
const SECONDS_MAX = 10;
const [SILENT = '', ...HEALTHY] = BANKS;

export interface SilentBankRound {
  /** Of the silent bank, when the others were measured. */
  readonly waiting: number;
  readonly turnedAway: number;
  /** Payouts COMPLETED per second at the three other banks: by themselves, and while the fourth says nothing. */
  readonly perSecondBefore: number;
  readonly perSecondBeside: number;
}

/** What is left of three banks' rate while a fourth takes orders and does not answer, and its customers keep asking. */
export async function measureSilentBank(
  system: BenchSystem,
  load: FalconPayLoad,
  { rounds, seconds, log }: { readonly rounds: number; readonly seconds: number; readonly log: (line: string) => void },
): Promise<SilentBankRound[]> {
  let rate = (await runTransferLoad(load.payoutsWaiting(FIRST_PAYOUTS, CONNECTIONS))).completedPerSecond;
  const followed = ordersAt(HEALTHY);
  const atHealthyBanks = async (): Promise<number> => {
    const count = Math.ceil(rate * Math.min(seconds, SECONDS_MAX));
    const payouts = { ...load.payoutsWaiting(count, CONNECTIONS, HEALTHY), followed };
    await checkpoint(system);
    rate = (await runTransferLoad(payouts)).completedPerSecond;
    return rate;
  };
  await atHealthyBanks();
  const results: SilentBankRound[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const perSecondBefore = await atHealthyBanks();
    await behave(system, 'banks', [SILENT], { then: 'silent' });
    const clients = await ObedientClients.start(load.gateway.url, CLIENTS_OF_SILENT_BANK, () => Buffer.concat(load.toBanks(1, [SILENT])));
    await clients.untilFull();
    const perSecondBeside = await atHealthyBanks();
    const { turnedAway } = await clients.stop();
    const waiting = await waitingAt(system, SILENT);
    results.push({ waiting, turnedAway, perSecondBefore, perSecondBeside });
    log(
      `round ${round}/${rounds}  silent bank  ${Math.round(perSecondBefore)}/s at three banks, ${Math.round(perSecondBeside)}/s while ` +
        `${waiting} payouts wait for a fourth and ${turnedAway} were turned away`,
    );
    if (waiting === 0) throw new Error('nothing waited for the silent bank when the others were measured');
    await behave(system, 'banks', [SILENT], { then: 'success' });
    await untilNothingIsOpen(system.gateway, ORDERS);
    await checkTotals(system);
  }
  return results;
}

async function waitingAt(system: BenchSystem, bank: string): Promise<number> {
  const { rows } = await system.gateway.query<{ count: number }>(
    `select count(*)::int as count from open_orders join orders using (id) where partner = $1`,
    [bank],
  );
  return rows[0]?.count ?? 0;
}
