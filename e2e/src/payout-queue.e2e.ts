import { problemIn } from '@falconpay/testing/problem-in';
import { startSystem, type RunningSystem } from '@falconpay/testing/running-system';
import type { HttpReply } from '@falconpay/testing/service-client';
import { Bank, type Payout } from './bank.js';
import { brokenPromises } from './faults/books.js';

const workers = 4;
const queue = 8;
const capacity = workers + queue;
/** Longer than it takes to ask for more than there is room for: none of a silent bank's payouts is over before. */
const answerWithinMs = 3_000;

let system: RunningSystem;
beforeAll(async () => {
  const env = {
    ...{ PAYOUT_WORKERS: String(workers), PAYOUT_QUEUE: String(queue), PAYOUT_TIMEOUT_MS: String(answerWithinMs) },
    ...{ PARTNER_CIRCUIT_FAILURES: '2', PARTNER_CIRCUIT_PAUSE_MS: '100', ATM_ERRANDS_EVERY_MS: '20' },
  };
  system = await startSystem({ name: 'queue', env });
});
afterAll(() => system?.stop());

const long = { everyMs: 50 };
const idsOf = (replies: readonly HttpReply[]): string[] =>
  replies.flatMap(({ status, body }) => (status === 202 ? [(body as Payout).id] : []));
const ask = (bank: Bank, account: string, times: number): Promise<HttpReply[]> =>
  Promise.all(Array.from({ length: times }, () => bank.request(account, 100)));
const stateOf = async (id: string): Promise<string> =>
  (await system.sql<{ status: string }>('atm-gateway', 'select status from orders where id = $1', [id]))[0]?.status ?? 'none';
const allEnded = (ids: readonly string[]): Promise<unknown> =>
  system.eventually(
    'all have ended',
    async () => (await Promise.all(ids.map(stateOf))).every((status) => ['COMPLETED', 'REFUNDED'].includes(status)),
    long,
  );
const metric = async (name: string): Promise<string | undefined> =>
  (await system.gateway.get('/metrics')).text.split('\n').find((line) => line.startsWith(name));

describe('the queue of payouts', () => {
  it('takes as many as may be sent and wait, says no to all others, and forgets none when the process dies', async () => {
    const [bank, { id: account }] = [await Bank.open(system), await system.account('USD', 100_000)];
    await bank.always('silent');
    const replies = await ask(bank, account, 3 * capacity);
    const ids = idsOf(replies);
    expect(ids).toHaveLength(capacity);
    const turnedAway = replies.filter(({ status }) => status !== 202);
    for (const reply of turnedAway) {
      expect(problemIn(reply)).toMatchObject({ status: 503, code: 'queue-full', retryable: true });
      expect(Number(reply.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    }
    expect((await system.rowCounts('atm-gateway'))['orders']).toBe(capacity);
    expect(await metric('falconpay_payouts_turned_away_total')).toBe(`falconpay_payouts_turned_away_total ${turnedAway.length}`);
    await system.kill('atm-gateway');
    await bank.always('success');
    await system.ready('atm-gateway');
    await allEnded(ids);
    const journal = await Promise.all(ids.map((id) => bank.journal(id)));
    // Whether a silent bank had heard of it or not: it took each once, or has promised never to.
    for (const lines of journal) expect(['accepted 100', 'tombstoned 0']).toContain(lines.join(', '));
    expect(journal.filter((lines) => lines[0] === 'accepted 100').length).toBeGreaterThanOrEqual(queue);
    expect(idsOf(await ask(bank, account, 1))).toHaveLength(1);
    expect(await brokenPromises(system)).toEqual([]);
  });

  it('gives whoever is in the same answer again while it is full, and tells others who use that key', async () => {
    const [bank, { id: account }] = [await Bank.open(system), await system.account('USD', 100_000)];
    const [key, late] = [{ key: 'the-first' }, { key: 'came-late' }];
    // Nothing is sent meanwhile, and so nothing ends.
    const ids = await system.whileHolding('atm-gateway', 'lock table errands in exclusive mode', async () => {
      const first = await bank.request(account, 100, {}, key);
      const accepted = idsOf([first, ...(await ask(bank, account, 3 * capacity))]);
      expect(accepted.length).toBeLessThanOrEqual(capacity);
      for (const reply of await Promise.all(Array.from({ length: 20 }, () => bank.request(account, 100, {}, key))))
        expect([reply.status, reply.text]).toEqual([202, first.text]);
      expect(problemIn(await bank.request(account, 200, {}, key))).toMatchObject({ code: 'idempotency-key-reused' });
      expect(problemIn(await bank.request(account, 100, {}, { key: null }))).toMatchObject({ code: 'idempotency-key-missing' });
      expect(problemIn(await bank.request(account, 100, {}, late))).toMatchObject({ code: 'queue-full' });
      return accepted;
    });
    await allEnded(ids);
    const found = await system.eventually('there is room again', async () => {
      const reply = await bank.request(account, 100, {}, late);
      return reply.status === 202 ? reply : undefined;
    });
    await allEnded(idsOf([found]));
    expect(await brokenPromises(system)).toEqual([]);
  });

  it('never sends more at once than there are workers', async () => {
    const [bank, { id: account }] = [await Bank.open(system), await system.account('USD', 100_000)];
    await bank.always('late_answer:300');
    const ids = idsOf(await ask(bank, account, capacity));
    let most = 0;
    await system.eventually(
      'all have ended',
      async () => {
        const states = await Promise.all(ids.map(stateOf));
        most = Math.max(most, states.filter((state) => state === 'ACTING').length);
        return states.every((state) => state === 'COMPLETED');
      },
      { ...long, everyMs: 10 },
    );
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThanOrEqual(workers);
  });

  it('is not one bank’s: while one hangs, it is left alone, the others go on, and it is found when it is back', async () => {
    const [hanging, other] = [await Bank.open(system), await Bank.open(system)];
    const { id: account } = await system.account('USD', 100_000);
    await hanging.always('silent');
    const waiting = idsOf(await ask(hanging, account, 3 * capacity));
    expect(waiting.length).toBeLessThan(capacity);
    const went = idsOf(await ask(other, account, 2));
    expect(went).toHaveLength(2);
    for (const id of went) await other.until(id, 'COMPLETED');
    await system.eventually('it is left alone', async () => (await metric('falconpay_partner_circuit_open{'))?.includes(hanging.id), long);
    // Nothing of it is sent but a try now and then: the rest is as it was.
    const reserved = (await Promise.all(waiting.map(stateOf))).filter((state) => state === 'RESERVED');
    expect(reserved.length).toBeGreaterThan(0);
    await hanging.always('success');
    await allEnded(waiting);
    await system.eventually('it is trusted again', async () => (await metric('falconpay_partner_circuit_open{')) === undefined, long);
    expect(await brokenPromises(system)).toEqual([]);
  });
});
