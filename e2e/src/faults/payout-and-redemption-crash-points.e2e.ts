import { CrashPoints } from '@falconpay/testing/crash-points';
import { Bank, iban } from '../bank.js';
import { card, Institution } from '../institution.js';
import { usd } from '../partner.js';
import { partnersInBooks } from '../partners-in-books.js';
import { brokenPromises } from './books.js';
import { postUntilAccepted } from './clients.js';
import { CrashSweep, type Way } from './crash-sweep.js';
import { FaultSystem, stopAll } from './fault-system.js';
import { PartnerDoor } from './partner-door.js';

const answerWithinMs = 800;
const amount = 100;

const behaviours = {
  'that is answered': 'success',
  'whose answer is lost': 'crash_after_act',
  'that the wallet refuses': 'success',
} as const;

interface Sweep {
  readonly kind: 'payout' | 'redemption';
  readonly way: keyof typeof behaviours;
  readonly service: string;
  /** What comes before it is on another way too, and crashed at there. */
  readonly from?: RegExp;
  /** All others are on another way too. */
  readonly only?: RegExp;
  /** At least as many points as when this was written: one that is no longer counted is no longer tested. */
  readonly known: number;
}

const sweeps: readonly Sweep[] = [
  { kind: 'payout', way: 'that is answered', service: 'atm-gateway', known: 7 },
  { kind: 'payout', way: 'whose answer is lost', service: 'atm-gateway', from: /^call POST cancel#1$/, known: 3 },
  { kind: 'redemption', way: 'that is answered', service: 'atm-gateway', known: 6 },
  { kind: 'redemption', way: 'that is answered', service: 'wallet', known: 1 },
  { kind: 'redemption', way: 'whose answer is lost', service: 'atm-gateway', from: /^COMMIT#3$/, known: 4 },
  { kind: 'redemption', way: 'whose answer is lost', service: 'simulator', known: 3 },
  { kind: 'redemption', way: 'that the wallet refuses', service: 'wallet', known: 1 },
  { kind: 'redemption', way: 'that the wallet refuses', service: 'atm-gateway', only: /^COMMIT#4$/, known: 1 },
];

/** What relay and transport do is the same for all sagas, and they are crashed there for transfers; so is the inside of every transaction. */
const isOwn = (point: string): boolean => /^(COMMIT|answer|call|journal)/.test(point);

const ended: readonly string[] = ['COMPLETED', 'REFUNDED', 'DECLINED', 'REVERSED'];

describe('a crash between any two steps of a', () => {
  const crashes = new CrashPoints();
  const accepted = { payout: 0, redemption: 0 };
  let system: FaultSystem;
  let sweep: CrashSweep;
  let door: PartnerDoor;
  let partners: { readonly payout: Bank; readonly redemption: Institution };
  let account: string;

  beforeAll(async () => {
    const waits = { PAYOUT_TIMEOUT_MS: String(answerWithinMs), REDEMPTION_TIMEOUT_MS: String(answerWithinMs) };
    const env = { ...waits, REVERSAL_RETRY_MS: '20', ATM_ERRANDS_EVERY_MS: '20' };
    system = await FaultSystem.start({ name: 'outside', env: { ...env, ...crashes.env } });
    sweep = await CrashSweep.of(system, crashes);
    door = await PartnerDoor.start(system.running.local.urls['simulator'] ?? '');
    const [payout, redemption] = [await Bank.open(system.running, undefined, door.url), await Institution.join(system.running, door.url)];
    partners = { payout, redemption };
    account = (await system.running.account('USD', 1_000_000)).id;
  });
  afterAll(() => stopAll(sweep, door, system).finally(() => crashes.remove()));

  const wayOf = ({ kind, way }: Sweep): Way => ({
    services: ['atm-gateway', 'wallet'],
    begin: async () => {
      const details = kind === 'payout' ? { bank: partners.payout.id, iban } : { institution: partners.redemption.id, card };
      const order = { account: way === 'that the wallet refuses' ? 'nobody' : account, amount: usd(amount), ...details };
      const { id } = await postUntilAccepted(system.running.gateway, order, { path: `/v1/${kind}s` });
      accepted[kind] += 1;
      return id;
    },
    ended: (id) =>
      system.running.eventually(`${id} ends`, async () => ended.includes((await partners[kind].look(id)).status), { everyMs: 15 }),
  });

  /** With the money where the partner says it is, and as many orders as clients were told of. */
  const wrongWith = async (kind: Sweep['kind'], id: string): Promise<string[]> => {
    const partner = partners[kind];
    const { wrong, underWay, orders } = await partnersInBooks(system.running.local, kind, [partner.id]);
    const { status } = await partner.look(id);
    const moved = (await partner.journal(id)).some((line) => /^(accepted|approved)/.test(line));
    const cameBack = (await partner.journal(id)).some((line) => line.startsWith('reversed'));
    return [
      ...[...wrong, ...underWay, ...door.sentAgain],
      ...((status === 'COMPLETED') === (moved && !cameBack) ? [] : [`${id} is ${status}, which its partner's journal does not say`]),
      ...(orders === accepted[kind] ? [] : [`${accepted[kind]} were accepted, and there are ${orders}`]),
    ];
  };

  it.each(sweeps)('$kind $way ends as the evidence says, whenever $service dies', async (one) => {
    const { kind, service, from = /^/, only = /^/, known } = one;
    const way = wayOf(one);
    await partners[kind].always(behaviours[one.way]);
    const all = (await sweep.countPoints(way, service)).filter(isOwn);
    const points = all.slice(all.findIndex((point) => from.test(point))).filter((point) => only.test(point));
    expect(await sweep.crashInEveryGap(way, service, points, (id) => wrongWith(kind, id))).toBeGreaterThanOrEqual(known);
    expect(await brokenPromises(system.running)).toEqual([]);
  });
});
