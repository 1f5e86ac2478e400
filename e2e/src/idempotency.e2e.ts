import { faultsInBooks } from '@falconpay/testing/books';
import { problemIn } from '@falconpay/testing/problem-in';
import { startSystem, type RunningSystem } from '@falconpay/testing/running-system';
import type { HttpReply } from '@falconpay/testing/service-client';
import { newKey, Orders } from './repeatable-orders.js';

let system: RunningSystem;
let orders: Orders;
beforeAll(async () => {
  system = await startSystem({ name: 'idempotency', services: ['payment', 'wallet'] });
  orders = await Orders.on(system);
});
afterAll(() => system?.stop());

const transfers = '/v1/transfers';

function expectReplayOf(first: HttpReply, again: HttpReply): void {
  expect(again.status).toBe(first.status);
  expect(again.text).toBe(first.text);
  expect(again.headers).toMatchObject({ 'idempotent-replayed': 'true', 'content-type': first.headers['content-type'] });
  expect(again.headers.location).toBe(first.headers.location);
  expect(first.headers).not.toHaveProperty('idempotent-replayed');
}

function expectInProgress(reply: HttpReply): void {
  expect(problemIn(reply)).toMatchObject({ status: 409, code: 'idempotency-in-progress', retryable: true });
  expect(Number(reply.headers['retry-after'])).toBeGreaterThanOrEqual(1);
}

describe('the header', () => {
  it('is needed where money moves; a request without it leaves nothing', async () => {
    const order = orders.new();
    const before = await Promise.all(['payment', 'wallet'].map((service) => system.rowCounts(service)));
    const replies = await Promise.all([
      orders.post(order, null),
      system.payment.post(`${transfers}/bulk`, { transfers: [order] }, { key: null }),
      system.wallet.post(`/v1/accounts/${orders.payer.id}/deposits`, { amount: order.amount }, { key: null }),
    ]);
    for (const reply of replies) {
      expect(problemIn(reply)).toMatchObject({
        status: 400,
        code: 'idempotency-key-missing',
        type: 'https://falconpay.dev/problems/idempotency-key-missing',
      });
    }
    expect(await Promise.all(['payment', 'wallet'].map((service) => system.rowCounts(service)))).toEqual(before);
  });

  it.each([
    ['no characters', ''],
    ['no characters in quotes', '""'],
    ['256 characters', 'k'.repeat(256)],
    ['256 characters in quotes', `"${'k'.repeat(256)}"`],
    ['a space', 'two words'],
    ['a space in quotes', '"two words"'],
    ['a character beyond ASCII', 'schlüssel'],
    ['a quote that is not closed', '"open'],
    ['a quote inside', 'in"side'],
    ['two strings in one', '"one","two"'],
    ['an escape that is none', '"a\\b"'],
  ])('is refused with %s', async (_, key) => {
    const order = orders.new();
    expect(problemIn(await orders.post(order, Buffer.from(key, 'utf8').toString('latin1')))).toMatchObject({
      status: 400,
      code: 'idempotency-key-invalid',
    });
    expect(await orders.effectsOf(order)).toBe(0);
  });

  it('is refused when it comes twice, even with one value', async () => {
    const order = orders.new();
    const key = newKey();
    for (const second of [key, newKey()]) {
      const reply = await system.payment.post(transfers, order, {
        key: null,
        headers: ['idempotency-key', key, 'Idempotency-Key', second],
      });
      expect(problemIn(reply)).toMatchObject({ status: 400, code: 'idempotency-key-invalid' });
    }
    expect(await orders.effectsOf(order)).toBe(0);
  });

  it('may have 255 characters, or one', async () => {
    for (const key of ['k'.repeat(255), 'k', `"${'q'.repeat(255)}"`, 'unique-key-123']) {
      const order = orders.new();
      expectReplayOf(await orders.post(order, key), await orders.post(order, key));
      expect(await orders.effectsOf(order)).toBe(1);
    }
  });

  it('names the same key quoted and bare, and with what is escaped', async () => {
    for (const [quoted, bare] of [
      ['"both-ways"', 'both-ways'],
      ['"back\\\\slash"', 'back\\slash'],
    ] as const) {
      const order = orders.new();
      expectReplayOf(await orders.post(order, quoted), await orders.post(order, bare));
      expect(await orders.effectsOf(order)).toBe(1);
    }
  });
});

describe('the same key with the same request', () => {
  it('gets the first answer, to the byte, and nothing happens again', async () => {
    const order = orders.new({ metadata: { b: '2', a: '1' }, description: 'ü ✓' });
    const key = newKey();
    const first = await orders.post(order, key);
    expect(first.status).toBe(202);
    await system.ended(first.body.id);
    // The stored answer is the first one, also when the transfer has moved on.
    expectReplayOf(first, await orders.post(order, key));
    expect(await orders.effectsOf(order)).toBe(1);
  });

  it('is the same however its JSON is laid out', async () => {
    const order = orders.new();
    const key = newKey();
    const first = await orders.post(order, key);
    const { currency, amount } = order.amount;
    const turned = `{ "reference":\n"${order.reference}",\t"amount": {"currency": "${currency}", "amount": ${amount}}, "to": "${order.to}", "from": "${order.from}" }`;
    expectReplayOf(first, await system.payment.post(transfers, turned, { key }));
    expect(await orders.effectsOf(order)).toBe(1);
  });

  it('takes effect once when it comes 50 times at once', async () => {
    const order = orders.new();
    const key = newKey();
    const replies = await Promise.all(Array.from({ length: 50 }, () => orders.post(order, key)));
    const accepted = replies.filter(({ status }) => status === 202);
    expect(accepted.length).toBeGreaterThan(0);
    expect(new Set(accepted.map(({ text }) => text)).size).toBe(1);
    expect(accepted.filter(({ headers }) => headers['idempotent-replayed'] === undefined)).toHaveLength(1);
    for (const reply of replies) if (reply.status !== 202) expectInProgress(reply);
    expect(await orders.effectsOf(order)).toBe(1);
    expect((await orders.post(order, key)).text).toBe(accepted[0]?.text);
  });

  it('pays in once when a deposit comes 50 times at once', async () => {
    const account = await system.account('OMR');
    const key = newKey();
    const deposit = { amount: { amount: 1_500, currency: 'OMR' } };
    const replies = await Promise.all(
      Array.from({ length: 50 }, () => system.wallet.post(`/v1/accounts/${account.id}/deposits`, deposit, { key })),
    );
    const taken = replies.filter(({ status }) => status === 201);
    expect(new Set(taken.map(({ text }) => text)).size).toBe(1);
    for (const reply of replies) if (reply.status !== 201) expectInProgress(reply);
    expect(await system.balance(account.id)).toBe(1_500);
  });

  it('is told to wait while the first is being worked on', async () => {
    const order = orders.new();
    const key = newKey();
    const first = await system.whileHolding('payment', 'lock table transfers in exclusive mode', async () => {
      const running = orders.post(order, key);
      await system.someoneWaits('payment');
      expectInProgress(await orders.post(order, key));
      expectInProgress(await orders.post(order, `"${key}"`));
      expect(problemIn(await orders.post(orders.new(), key))).toMatchObject({ status: 422, code: 'idempotency-key-reused' });
      return { running };
    });
    expectReplayOf(await first.running, await orders.post(order, key));
    expect(await orders.effectsOf(order)).toBe(1);
  });
});

describe('the same key with another request', () => {
  it.each([
    ['amount', { amount: { amount: 2, currency: 'USD' } }],
    ['currency', { amount: { amount: 1, currency: 'OMR' } }],
    ['member more', { description: 'more' }],
    ['reference', { reference: 'another' }],
  ])('is refused: another %s', async (_, change) => {
    const order = orders.new();
    const key = newKey();
    const first = await orders.post(order, key);
    expect(problemIn(await orders.post({ ...order, ...change }, key))).toMatchObject({
      status: 422,
      code: 'idempotency-key-reused',
      retryable: false,
    });
    expectReplayOf(first, await orders.post(order, key));
    expect(await orders.effectsOf(order)).toBe(1);
  });

  it('is refused when only the account in the path differs', async () => {
    const [one, two] = await Promise.all([system.account(), system.account()]);
    const key = newKey();
    const deposit = { amount: { amount: 7, currency: 'USD' } };
    expect((await system.wallet.post(`/v1/accounts/${one.id}/deposits`, deposit, { key })).status).toBe(201);
    const reused = await system.wallet.post(`/v1/accounts/${two.id}/deposits`, deposit, { key });
    expect(problemIn(reused)).toMatchObject({ status: 422, code: 'idempotency-key-reused' });
    expect(await Promise.all([system.balance(one.id), system.balance(two.id)])).toEqual([7, 0]);
  });

  it('is another request on another route', async () => {
    const [order, inBulk] = [orders.new(), orders.new()];
    const key = newKey();
    expect((await orders.post(order, key)).status).toBe(202);
    const bulk = await system.payment.post(`${transfers}/bulk`, { transfers: [inBulk] }, { key });
    expect(bulk.status).toBe(202);
    expect(bulk.headers).not.toHaveProperty('idempotent-replayed');
    expect(await Promise.all([orders.effectsOf(order), orders.effectsOf(inBulk)])).toEqual([1, 1]);
  });
});

describe('a key stays free', () => {
  const wrong: [number, string | Buffer | object, Record<string, string>][] = [
    [400, '{"from":', {}],
    [400, { from: 'a' }, {}],
    [413, Buffer.alloc(70_000, ' '), {}],
    [415, 'from=a', { 'content-type': 'application/x-www-form-urlencoded' }],
  ];
  it.each(wrong)('after a %i', async (status, body, headers) => {
    const order = orders.new();
    const key = newKey();
    expect(problemIn(await system.payment.post(transfers, body, { key, headers })).status).toBe(status);
    expect(await orders.isStored('payment', key)).toBe(false);
    const corrected = await orders.post(order, key);
    expect(corrected.status).toBe(202);
    expect(corrected.headers).not.toHaveProperty('idempotent-replayed');
  });

  it('after a 404: the account may be opened meanwhile', async () => {
    const number = `n-${newKey().slice(0, 30)}`;
    const key = newKey();
    const deposit = () => system.wallet.post(`/v1/accounts/${number}/deposits`, { amount: { amount: 5, currency: 'USD' } }, { key });
    expect(problemIn(await deposit())).toMatchObject({ status: 404, code: 'account-not-found' });
    expect((await system.wallet.post('/v1/accounts', { number, owner: 'Late', currency: 'USD' })).status).toBe(201);
    expect((await deposit()).status).toBe(201);
    expect(await system.balance(number)).toBe(5);
  });

  it('after a 409: another request may use it', async () => {
    const key = newKey();
    const open = (number: string) => system.wallet.post('/v1/accounts', { number, owner: 'Second', currency: 'USD' }, { key });
    expect(problemIn(await open(orders.payer.number))).toMatchObject({ status: 409, code: 'number-taken' });
    expect(await orders.isStored('wallet', key)).toBe(false);
    expect((await open(`n-${newKey().slice(0, 30)}`)).status).toBe(201);
  });
});

describe('a refusal on the merits', () => {
  it('stays: a deposit to a frozen account is refused again when the account is open', async () => {
    const account = await system.account('USD');
    const key = newKey();
    const deposit = (useKey: string) =>
      system.wallet.post(`/v1/accounts/${account.id}/deposits`, { amount: { amount: 5, currency: 'USD' } }, { key: useKey });
    await system.wallet.post(`/v1/accounts/${account.id}/freeze`, { reason: 'test' });
    const refused = await deposit(key);
    expect(problemIn(refused)).toMatchObject({ status: 422, code: 'account-frozen' });
    await system.wallet.post(`/v1/accounts/${account.id}/unfreeze`, { reason: 'test' });
    expectReplayOf(refused, await deposit(key));
    expect(await system.balance(account.id)).toBe(0);
    expect((await deposit(newKey())).status).toBe(201);
    expect(await system.balance(account.id)).toBe(5);
  });
});

describe('where the key is optional', () => {
  it('each request without one is a new one, and with one it is repeated', async () => {
    const body = { owner: 'Twin', currency: 'USD' };
    const open = (key: string | null) => system.wallet.post('/v1/accounts', body, { key });
    const [one, two] = [await open(null), await open(null)];
    expect([one.status, two.status, one.body.id === two.body.id]).toEqual([201, 201, false]);
    const key = newKey();
    expectReplayOf(await open(key), await open(key));
    expect(problemIn(await open('not a key'))).toMatchObject({ status: 400, code: 'idempotency-key-invalid' });
  });

  it('a repeated freeze does not freeze what was thawed since', async () => {
    const { id } = await system.account();
    const key = newKey();
    const freeze = () => system.wallet.post(`/v1/accounts/${id}/freeze`, { reason: 'test' }, { key });
    const first = await freeze();
    await system.wallet.post(`/v1/accounts/${id}/unfreeze`, { reason: 'test' }, { key });
    expectReplayOf(first, await freeze());
    expect(await system.wallet.get(`/v1/accounts/${id}`)).toMatchObject({ body: { status: 'OPEN' } });
  });
});

describe('in the end', () => {
  it('the books balance', async () => {
    await system.settled();
    expect(await faultsInBooks(system)).toEqual([]);
  });
});
