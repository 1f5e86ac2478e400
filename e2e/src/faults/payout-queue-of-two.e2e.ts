import { ServiceClient } from '@falconpay/testing/service-client';
import { Bank, iban, type Payout } from '../bank.js';
import { usd } from '../partner.js';
import { brokenPromises } from './books.js';
import { FaultSystem } from './fault-system.js';

const workers = 2;
const queue = 18;
/** Longer than it takes to ask for more than there is room for: none of a silent bank's payouts is over before. */
const answerWithinMs = 6_000;

let system: FaultSystem;
beforeAll(async () => {
  const env = {
    ...{ PAYOUT_WORKERS: String(workers), PAYOUT_QUEUE: String(queue), PAYOUT_TIMEOUT_MS: String(answerWithinMs) },
    ATM_ERRANDS_EVERY_MS: '20',
  };
  system = await FaultSystem.start({ name: 'shared', env });
});
afterAll(() => system?.stop());

describe('two gateways', () => {
  it('let in no more payouts together than there may be, send each once, and both have their share', async () => {
    const { running } = system;
    const other = await system.another('atm-gateway');
    const second = new ServiceClient(other.urls['atm-gateway'] ?? '');
    try {
      const [bank, { id: account }] = [await Bank.open(running), await running.account('USD', 100_000)];
      await bank.always('silent');
      const body = { account, amount: usd(100), iban, bank: bank.id };
      const replies = await Promise.all(
        Array.from({ length: 3 * (workers + queue) }, (_, index) => (index % 2 === 0 ? running.gateway : second).post('/v1/payouts', body)),
      );
      const ids = replies.flatMap((reply) => (reply.status === 202 ? [(reply.body as Payout).id] : []));
      expect(ids).toHaveLength(workers + queue);
      expect(replies.filter(({ status }) => status === 503)).toHaveLength(replies.length - ids.length);
      await bank.always('late_answer:700');
      let most = 0;
      const open = `select id, status from orders where status not in ('COMPLETED', 'REFUNDED')`;
      const allEnded = async (): Promise<boolean> => {
        const rows = await running.sql<{ status: string }>('atm-gateway', open);
        most = Math.max(most, rows.filter(({ status }) => status === 'ACTING').length);
        return rows.length === 0;
      };
      await running.eventually('all have ended', allEnded, { everyMs: 20 });
      // More than one of them could send: both have their share, and neither more than its own.
      expect(most).toBeGreaterThan(workers);
      expect(most).toBeLessThanOrEqual(2 * workers);
      for (const id of ids) expect(['accepted 100', 'tombstoned 0']).toContain((await bank.journal(id)).join(', '));
      expect(await brokenPromises(running)).toEqual([]);
    } finally {
      second.close();
    }
  });
});
