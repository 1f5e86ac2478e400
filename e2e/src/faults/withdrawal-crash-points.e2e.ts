import { CrashPoints } from '@falconpay/testing/crash-points';
import { CashMachine, type Withdrawal } from '../cash-machine.js';
import { usd } from '../partner.js';
import { partnersInBooks } from '../partners-in-books.js';
import { brokenPromises } from './books.js';
import { postUntilAccepted } from './clients.js';
import { CrashSweep, isLasting, type Way } from './crash-sweep.js';
import { FaultSystem, stopAll } from './fault-system.js';
import { PartnerDoor } from './partner-door.js';

const answerWithinMs = 800;
/** When the machine that is slow to act, or silent, hangs up: after it has been asked what became of it. */
const hangsUpAfterMs = 1_600;

interface Sweep {
  readonly service: string;
  readonly way: keyof typeof behaviours;
  /** What comes before it is on another way too, and crashed at there. */
  readonly from?: RegExp;
  /** At least as many points as when this was written: one that is no longer counted is no longer tested. */
  readonly known: number;
}

const behaviours = {
  'that is answered': 'success',
  'that is never answered, and was not carried out': `silent+crash_after_act+late:${hangsUpAfterMs}`,
  'that is never answered, and was carried out': `crash_after_act+late:${hangsUpAfterMs}`,
} as const;

const sweeps: readonly Sweep[] = [
  { service: 'atm-gateway', way: 'that is answered', known: 46 },
  { service: 'wallet', way: 'that is answered', known: 23 },
  { service: 'simulator', way: 'that is answered', known: 2 },
  { service: 'atm-gateway', way: 'that is never answered, and was not carried out', from: /^call POST dispenses#1$/, known: 9 },
  { service: 'wallet', way: 'that is never answered, and was not carried out', from: /^START TRANSACTION#2$/, known: 3 },
  { service: 'simulator', way: 'that is never answered, and was not carried out', known: 2 },
  { service: 'atm-gateway', way: 'that is never answered, and was carried out', from: /^call POST cancel#1$/, known: 9 },
];

/** Of the gateway, and of everybody else who takes part. */
describe('a crash at every point of a withdrawal (ATM-14)', () => {
  const crashes = new CrashPoints();
  let system: FaultSystem;
  let sweep: CrashSweep;
  let door: PartnerDoor;
  let machine: CashMachine;
  let account: string;
  /** By which gateway each was accepted. */
  const acceptedBy = new Map<string, number | undefined>();

  beforeAll(async () => {
    const env = { ATM_DISPENSE_TIMEOUT_MS: String(answerWithinMs), ATM_ERRANDS_EVERY_MS: '20' };
    system = await FaultSystem.start({ name: 'cash', env: { ...env, ...crashes.env } });
    sweep = await CrashSweep.of(system, crashes);
    door = await PartnerDoor.start(system.running.local.urls['simulator'] ?? '');
    machine = await CashMachine.install(system.running, door.url);
    account = (await system.running.account('USD', 1_000_000)).id;
  });
  afterAll(() => stopAll(sweep, door, system).finally(() => crashes.remove()));

  const wayOf = (name: keyof typeof behaviours): Way => ({
    services: ['atm-gateway', 'wallet'],
    begin: async () => {
      const gateway = system.running.local.pid('atm-gateway');
      const order = { account, amount: usd(100), atm_id: machine.id };
      const { id } = await postUntilAccepted(system.running.gateway, order, { path: '/v1/withdrawals' });
      acceptedBy.set(id, gateway);
      return id;
    },
    ended: (id) => system.running.eventually(`withdrawal ${id} ends`, async () => isOver(await machine.look(id), name), { everyMs: 15 }),
  });

  /** The machine's last word is evidence too, unless the gateway that listened for it is gone. */
  const isOver = ({ id, status, evidence }: Withdrawal, name: keyof typeof behaviours): boolean => {
    if (!door.isQuiet || !['COMPLETED', 'REFUNDED'].includes(status)) return false;
    const hasListened = acceptedBy.get(id) === system.running.local.pid('atm-gateway');
    return name === 'that is answered' || !hasListened || evidence.some(({ doubt }) => doubt === 'connection-lost');
  };

  /** With the money where the cash is, and as many withdrawals as clients were told of. */
  async function wrongWith(id: string): Promise<string[]> {
    const { status } = await machine.look(id);
    const { wrong, orders } = await partnersInBooks(system.running.local, 'withdrawal', [machine.id]);
    const hasPaid = (await machine.journal(id)).some((line) => line.startsWith('dispensed'));
    return [
      ...[...wrong, ...door.sentAgain],
      ...(hasPaid === (status === 'COMPLETED') ? [] : [`${id} is ${status}, and cash ${hasPaid ? 'came out' : 'did not come out'}`]),
      ...(orders === acceptedBy.size ? [] : [`${acceptedBy.size} withdrawals were accepted, and there are ${orders}`]),
    ];
  }

  it.each(sweeps)(
    '$way ends as the evidence says, whenever $service dies',
    async ({ service, way: name, from, known }) => {
      const way = wayOf(name);
      await machine.tell({ then: behaviours[name] });
      const all = await sweep.countPoints(way, service);
      // On the other ways a transaction is crashed as a whole: in all its parts it was on the first.
      const points = from === undefined ? all : all.slice(all.findIndex((point) => from.test(point))).filter(isLasting);
      expect(await sweep.crashInEveryGap(way, service, points, wrongWith)).toBeGreaterThanOrEqual(known);
      expect(await brokenPromises(system.running)).toEqual([]);
    },
    1_800_000,
  );
});
