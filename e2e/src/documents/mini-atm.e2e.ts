import { faultsInBooks } from '@falconpay/testing/books';
import { pointersIn, problemIn } from '@falconpay/testing/problem-in';
import { startSystem, type RunningSystem } from '@falconpay/testing/running-system';
import type { HttpReply, Parsed, PostOptions } from '@falconpay/testing/service-client';

/** "Mini ATM System", by its own list and on its own accounts: its decimals are whole cents here, its errors problem documents. */
let system: RunningSystem;
beforeAll(async () => {
  system = await startSystem({ name: 'miniatm', services: ['payment', 'wallet'] });
});
afterAll(() => system?.stop());

const usd = (amount: number) => ({ amount, currency: 'USD' });
const deposit = (account: string, amount: unknown, options: PostOptions = {}): Promise<HttpReply> =>
  system.wallet.post(`/v1/accounts/${account}/deposits`, { amount: { amount, currency: 'USD' } }, options);
const withdraw = (account: string, amount: unknown, options: PostOptions = {}): Promise<HttpReply> =>
  system.wallet.post(`/v1/accounts/${account}/withdrawals`, { amount: { amount, currency: 'USD' } }, options);
const balance = (account: string): Promise<HttpReply> => system.wallet.get(`/v1/accounts/${account}/balance`);
const history = async (account: string): Promise<Parsed[]> =>
  (await system.wallet.get(`/v1/accounts/${account}/transactions?limit=100`)).body.data;

describe('the health check and the documentation', () => {
  it('are there', async () => {
    expect(await system.wallet.get('/health/live')).toMatchObject({ status: 200, body: { status: 'ok' } });
    expect(await system.wallet.get('/docs')).toMatchObject({
      status: 200,
      headers: { 'content-type': expect.stringContaining('text/html') },
    });
    const { body: openapi } = await system.wallet.get('/openapi.json');
    expect(openapi.info).toMatchObject({ title: expect.any(String), version: expect.any(String) });
    for (const path of ['balance', 'deposits', 'withdrawals', 'transactions'])
      expect(Object.keys(openapi.paths)).toContain(`/v1/accounts/{account}/${path}`);
  });
});

describe('the test accounts', () => {
  it.each([
    ['1001', 50_000],
    ['1002', 125_075],
    ['9999', 0],
  ])('%s begins with %i cents', async (number, cents) => {
    expect(await balance(number)).toMatchObject({ status: 200, body: { currency: 'USD', posted: cents, available: cents } });
  });
});

describe('a deposit', () => {
  it('adds money', async () => {
    expect(await deposit('9999', 1_000)).toMatchObject({ status: 201, body: { status: 'COMPLETED', amount: usd(1_000) } });
    expect((await balance('9999')).body).toMatchObject({ available: 1_000 });
  });

  it('is exact to the cent, a thousand times over', async () => {
    const { number } = await system.account();
    // 0.10 and 0.20, which no fraction of two carries.
    for (let round = 0; round < 20; round += 1) {
      const replies = await Promise.all(Array.from({ length: 50 }, (_, index) => deposit(number, index % 2 === 0 ? 10 : 20)));
      expect(replies.filter(({ status }) => status !== 201)).toEqual([]);
    }
    expect((await balance(number)).body).toMatchObject({ posted: 15_000, available: 15_000 });
  });
});

describe('a withdrawal', () => {
  it('takes money', async () => {
    expect(await withdraw('1001', 20_000)).toMatchObject({ status: 201, body: { status: 'COMPLETED', amount: usd(20_000) } });
    expect((await balance('1001')).body).toMatchObject({ available: 30_000 });
  });

  it('of more than there is, is refused, and changes nothing', async () => {
    const before = await history('1001');
    expect(problemIn(await withdraw('1001', 30_001))).toMatchObject({ status: 422, code: 'insufficient-funds' });
    expect((await balance('1001')).body).toMatchObject({ posted: 30_000, available: 30_000 });
    expect(await history('1001')).toEqual(before);
  });

  it('may empty the account, and no more', async () => {
    const { number } = await system.account('USD', 500);
    expect(await withdraw(number, 500)).toMatchObject({ status: 201 });
    expect(problemIn(await withdraw(number, 1))).toMatchObject({ status: 422, code: 'insufficient-funds' });
    expect((await balance(number)).body).toMatchObject({ posted: 0 });
  });

  it('never takes more than there is, however many come at once', async () => {
    const replies = await Promise.all(Array.from({ length: 60 }, () => withdraw('1002', 10_000)));
    expect(replies.filter(({ status }) => status === 201)).toHaveLength(12);
    for (const reply of replies)
      if (reply.status !== 201) expect(problemIn(reply)).toMatchObject({ status: 422, code: 'insufficient-funds' });
    expect((await balance('1002')).body).toMatchObject({ posted: 5_075, available: 5_075 });
  });
});

describe('the history', () => {
  it('has every operation, the newest first, from the first money on', async () => {
    expect(await history('1001')).toMatchObject([
      { type: 'withdrawal', amount: -20_000, balance_after: 30_000 },
      { type: 'opening', amount: 50_000, balance_after: 50_000 },
    ]);
    expect(await history('9999')).toMatchObject([{ type: 'deposit', amount: 1_000, balance_after: 1_000 }]);
  });
});

describe('an idempotency key', () => {
  it.each([
    ['deposit', deposit, 1],
    ['withdrawal', withdraw, -1],
  ] as const)('makes a %s happen once, and gets its answer again', async (word, ask, sign) => {
    const { number } = await system.account('USD', 5_000);
    const options = { key: `unique-key-123-${word}` };
    const first = await ask(number, 1_000, options);
    const again = await ask(number, 1_000, options);
    expect([again.status, again.text]).toEqual([201, first.text]);
    expect(again.headers['idempotent-replayed']).toBe('true');
    expect((await balance(number)).body).toMatchObject({ posted: 5_000 + sign * 1_000 });
    expect(await history(number)).toHaveLength(2);
  });

  it('keeps a refusal, too: with the same key it stays one', async () => {
    const { number } = await system.account();
    const options = { key: 'refused-first' };
    const refused = await withdraw(number, 100, options);
    await deposit(number, 100);
    expect([(await withdraw(number, 100, options)).text, (await withdraw(number, 100)).status]).toEqual([refused.text, 201]);
  });
});

describe('an error', () => {
  it('is a 404 for an account that is not there, whatever is asked', async () => {
    for (const reply of [
      await balance('4711'),
      await deposit('4711', 1),
      await withdraw('4711', 1),
      await system.wallet.get('/v1/accounts/4711/transactions'),
      await system.wallet.get('/v1/accounts/4711'),
    ])
      expect(problemIn(reply)).toMatchObject({ status: 404, code: 'account-not-found', detail: expect.stringContaining('4711') });
  });

  it.each([
    ['zero', 0],
    ['below zero', -10],
    ['a fraction of a cent', 10.5],
    ['a text', '10.00'],
    ['no number', null],
    ['more than can be counted', 2 ** 53],
  ])('is a 400 for an amount that is %s, paid in or out', async (_, amount) => {
    const before = (await balance('1001')).body.posted;
    for (const refused of [await deposit('1001', amount), await withdraw('1001', amount)]) {
      expect(problemIn(refused)).toMatchObject({ status: 400, code: 'validation-failed' });
      expect(pointersIn(refused)).toEqual(['/amount/amount']);
    }
    expect((await balance('1001')).body).toMatchObject({ posted: before });
  });

  it('has one form, whichever it is', async () => {
    const errors = [
      await withdraw('9999', 1_000_000),
      await balance('4711'),
      await deposit('1001', -1),
      await deposit('1001', 1, { key: null }),
      await system.wallet.post('/v1/accounts/1001/deposits', '{"amount": '),
      await system.wallet.get('/nothing-here'),
      await system.wallet.send('DELETE', '/v1/accounts/1001/balance', undefined),
    ];
    expect(errors.map(({ status }) => status)).toEqual([422, 404, 400, 400, 400, 404, 405]);
    for (const error of errors) {
      const members = Object.keys(problemIn(error)).filter((name) => name !== 'errors');
      expect(members.sort()).toEqual(['code', 'detail', 'instance', 'request_id', 'retryable', 'status', 'title', 'trace_id', 'type']);
    }
  });
});

describe('in the end', () => {
  it('the books balance', async () => {
    expect(await faultsInBooks(system)).toEqual([]);
  });
});
