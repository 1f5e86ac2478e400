import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { REPOSITORY } from '@falconpay/local/services';
import { faultsInBooks } from '@falconpay/testing/books';
import { pointersIn, problemIn } from '@falconpay/testing/problem-in';
import { startSystem, type RunningSystem, type TestAccount } from '@falconpay/testing/running-system';
import type { SeenRecord } from '@falconpay/testing/system-topics';

let system: RunningSystem;
beforeAll(async () => {
  system = await startSystem({ name: 'transfer', services: ['payment', 'wallet'] });
});
afterAll(() => system?.stop());

const traceId = 'c0ffee00c0ffee00c0ffee00c0ffee00';
const usd = (amount: number) => ({ amount, currency: 'USD' });

async function eventsOf(id: string): Promise<SeenRecord[]> {
  const records = await system.consumeAll('payment.created', 'payment.completed', 'payment.failed');
  return records.filter(({ key }) => key === id).sort((a, b) => Number(a.headers['ce_sequence']) - Number(b.headers['ce_sequence']));
}

/** As published in docs/events. */
function expectPublishedForm(record: SeenRecord, publisher: string): void {
  const file = join(REPOSITORY, 'docs/events', `${record.topic}.v1.schema.json`);
  const schema = JSON.parse(readFileSync(file, 'utf8')) as { $id?: string };
  const ajv = addFormats.default(new Ajv({ strict: false }));
  expect(ajv.validate(schema, JSON.parse(record.value)) || ajv.errors).toBe(true);
  expect(record.headers).toEqual({
    ce_specversion: '1.0',
    ce_id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
    ce_source: `/services/${publisher}`,
    ce_type: `com.falconpay.${record.topic}.v1`,
    ce_time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    ce_subject: record.key,
    ce_dataschema: schema.$id,
    'content-type': 'application/json',
    ce_correlationid: record.key,
    ce_causationid: expect.stringMatching(/./),
    ce_sequence: expect.stringMatching(/^[12]$/),
    traceparent: expect.stringMatching(new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`)),
  });
}

describe('the happy path', () => {
  let payer: TestAccount;
  let payee: TestAccount;
  let id: string;
  beforeAll(async () => {
    payer = await system.account('USD', 500);
    payee = await system.account('USD');
  });

  it('begins with a PENDING transfer under an address of its own', async () => {
    const order = {
      from: payer.id,
      to: payee.number,
      amount: usd(200),
      reference: 'rent',
      description: 'November',
      metadata: { flat: '12', ключ: 'значение' },
      client_reference: 'my-own-name',
    };
    const headers = { traceparent: `00-${traceId}-b7ad6b7169203331-01`, 'x-request-id': 'asked-by-me' };
    const accepted = await system.payment.post('/v1/transfers', order, { headers });
    id = accepted.body.id;
    expect(accepted.status).toBe(202);
    expect(accepted.headers).toMatchObject({ location: `/v1/transfers/${id}`, 'x-request-id': 'asked-by-me' });
    expect(accepted.headers).not.toHaveProperty('idempotent-replayed');
    const { created_at: createdAt, expires_at: expiresAt } = accepted.body;
    expect(accepted.body).toEqual({
      ...order,
      id,
      kind: 'transfer',
      status: 'PENDING',
      overdue: false,
      created_at: createdAt,
      updated_at: createdAt,
      expires_at: expiresAt,
    });
    expect(id).toMatch(/^pay_[0-9a-hjkmnp-tv-z]{26}$/);
    expect(Date.parse(expiresAt) - Date.parse(createdAt)).toBe(300_000);
  });

  it('goes on to COMPLETED, with both legs in one transaction of the ledger', async () => {
    const done = await system.ended(id);
    expect(done).toMatchObject({ id, status: 'COMPLETED', from: payer.id, to: payee.number, overdue: false });
    expect(done).not.toHaveProperty('failure');
    expect(Date.parse(done.updated_at)).toBeGreaterThan(Date.parse((done as unknown as { created_at: string }).created_at));
    expect(await Promise.all([payer.id, payer.number, payee.id].map((key) => system.balance(key)))).toEqual([300, 300, 200]);
    const entries = await system.sql(
      'wallet',
      `select account_id, amount, currency, balance_after, reference from entries where transaction_id = $1 order by amount`,
      [id],
    );
    expect(entries).toEqual([
      { account_id: payer.id, amount: -200n, currency: 'USD', balance_after: 300n, reference: 'rent' },
      { account_id: payee.id, amount: 200n, currency: 'USD', balance_after: 200n, reference: 'rent' },
    ]);
  });

  it('is told in two events of the published form, which carry the trace of the request to the end', async () => {
    const [created, completed, ...more] = await eventsOf(id);
    if (!created || !completed) throw new Error('an event is missing');
    expect(more).toEqual([]);
    expect([created.topic, completed.topic]).toEqual(['payment.created', 'payment.completed']);
    expectPublishedForm(created, 'payment');
    expectPublishedForm(completed, 'wallet');
    expect(JSON.parse(created.value)).toMatchObject({
      payment_id: id,
      kind: 'transfer',
      from: payer.id,
      to: payee.number,
      amount: usd(200),
      reference: 'rent',
    });
    expect(JSON.parse(completed.value)).toMatchObject({
      payment_id: id,
      entries: [
        { account_id: payer.id, amount: -200, currency: 'USD', balance_after: 300 },
        { account_id: payee.id, amount: 200, currency: 'USD', balance_after: 200 },
      ],
    });
    expect(created.headers).toMatchObject({ ce_causationid: 'asked-by-me', ce_sequence: '1' });
    expect(completed.headers).toMatchObject({ ce_causationid: created.headers['ce_id'], ce_sequence: '2' });
    // payment's events on payment's transfers stay in one partition, in order.
    expect(completed.partition).toBe(created.partition);
  });

  it.each([
    ['JPY', 1],
    ['OMR', 12_345],
    ['USD', 99],
  ])('moves minor units of %s as they are', async (currency, amount) => {
    const [from, to] = await Promise.all([system.account(currency, amount), system.account(currency)]);
    expect(await system.transfer(from.id, to.id, amount, currency)).toMatchObject({ status: 'COMPLETED', amount: { amount, currency } });
    expect(await Promise.all([system.balance(from.id), system.balance(to.id)])).toEqual([0, amount]);
  });

  it('moves the largest amount there is', async () => {
    const [from, to] = await Promise.all([system.account('USD', Number.MAX_SAFE_INTEGER), system.account('USD')]);
    expect(await system.transfer(from.id, to.id, Number.MAX_SAFE_INTEGER)).toMatchObject({ status: 'COMPLETED' });
    expect(await system.balance(to.id)).toBe(Number.MAX_SAFE_INTEGER);
  });
});

describe('the compensation path', () => {
  it('ends a transfer of 50 OMR by somebody who has 10 as FAILED, with no balance touched', async () => {
    const [payer, payee] = await Promise.all([system.account('OMR', 10_000), system.account('OMR')]);
    const accepted = await system.payment.post(
      '/v1/transfers',
      { from: payer.id, to: payee.id, amount: { amount: 50_000, currency: 'OMR' } },
      { headers: { traceparent: `00-${traceId}-b7ad6b7169203331-01` } },
    );
    expect(accepted).toMatchObject({ status: 202, body: { status: 'PENDING' } });
    const { id } = accepted.body;
    const failed = await system.ended(id);
    expect(failed).toMatchObject({ status: 'FAILED', failure: { code: 'insufficient-funds', detail: expect.stringContaining(payer.id) } });
    expect(await Promise.all([system.balance(payer.id), system.balance(payee.id)])).toEqual([10_000, 0]);
    expect(await system.sql('wallet', 'select 1 from entries where transaction_id = $1', [id])).toEqual([]);
    const [created, refused, ...more] = await eventsOf(id);
    if (!created || !refused) throw new Error('an event is missing');
    expect(more).toEqual([]);
    expectPublishedForm(refused, 'wallet');
    expect(refused.topic).toBe('payment.failed');
    expect(JSON.parse(refused.value)).toEqual({ payment_id: id, ...failed.failure });
    expect(refused.headers['ce_causationid']).toBe(created.headers['ce_id']);
  });

  const gone = 'acc_00000000000000000000000000';
  const order = { amount: usd(100) };
  const refusals: [string, string, () => Promise<Record<string, unknown>>][] = [
    ['an unknown payer', 'account-not-found', async () => ({ ...order, from: gone, to: (await system.account()).id })],
    ['an unknown payee', 'account-not-found', async () => ({ ...order, from: (await system.account('USD', 100)).id, to: 'nobody' })],
    ['a frozen payer', 'account-frozen', async () => ({ ...order, from: await frozen(100), to: (await system.account()).id })],
    ['a frozen payee', 'account-frozen', async () => ({ ...order, from: (await system.account('USD', 100)).id, to: await frozen(0) })],
    [
      'a payer of another currency',
      'currency-mismatch',
      async () => ({ ...order, from: (await system.account('OMR', 100)).id, to: (await system.account()).id }),
    ],
    [
      'a payee of another currency',
      'currency-mismatch',
      async () => ({ ...order, from: (await system.account('USD', 100)).id, to: (await system.account('OMR')).id }),
    ],
    [
      'one unit too few',
      'insufficient-funds',
      async () => ({ ...order, from: (await system.account('USD', 99)).id, to: (await system.account()).id }),
    ],
    [
      'an expiry in the past',
      'expired',
      async () => ({
        ...order,
        from: (await system.account('USD', 100)).id,
        to: (await system.account()).id,
        expires_at: '2026-01-31T12:00:00Z',
      }),
    ],
    [
      'one account by its id and its number',
      'same-account',
      async () => {
        const { id, number } = await system.account('USD', 100);
        return { ...order, from: id, to: number };
      },
    ],
  ];

  async function frozen(balance: number): Promise<string> {
    const { id } = await system.account('USD', balance);
    expect(await system.wallet.post(`/v1/accounts/${id}/freeze`, { reason: 'test' })).toMatchObject({
      status: 200,
      body: { id, status: 'FROZEN' },
    });
    return id;
  }

  it.each(refusals)('refuses %s: %s', async (_, code, orderOf) => {
    const body = await orderOf();
    const totalBefore = await system.sql('wallet', 'select sum(posted) from accounts');
    const accepted = await system.payment.post('/v1/transfers', body);
    expect(accepted).toMatchObject({ status: 202, body: { status: 'PENDING' } });
    const { id } = accepted.body;
    expect(await system.ended(id)).toMatchObject({ status: 'FAILED', failure: { code, detail: expect.stringMatching(/./) } });
    expect(await system.sql('wallet', 'select status, code from transactions where id = $1', [id])).toEqual([{ status: 'REFUSED', code }]);
    expect(await system.sql('wallet', 'select sum(posted) from accounts')).toEqual(totalBefore);
  });

  it('lets an account that was thawed pay again', async () => {
    const id = await frozen(100);
    expect(await system.wallet.post(`/v1/accounts/${id}/unfreeze`, { reason: 'all is well' })).toMatchObject({
      status: 200,
      body: { status: 'OPEN' },
    });
    expect(await system.transfer(id, (await system.account()).id, 100)).toMatchObject({ status: 'COMPLETED' });
  });
});

describe('Prefer: wait', () => {
  let payer: TestAccount;
  let payee: TestAccount;
  const ask = (prefer: string, amount = 1, key?: string) =>
    system.payment.post(
      '/v1/transfers',
      { from: payer.id, to: payee.id, amount: usd(amount) },
      { headers: { prefer }, ...(key === undefined ? {} : { key }) },
    );
  beforeAll(async () => {
    payer = await system.account('USD', 1_000);
    payee = await system.account('USD');
  });

  it('answers 200 with the end, good or bad', async () => {
    expect(await ask('wait=10')).toMatchObject({
      status: 200,
      headers: { location: expect.stringMatching(/^\/v1\/transfers\/pay_/) },
      body: { status: 'COMPLETED' },
    });
    expect(await ask('respond-async, wait="10"', 5_000)).toMatchObject({
      status: 200,
      body: { status: 'FAILED', failure: { code: 'insufficient-funds' } },
    });
  });

  it('answers 202 at once without it, with other preferences, and with wait=0', async () => {
    for (const prefer of ['wait=0', 'respond-async', 'waiting=3'])
      expect(await ask(prefer)).toMatchObject({ status: 202, body: { status: 'PENDING' } });
  });

  it('waits again when the request is repeated', async () => {
    const first = await ask('wait=0', 2, 'asked-twice');
    const again = await ask('wait=10', 2, 'asked-twice');
    expect(again).toMatchObject({
      status: 200,
      headers: { 'idempotent-replayed': 'true' },
      body: { id: first.body.id, status: 'COMPLETED' },
    });
  });

  it.each(['wait', 'wait=', 'wait=11', 'wait=100', 'wait=-1', 'wait=1.5', 'wait=abc', 'wait=1, wait=2', 'wait=1;x=2'])(
    'refuses %j, and stores nothing',
    async (prefer) => {
      const before = await system.rowCounts('payment');
      const refused = await ask(prefer);
      expect(problemIn(refused)).toMatchObject({ status: 400, code: 'validation-failed' });
      expect(pointersIn(refused)).toEqual(['Prefer']);
      expect(await system.rowCounts('payment')).toEqual(before);
    },
  );
});

describe('while the wallet is down', () => {
  it('accepts transfers, says which are overdue, and ends them when it is back', async () => {
    const [payer, payee] = await Promise.all([system.account('USD', 1_000), system.account('USD')]);
    await system.stopService('wallet');
    const order = { from: payer.id, to: payee.id, amount: usd(10) };
    const startedAt = performance.now();
    const [inTime, late] = await Promise.all([
      system.payment.post('/v1/transfers', order, { headers: { prefer: 'wait=1' } }),
      system.payment.post('/v1/transfers', { ...order, expires_at: new Date(Date.now() + 3_000).toISOString() }),
    ]);
    expect([inTime, late]).toMatchObject([
      { status: 202, body: { status: 'PENDING', overdue: false } },
      { status: 202, body: { status: 'PENDING', overdue: false } },
    ]);
    expect(performance.now() - startedAt).toBeGreaterThan(950);
    await system.eventually('the transfer is overdue', async () => {
      const { body } = await system.payment.get(`/v1/transfers/${late.body.id}`);
      return body.status === 'PENDING' && body.overdue;
    });
    expect(await system.payment.get(`/v1/transfers/${inTime.body.id}`)).toMatchObject({ body: { status: 'PENDING', overdue: false } });
    expect((await system.payment.get('/health/ready')).status).toBe(200);

    await system.startService('wallet');
    expect(await system.ended(inTime.body.id)).toMatchObject({ status: 'COMPLETED', overdue: false });
    expect(await system.ended(late.body.id)).toMatchObject({ status: 'FAILED', overdue: false, failure: { code: 'expired' } });
    expect(await system.balance(payee.id)).toBe(10);
  });
});

describe('in the end', () => {
  it('both services agree on every transfer, and the books balance', async () => {
    await system.settled();
    expect(await faultsInBooks(system)).toEqual([]);
  });
});
