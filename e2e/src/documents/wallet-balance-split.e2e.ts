import { randomUUID } from 'node:crypto';
import { faultsInBooks } from '@falconpay/testing/books';
import { pointersIn, problemIn } from '@falconpay/testing/problem-in';
import { startSystem, type RunningSystem } from '@falconpay/testing/running-system';
import type { HttpReply, Parsed, PostOptions } from '@falconpay/testing/service-client';
import { Bank, type Payout } from '../bank.js';

/**
 * "Wallet Balance Split Service", by its own list: its charge is a deposit with `release_at`, its user an account, its page a
 * cursor, its withdrawal to a bank a payout.
 */
let system: RunningSystem;
beforeAll(async () => {
  system = await startSystem({ name: 'split' });
});
afterAll(() => system?.stop());

const inMs = (ms: number): string => new Date(Date.now() + ms).toISOString();
const usd = (amount: number) => ({ amount, currency: 'USD' });
const charge = (account: string, amount: number, more: object = {}, options: PostOptions = {}): Promise<HttpReply> =>
  system.wallet.post(`/v1/accounts/${account}/deposits`, { amount: usd(amount), ...more }, options);
const withdraw = (account: string, amount: number): Promise<HttpReply> =>
  system.wallet.post(`/v1/accounts/${account}/withdrawals`, { amount: usd(amount) });
const balanceOf = async (account: string): Promise<Parsed> => (await system.wallet.get(`/v1/accounts/${account}/balance`)).body;
const transactionsOf = async (account: string, query = ''): Promise<Parsed> =>
  (await system.wallet.get(`/v1/accounts/${account}/transactions${query}`)).body;

describe('1. charge', () => {
  it('is on the account at once, and can be spent from its release on', async () => {
    const { id, number } = await system.account();
    const release_at = inMs(800);
    expect(await charge(number, 5_000, { release_at })).toMatchObject({ status: 201, body: { amount: usd(5_000), release_at } });
    expect(await balanceOf(id)).toMatchObject({ posted: 5_000, unreleased: 5_000, available: 0 });
    expect(problemIn(await withdraw(id, 1_000))).toMatchObject({ status: 422, code: 'insufficient-funds' });
    await system.eventually('it is released', async () => (await balanceOf(id)).unreleased === 0);
    expect(await balanceOf(id)).toMatchObject({ posted: 5_000, available: 5_000 });
    expect(await withdraw(id, 1_000)).toMatchObject({ status: 201 });
  });

  it('with a release that has passed, as in its example, can be spent at once', async () => {
    const { id } = await system.account();
    expect(await charge(id, 5_000, { release_at: '2024-01-20T10:00:00Z' })).toMatchObject({ status: 201 });
    expect(await balanceOf(id)).toMatchObject({ posted: 5_000, unreleased: 0, available: 5_000 });
  });
});

describe('2. withdraw', () => {
  it('is answered at once and done by a pool of workers: 50 and 100 waiting are taken, the next ones told to come again', async () => {
    const [bank, { id }] = [await Bank.open(system), await system.account('USD', 1_000_000)];
    await bank.always('late_answer:3000');
    const replies = await Promise.all(Array.from({ length: 160 }, () => bank.request(id, 1_000)));
    const accepted = replies.filter(({ status }) => status === 202).map(({ body }) => (body as Payout).id);
    expect(accepted).toHaveLength(150);
    for (const reply of replies.filter(({ status }) => status !== 202)) {
      expect(problemIn(reply)).toMatchObject({ status: 503, code: 'queue-full', retryable: true });
      expect(Number(reply.headers['retry-after'])).toBeGreaterThan(0);
    }
    for (const payout of accepted) await bank.until(payout, 'COMPLETED', { everyMs: 50 });
    expect(await balanceOf(id)).toMatchObject({ posted: 850_000, held: 0, available: 850_000 });
    expect((await bank.journal()).filter((line) => line === 'accepted 1000')).toHaveLength(150);
  });

  it('that the bank rejects is given back', async () => {
    const [bank, { id }] = [await Bank.open(system), await system.account('USD', 1_000)];
    await bank.behave('refuse');
    await bank.payOut(id, 1_000, 'REFUNDED');
    expect(await balanceOf(id)).toMatchObject({ posted: 1_000, held: 0, available: 1_000 });
  });
});

describe('3. balance', () => {
  it('splits what there is into what can be spent, what is held and what is released later', async () => {
    const { id, number } = await system.account('USD', 1_000);
    await charge(id, 300, { release_at: inMs(3_600_000) });
    await system.wallet.post(`/v1/accounts/${id}/holds`, { amount: usd(150) });
    for (const key of [id, number])
      expect(await balanceOf(key)).toMatchObject({
        ...{ account: id, currency: 'USD', posted: 1_300, available: 850, held: 150, unreleased: 300 },
        as_of: expect.stringMatching(/Z$/),
      });
  });
});

describe('4. transactions', () => {
  it('are told in pages, the newest first, each with the balance after it', async () => {
    const { id } = await system.account();
    for (let amount = 1; amount <= 12; amount += 1) await charge(id, amount, { reference: `charge ${amount}` });
    await withdraw(id, 70);
    const pages: Parsed[] = [];
    for (let query = '?limit=5'; query !== '';) {
      const page = await transactionsOf(id, query);
      pages.push(page);
      query = page.has_more ? `?limit=5&cursor=${encodeURIComponent(page.next_cursor)}` : '';
    }
    expect(pages.map(({ data }) => data.length)).toEqual([5, 5, 3]);
    const lines = pages.flatMap(({ data }) => data as Parsed[]);
    expect(lines[0]).toMatchObject({ type: 'withdrawal', amount: -70, balance_after: 8, source: { type: 'withdrawal' } });
    expect(lines.slice(1)).toMatchObject(
      Array.from({ length: 12 }, (_, index) => 12 - index).map((amount) => ({
        ...{ type: 'deposit', amount, balance_after: (amount * (amount + 1)) / 2, reference: `charge ${amount}` },
      })),
    );
    expect(new Set(lines.map((line) => line.id)).size).toBe(13);
  });
});

describe('5. health', () => {
  it.each(['payment', 'wallet'])('of %s is told', async (service) => {
    expect(await system.client(service).get('/health/live')).toMatchObject({ status: 200, body: { status: 'ok' } });
    expect(await system.client(service).get('/health/ready')).toMatchObject({ status: 200, body: { status: 'ok' } });
  });
});

describe('a duplicate key', () => {
  it('charges once, and says so again', async () => {
    const { id } = await system.account();
    const first = await charge(id, 5_000, {}, { key: 'charge-unique-1' });
    expect(first.status).toBe(201);
    for (let time = 2; time <= 5; time += 1) {
      const again = await charge(id, 5_000, {}, { key: 'charge-unique-1' });
      expect([again.status, again.text]).toEqual([201, first.text]);
      expect(again.headers['idempotent-replayed']).toBe('true');
    }
    expect(await balanceOf(id)).toMatchObject({ posted: 5_000 });
  });

  it('is a conflict while the first is being worked on', async () => {
    const { id } = await system.account();
    const key = randomUUID();
    const first = await system.whileHolding('wallet', `select 1 from accounts where id = '${id}' for update`, async () => {
      const running = charge(id, 5_000, {}, { key });
      await system.someoneWaits('wallet');
      const conflict = await charge(id, 5_000, {}, { key });
      expect(problemIn(conflict)).toMatchObject({ status: 409, code: 'idempotency-in-progress', retryable: true });
      expect(Number(conflict.headers['retry-after'])).toBeGreaterThan(0);
      return { running };
    });
    expect(await first.running).toMatchObject({ status: 201 });
    expect(await balanceOf(id)).toMatchObject({ posted: 5_000 });
  });

  it('is refused for another request', async () => {
    const { id } = await system.account();
    const key = randomUUID();
    await charge(id, 5_000, {}, { key });
    expect(problemIn(await charge(id, 5_001, {}, { key }))).toMatchObject({ status: 422, code: 'idempotency-key-reused' });
    expect(await balanceOf(id)).toMatchObject({ posted: 5_000 });
  });
});

describe('an invalid request', () => {
  it.each([
    ['no amount', {}, '/amount'],
    ['an amount of nothing', { amount: usd(0) }, '/amount/amount'],
    ['an amount below zero', { amount: usd(-5) }, '/amount/amount'],
    ['half a cent', { amount: usd(0.5) }, '/amount/amount'],
    ['a text for a number', { amount: { amount: '5000', currency: 'USD' } }, '/amount/amount'],
    ['no currency', { amount: { amount: 5_000 } }, '/amount/currency'],
    ['no instant', { amount: usd(1), release_at: 'tomorrow' }, '/release_at'],
    ['a release in ten years', { amount: usd(1), release_at: inMs(10 * 366 * 86_400_000) }, '/release_at'],
    ['a member that is none of ours', { amount: usd(1), user_id: 123 }, '/user_id'],
  ])('is a 400 that names the place: %s', async (_, body, pointer) => {
    const { id } = await system.account();
    const refused = await system.wallet.post(`/v1/accounts/${id}/deposits`, body);
    expect(problemIn(refused)).toMatchObject({ status: 400, code: 'validation-failed' });
    expect(pointersIn(refused)).toEqual([pointer]);
    expect(await transactionsOf(id)).toMatchObject({ data: [] });
  });

  it('is a 400 without a key', async () => {
    const { id } = await system.account();
    expect(problemIn(await charge(id, 5_000, {}, { key: null }))).toMatchObject({ status: 400, code: 'idempotency-key-missing' });
  });
});

describe('a hundred at once', () => {
  it('are all served, and each counts once', async () => {
    const { id } = await system.account('USD', 1_000);
    const replies = await Promise.all(Array.from({ length: 100 }, (_, index) => (index % 2 === 0 ? charge(id, 7) : withdraw(id, 5))));
    expect(replies.filter(({ status }) => status !== 201)).toEqual([]);
    expect(await balanceOf(id)).toMatchObject({ posted: 1_100, available: 1_100 });
  });
});

describe('graceful shutdown', () => {
  it('finishes what was begun: what was answered is there, and nothing else is', async () => {
    const { id } = await system.account();
    const keys = Array.from({ length: 300 }, () => randomUUID());
    // Those that came too late find nobody: they are asked again with the same key.
    const replies = keys.map((key) => charge(id, 1, {}, { key }).catch(() => undefined));
    await Promise.race(replies);
    await system.stopService('wallet');
    const answered = (await Promise.all(replies)).filter((reply) => reply?.status === 201).length;
    expect(answered).toBeGreaterThan(0);
    await system.startService('wallet');
    await system.ready('wallet');
    expect(await balanceOf(id)).toMatchObject({ posted: answered });
    for (const key of keys) expect((await charge(id, 1, {}, { key })).status).toBe(201);
    expect(await balanceOf(id)).toMatchObject({ posted: 300 });
  });
});

describe('in the end', () => {
  it('the books balance', async () => {
    expect(await faultsInBooks(system)).toEqual([]);
  });
});
