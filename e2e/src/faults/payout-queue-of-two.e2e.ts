import { ServiceClient } from '@falconpay/testing/service-client';
import { Bank, iban, type Payout } from '../bank.js';
import { usd } from '../partner.js';
import { partnersInBooks } from '../partners-in-books.js';
import { brokenPromises } from './books.js';
import { FaultSystem, stopAll } from './fault-system.js';
import { PartnerDoor } from './partner-door.js';

const workers = 2;
const queue = 18;

let system: FaultSystem;
let door: PartnerDoor;
beforeAll(async () => {
  const env = { PAYOUT_WORKERS: String(workers), PAYOUT_QUEUE: String(queue), ATM_ERRANDS_EVERY_MS: '20' };
  system = await FaultSystem.start({ name: 'shared', env });
  door = await PartnerDoor.start(system.running.local.urls['simulator'] ?? '');
});
afterAll(() => stopAll(door, system));

describe('two gateways', () => {
  it('let in no more payouts together than there may be, send each once, and both have their share', async () => {
    const { running } = system;
    const other = await system.another('atm-gateway');
    const second = new ServiceClient(other.urls['atm-gateway'] ?? '');
    try {
      const [bank, { id: account }] = [await Bank.open(running, undefined, door.url), await running.account('USD', 100_000)];
      // None of them can end while the others come; afterwards each takes so long that there are always some that could be sent.
      await bank.always('late_answer:300');
      door.keepAnswers();
      const body = { account, amount: usd(100), iban, bank: bank.id };
      const replies = await Promise.all(
        Array.from({ length: 3 * (workers + queue) }, (_, index) => (index % 2 === 0 ? running.gateway : second).post('/v1/payouts', body)),
      );
      const ids = replies.flatMap((reply) => (reply.status === 202 ? [(reply.body as Payout).id] : []));
      expect(ids).toHaveLength(workers + queue);
      expect(replies.filter(({ status }) => status === 503)).toHaveLength(replies.length - ids.length);
      // More than one of them could send: both have their share …
      await running.eventually('each sends as many as it may', () => door.mostAtOnce >= 2 * workers);
      door.letAnswersGo();
      const open = `select 1 from orders where status <> 'COMPLETED'`;
      await running.eventually('all are COMPLETED', async () => (await running.sql('atm-gateway', open)).length === 0);
      // … and neither had more than its own.
      expect(door.mostAtOnce).toBe(2 * workers);
      expect(door.sentAgain).toEqual([]);
      expect((await bank.journal()).sort()).toEqual(ids.map(() => 'accepted 100'));
      const inBooks = await partnersInBooks(running.local, 'payout', [bank.id]);
      expect(inBooks).toMatchObject({ orders: ids.length, moved: 100 * ids.length, booked: 100 * ids.length, underWay: [], wrong: [] });
      expect(await brokenPromises(running)).toEqual([]);
    } finally {
      second.close();
    }
  });
});
