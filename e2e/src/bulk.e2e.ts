import { randomUUID } from 'node:crypto';
import { faultsInBooks } from '@falconpay/testing/books';
import { pointersIn, problemIn } from '@falconpay/testing/problem-in';
import { startSystem, type RunningSystem, type TestAccount } from '@falconpay/testing/running-system';
import type { HttpReply } from '@falconpay/testing/service-client';

let system: RunningSystem;
beforeAll(async () => {
  system = await startSystem({ name: 'bulk', services: ['payment', 'wallet'] });
});
afterAll(() => system?.stop());

const usd = (amount: number) => ({ amount, currency: 'USD' });
const item = (from: TestAccount, to: TestAccount, amount: number, more: object = {}) => ({
  from: from.id,
  to: to.id,
  amount: usd(amount),
  ...more,
});
const postBulk = (transfers: unknown, more: object = {}, key: string = randomUUID()) =>
  system.payment.post('/v1/transfers/bulk', { transfers, ...more }, { key });
const pair = (balance: number) => Promise.all([system.account('USD', balance), system.account('USD')]);

const idsIn = (reply: HttpReply) => (reply.body as { transfers: { id: string }[] }).transfers.map(({ id }) => id);

interface Outcome {
  readonly id: string;
  readonly status: string;
  readonly failure_code: string | null;
  readonly failure_detail: string | null;
  readonly bulk_id: string | null;
}

/** The transfers once all have ended, in the order given. */
async function endsOf(ids: readonly string[]): Promise<Outcome[]> {
  await system.settled();
  return system.sql<Outcome>(
    'payment',
    `select id, status, failure_code, failure_detail, bulk_id from transfers join unnest($1::text[]) with ordinality as asked(id, place) using (id) order by place`,
    [ids],
  );
}

describe('a bulk', () => {
  it('of 1,000 is accepted in one answer, and all complete', async () => {
    const [payer, payee] = await pair(1_000_000);
    const asked = Array.from({ length: 1_000 }, (_, index) => item(payer, payee, index + 1, { reference: `of 1,000: ${index}` }));
    const reply = await postBulk(asked);
    expect(reply).toMatchObject({ status: 202, body: { id: expect.stringMatching(/^blk_/), atomic: false } });
    const { transfers } = reply.body as { transfers: { id: string; status: string }[] };
    expect(transfers).toEqual(asked.map(() => ({ id: expect.stringMatching(/^pay_/), status: 'PENDING' })));
    expect(new Set(transfers.map(({ id }) => id)).size).toBe(1_000);
    expect((await endsOf(transfers.map(({ id }) => id))).filter(({ status }) => status !== 'COMPLETED')).toEqual([]);
    expect(await Promise.all([system.balance(payer.id), system.balance(payee.id)])).toEqual([1_000_000 - 500_500, 500_500]);
    // Each in the place it was sent in.
    expect(await system.payment.get(`/v1/transfers/${transfers[41]?.id}`)).toMatchObject({
      body: { amount: usd(42), reference: 'of 1,000: 41' },
    });
  });

  it('of 1,001, or of none, is refused, and nothing is stored', async () => {
    const [payer, payee] = await pair(0);
    const before = await system.rowCounts('payment');
    for (const transfers of [Array.from({ length: 1_001 }, () => item(payer, payee, 1)), [], 'many', undefined]) {
      const refused = await postBulk(transfers);
      expect(problemIn(refused)).toMatchObject({ status: 400, code: 'validation-failed' });
      expect(pointersIn(refused)).toEqual(['/transfers']);
    }
    expect(await system.rowCounts('payment')).toEqual(before);
  });

  it('tells of each bad item where it is and what is wrong; the others go on', async () => {
    const [payer, payee] = await pair(100);
    const reply = await postBulk([
      item(payer, payee, 10),
      item(payer, payee, 0),
      'no transfer at all',
      item(payer, payer, 5),
      { ...item(payer, payee, 5), from: undefined, surprise: 1 },
      null,
      item(payer, payee, 20),
    ]);
    expect(reply.status).toBe(202);
    const views = reply.body.transfers as {
      id?: string;
      status?: string;
      error?: { code: string; detail: string; errors: { pointer: string; detail: string }[] };
    }[];
    expect(views.map(({ error }) => error?.errors.map(({ pointer }) => pointer).sort())).toEqual([
      undefined,
      ['/transfers/1/amount/amount'],
      ['/transfers/2'],
      ['/transfers/3/to'],
      ['/transfers/4/from', '/transfers/4/surprise'],
      ['/transfers/5'],
      undefined,
    ]);
    for (const { error, id, status } of views) {
      if (error)
        expect([error.code, error.detail, id, status]).toEqual(['validation-failed', expect.stringMatching(/./), undefined, undefined]);
    }
    const ends = await endsOf(views.flatMap(({ id }) => id ?? []));
    expect(ends.map(({ status }) => status)).toEqual(['COMPLETED', 'COMPLETED']);
    expect(await system.balance(payee.id)).toBe(30);
  });

  it('with nothing but bad items is answered all the same', async () => {
    const [payer] = await pair(0);
    const reply = await postBulk([item(payer, payer, 1), item(payer, payer, 2)]);
    expect(reply.status).toBe(202);
    expect(reply.body.transfers).toMatchObject([{ error: { code: 'validation-failed' } }, { error: { code: 'validation-failed' } }]);
  });

  it('decides each item for itself: what the payer has left goes as far as it does', async () => {
    const [payer, payee] = await pair(25);
    const reply = await postBulk([10, 10, 10, 5].map((amount) => item(payer, payee, amount)));
    const ends = await endsOf(idsIn(reply));
    expect(ends.filter(({ status }) => status === 'FAILED').every(({ failure_code }) => failure_code === 'insufficient-funds')).toBe(true);
    expect(await system.balance(payer.id)).toBeLessThan(10);
    expect((await system.balance(payer.id)) + (await system.balance(payee.id))).toBe(25);
  });

  it('takes a client reference once: the second item with it learns whose it is', async () => {
    const [payer, payee] = await pair(100);
    const [taken, twice] = [randomUUID(), randomUUID()];
    const { id } = (await system.payment.post('/v1/transfers', item(payer, payee, 1, { client_reference: taken }))).body;
    const asked = [twice, taken, twice, undefined].map((client_reference, index) => item(payer, payee, index + 2, { client_reference }));
    const [first, second, third, fourth] = (await postBulk(asked)).body.transfers;
    expect([first, fourth]).toMatchObject([{ status: 'PENDING' }, { status: 'PENDING' }]);
    expect(second.error).toMatchObject({ code: 'duplicate-reference', existing_id: id });
    expect(third.error).toMatchObject({ code: 'duplicate-reference', existing_id: first.id });
    await endsOf([id]);
    expect(await system.balance(payee.id)).toBe(1 + 2 + 5);
  });

  it('that is repeated gets the same answer, and nothing happens again', async () => {
    const [payer, payee] = await pair(100);
    for (const more of [{}, { atomic: true }]) {
      const key = randomUUID();
      const asked = [item(payer, payee, 1), item(payer, payee, 2)];
      const first = await postBulk(asked, more, key);
      const again = await postBulk(asked, more, key);
      expect(again).toMatchObject({ status: 202, text: first.text, headers: { 'idempotent-replayed': 'true' } });
      expect(problemIn(await postBulk([...asked].reverse(), more, key))).toMatchObject({ status: 422, code: 'idempotency-key-reused' });
      await endsOf([]);
    }
    expect(await system.balance(payee.id)).toBe(6);
  });

  it('on one hot account ends soon and right: 1,000 from it and 1,000 to it at once', async () => {
    const hot = await system.account('USD', 1_000);
    const others = await Promise.all(Array.from({ length: 5 }, () => system.account('USD', 200)));
    const other = (index: number) => others[index % others.length] as TestAccount;
    const replies = await Promise.all([
      postBulk(Array.from({ length: 1_000 }, (_, index) => item(hot, other(index), 1))),
      postBulk(Array.from({ length: 1_000 }, (_, index) => item(other(index), hot, 1))),
    ]);
    const ends = await endsOf(replies.flatMap(idsIn));
    expect(ends).toHaveLength(2_000);
    const balances = await Promise.all([hot, ...others].map(({ id }) => system.balance(id)));
    expect(balances.reduce((sum, balance) => sum + balance, 0)).toBe(2_000);
    expect(Math.min(...balances)).toBeGreaterThanOrEqual(0);
  });
});

describe('an atomic bulk', () => {
  const atomic = { atomic: true };

  it('is posted whole, in one database transaction of the wallet', async () => {
    const [payer, payee] = await pair(1_000);
    const third = await system.account('USD');
    const reply = await postBulk([item(payer, payee, 600), item(payee, third, 500), item(third, payer, 250)], atomic);
    expect(reply).toMatchObject({ status: 202, body: { atomic: true } });
    const ids = idsIn(reply);
    expect(await endsOf(ids)).toEqual(
      ids.map((id) => ({ id, status: 'COMPLETED', failure_code: null, failure_detail: null, bulk_id: reply.body.id })),
    );
    expect(await Promise.all([payer, payee, third].map(({ id }) => system.balance(id)))).toEqual([650, 100, 250]);
    for (const table of ['transactions', 'entries']) {
      const column = table === 'entries' ? 'transaction_id' : 'id';
      expect(await system.sql('wallet', `select distinct xmin::text from ${table} where ${column} = any($1)`, [ids])).toHaveLength(1);
    }
  });

  it('with one bad item is refused whole, and nothing is stored', async () => {
    const [payer, payee] = await pair(100);
    const before = await system.rowCounts('payment');
    const refused = await postBulk([item(payer, payee, 1), item(payer, payee, -1), item(payer, payer, 1)], atomic);
    expect(problemIn(refused)).toMatchObject({ status: 400, code: 'validation-failed' });
    expect(pointersIn(refused)).toEqual(['/transfers/1/amount/amount', '/transfers/2/to']);
    expect(await system.rowCounts('payment')).toEqual(before);
  });

  it('with a client reference that is taken is refused whole, and says which', async () => {
    const [payer, payee] = await pair(100);
    const client_reference = randomUUID();
    const { id } = (await system.payment.post('/v1/transfers', item(payer, payee, 1, { client_reference }))).body;
    await endsOf([id]);
    const before = await system.rowCounts('payment');
    const refused = await postBulk([item(payer, payee, 1), item(payer, payee, 1, { client_reference })], atomic);
    expect(problemIn(refused)).toMatchObject({
      status: 409,
      code: 'duplicate-reference',
      existing_id: id,
      detail: expect.stringContaining('transfer 1 '),
    });
    expect(await system.rowCounts('payment')).toEqual(before);
  });

  it('with a client reference in it twice is refused whole, with a pointer and without naming what comes to nothing', async () => {
    const [payer, payee] = await pair(100);
    const client_reference = `first line\nsecond line ${randomUUID()}`;
    const twice = [item(payer, payee, 1, { client_reference }), item(payer, payee, 1, { client_reference })];
    const problem = problemIn(await postBulk(twice, atomic));
    expect(problem).toMatchObject({ status: 400, errors: [{ pointer: '/transfers/1/client_reference' }] });
    expect(problem).not.toHaveProperty('existing_id');
    const { id } = (await system.payment.post('/v1/transfers', twice[0])).body;
    expect(problemIn(await system.payment.post('/v1/transfers', twice[0]))).toMatchObject({ status: 409, existing_id: id });
  });

  it('whose event is larger than a MiB does not hold up anybody', async () => {
    const [payer, payee] = await pair(1_000);
    const reference = '\u0001'.repeat(140);
    const large = Array.from({ length: 1_000 }, () => item(payer, payee, 1, { reference }));
    const reply = await postBulk(large, atomic);
    expect(reply.status).toBe(202);
    expect((await endsOf(idsIn(reply))).every(({ status }) => status === 'COMPLETED')).toBe(true);
  });

  it('of which one cannot be paid fails whole, moves nothing and names the culprit', async () => {
    const [payer, payee] = await pair(100);
    const poor = await system.account('USD', 5);
    const reply = await postBulk([item(payer, payee, 10), item(poor, payee, 6), item(payer, payee, 20)], atomic);
    const ends = await endsOf(idsIn(reply));
    expect(ends.map(({ status, failure_code }) => [status, failure_code])).toEqual(
      Array.from({ length: 3 }, () => ['FAILED', 'insufficient-funds']),
    );
    const [first, culprit, third] = ends.map(({ failure_detail }) => failure_detail);
    expect(culprit).toContain(poor.id);
    for (const detail of [first, third]) expect(detail).toMatch(new RegExp(`transfer 1 .*${poor.id}`));
    expect(await Promise.all([payer, payee, poor].map(({ id }) => system.balance(id)))).toEqual([100, 0, 5]);
  });

  it('may spend what an earlier item of it brings, and not what a later one will', async () => {
    const [payer, payee] = await pair(100);
    const third = await system.account('USD');
    const forwards = await postBulk([item(payer, payee, 100), item(payee, third, 100)], atomic);
    const backwards = await postBulk([item(payee, payer, 100), item(third, payee, 100)], atomic);
    const ends = await endsOf([forwards, backwards].flatMap(idsIn));
    expect(ends.map(({ status }) => status)).toEqual(['COMPLETED', 'COMPLETED', 'FAILED', 'FAILED']);
    expect(await Promise.all([payer, payee, third].map(({ id }) => system.balance(id)))).toEqual([0, 0, 100]);
  });

  it('of 1,000 ends as one', async () => {
    const [payer, payee] = await pair(1_000);
    const whole = await postBulk(
      Array.from({ length: 1_000 }, () => item(payer, payee, 1)),
      atomic,
    );
    const ends = await endsOf(idsIn(whole));
    expect(ends.filter(({ status }) => status === 'COMPLETED')).toHaveLength(1_000);
    expect(await Promise.all([system.balance(payer.id), system.balance(payee.id)])).toEqual([0, 1_000]);
  });
});

describe('in the end', () => {
  it('the books balance', async () => {
    await system.settled();
    expect(await faultsInBooks(system)).toEqual([]);
  });
});
