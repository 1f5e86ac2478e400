import { randomUUID } from 'node:crypto';
import { problemIn } from '@falconpay/testing/problem-in';
import { startSystem, type RunningSystem } from '@falconpay/testing/running-system';
import type { Parsed } from '@falconpay/testing/service-client';
import { CashMachine, type Withdrawal } from './cash-machine.js';
import { itCountsForTheClient } from './limited-client.js';
import { usd } from './partner.js';
import { brokenPromises } from './faults/books.js';

let system: RunningSystem;
let machine: CashMachine;
beforeAll(async () => {
  const env = {
    ATM_DISPENSE_TIMEOUT_MS: '2000',
    ATM_ERRANDS_EVERY_MS: '20',
    ATM_RECONCILE_EVERY_MS: '200',
    ATM_WITHDRAWAL_MAX_NOTES: '100',
  };
  system = await startSystem({ name: 'withdrawals', env });
  machine = await CashMachine.install(system);
});
afterAll(() => system?.stop());

describe('a withdrawal', () => {
  it('is accepted, dispensed and paid for', async () => {
    const account = await system.account('USD', 10_000);
    const reply = await machine.request(account.number, 4_000);
    const { id } = reply.body as Withdrawal;
    expect(reply).toMatchObject({
      status: 202,
      headers: { location: `/v1/withdrawals/${id}` },
      body: { id: expect.stringMatching(/^wdr_/), status: 'REQUESTED', account: account.number, amount: usd(4_000), atm_id: machine.id },
    });
    expect(await machine.until(id, 'COMPLETED')).toMatchObject({
      dispensed: usd(4_000),
      evidence: [{ source: 'reply', says: 'done', dispensed: usd(4_000), machine_ref: expect.any(String) }],
      cases: [],
    });
    expect(await machine.balance(account.id)).toEqual({ posted: 6_000, held: 0, available: 6_000 });
    expect(await machine.journal(id)).toEqual(['dispensed 4000']);
    const history = await system.wallet.get(`/v1/accounts/${account.id}/transactions`);
    expect(history.body.data[0]).toMatchObject({ amount: -4_000, reference: machine.id, source: { type: 'withdrawal', id } });
  });

  it('that the machine refuses is given back', async () => {
    const account = await system.account('USD', 10_000);
    await machine.behave('refuse');
    const refunded = await machine.withdraw(account.id, 4_000, 'REFUNDED');
    expect(refunded).toMatchObject({
      failure: { code: 'not-paid-out', detail: 'no_cash' },
      evidence: [{ source: 'reply', says: 'refused' }],
    });
    expect(refunded.dispensed).toBeUndefined();
    expect(await machine.balance(account.id)).toEqual({ posted: 10_000, held: 0, available: 10_000 });
  });

  it('that the wallet refuses never reaches the machine', async () => {
    const [poor, frozen] = await Promise.all([system.account('USD', 100), system.account('USD', 10_000)]);
    await system.wallet.post(`/v1/accounts/${frozen.id}/freeze`, { reason: 'test' });
    const codes = [
      [poor.id, 'insufficient-funds'],
      [frozen.id, 'account-frozen'],
      ['nobody', 'account-not-found'],
      ['2001', 'currency-mismatch'],
    ];
    for (const [account = '', code] of codes) {
      const refused = await machine.withdraw(account, 4_000, 'REFUSED');
      expect(refused).toMatchObject({ failure: { code }, evidence: [] });
      expect(await machine.journal(refused.id)).toEqual([]);
    }
  });

  itCountsForTheClient(() => machine);

  it('is answered with its end when the client waits, the first time and again', async () => {
    const account = await system.account('USD', 10_000);
    const options = { key: randomUUID(), headers: { prefer: 'wait=10' } };
    const reply = await machine.request(account.id, 1_000, {}, options);
    expect(reply).toMatchObject({ status: 200, body: { status: 'COMPLETED', dispensed: usd(1_000), evidence: [{ says: 'done' }] } });
    const again = await machine.request(account.id, 1_000, {}, options);
    expect(again).toMatchObject({ status: 200, headers: { 'idempotent-replayed': 'true' }, body: reply.body });
    expect(await machine.balance(account.id)).toMatchObject({ posted: 9_000 });
  });

  it('takes effect once per key, however often and however concurrently it is asked for', async () => {
    const account = await system.account('USD', 10_000);
    const key = randomUUID();
    const replies = await Promise.all(Array.from({ length: 8 }, () => machine.request(account.id, 1_000, {}, { key })));
    const ids = new Set(replies.flatMap(({ status, body }) => (status === 202 ? [(body as Withdrawal).id] : [])));
    expect(ids.size).toBe(1);
    expect(replies.map(({ status }) => status).filter((status) => status !== 202 && status !== 409)).toEqual([]);
    expect(problemIn(await machine.request(account.id, 2_000, {}, { key }))).toMatchObject({ status: 422, code: 'idempotency-key-reused' });
    expect(problemIn(await machine.request(account.id, 1_000, {}, { key: null }))).toMatchObject({
      status: 400,
      code: 'idempotency-key-missing',
    });
    await machine.until([...ids][0] ?? '', 'COMPLETED');
    expect(await machine.balance(account.id)).toMatchObject({ posted: 9_000 });
  });

  it('that no machine could carry out is refused before anything is set apart', async () => {
    const account = await system.account('USD', 100_000);
    const order = { account: account.id, amount: usd(1_000), atm_id: machine.id };
    const refused: [object, number, string][] = [
      [{ atm_id: 'nowhere' }, 404, 'atm-not-found'],
      [{ amount: usd(1_050) }, 422, 'amount-not-payable'],
      [{ amount: usd(10_100) }, 422, 'limit-exceeded'],
      [{ amount: { amount: 1_000, currency: 'OMR' } }, 422, 'currency-mismatch'],
      [{ amount: usd(0) }, 400, 'validation-failed'],
      [{ atm_id: 'no such/id' }, 400, 'validation-failed'],
      [{ pin: '1234' }, 400, 'validation-failed'],
    ];
    const before = await system.rowCounts('atm-gateway');
    for (const [change, status, code] of refused)
      expect(problemIn(await system.gateway.post('/v1/withdrawals', { ...order, ...change }))).toMatchObject({ status, code });
    expect({ ...(await system.rowCounts('atm-gateway')), idempotency_keys: 0 }).toEqual({ ...before, idempotency_keys: 0 });
    expect(problemIn(await system.gateway.get('/v1/withdrawals/wdr_01j9zq3v8k4m5n6p7q8r9s0t1v'))).toMatchObject({
      ...{ status: 404, code: 'withdrawal-not-found' },
    });
    expect(await machine.balance(account.id)).toEqual({ posted: 100_000, held: 0, available: 100_000 });
  });
});

describe('withdrawals', () => {
  it('are listed newest first, by account, machine and status, page by page', async () => {
    const [account, other] = await Promise.all([system.account('USD', 10_000), CashMachine.install(system)]);
    await other.behave('success', 'refuse', 'success');
    const ids: string[] = [];
    for (const status of ['COMPLETED', 'REFUNDED', 'COMPLETED']) ids.unshift((await other.withdraw(account.id, 100, status)).id);
    const list = async (query: string) => (await system.gateway.get(`/v1/withdrawals?${query}`)).body as Parsed;
    const idsOf = async (query: string) => ((await list(query)).data as Withdrawal[]).map(({ id }) => id);
    expect(await idsOf(`account=${account.id}`)).toEqual(ids);
    expect(await idsOf(`atm_id=${other.id}`)).toEqual(ids);
    expect(await idsOf(`atm_id=${other.id}&status=REFUNDED`)).toEqual([ids[1]]);
    expect(await idsOf(`atm_id=${other.id}&status=COMPLETED`)).toEqual([ids[0], ids[2]]);
    expect(await idsOf(`atm_id=${other.id}&status=DISPENSING`)).toEqual([]);
    const first = await list(`account=${account.id}&limit=2`);
    expect(first).toMatchObject({ has_more: true, data: [{ evidence: [{ says: 'done' }] }, { evidence: [{ says: 'refused' }] }] });
    expect(await idsOf(`account=${account.id}&limit=2&cursor=${first.next_cursor}`)).toEqual([ids[2]]);
    expect(problemIn(await system.gateway.get('/v1/withdrawals?status=ACTING'))).toMatchObject({ status: 400, code: 'validation-failed' });
  });
});

describe('a machine', () => {
  it('is made known once, and changed by the same request', async () => {
    const put = (body: object, id = 'lobby-1') =>
      system.gateway.send('PUT', `/v1/atms/${id}`, JSON.stringify(body), { 'content-type': 'application/json' });
    const machineOf = { url: 'http://127.0.0.1:9/atms/lobby-1', currency: 'OMR', smallest_note: 5_000 };
    const first = await put(machineOf);
    expect(first).toMatchObject({ status: 200, body: { id: 'lobby-1', status: 'ACTIVE', ...machineOf } });
    const second = await put({ ...machineOf, smallest_note: 1_000 });
    expect(second.body).toMatchObject({ smallest_note: 1_000, created_at: first.body.created_at });
    const wrong = [{ url: 'ftp://x/y' }, { url: 'http://user:secret@x/y' }, { currency: 'XXX' }, { smallest_note: 0 }, { vault: 1 }];
    for (const change of wrong) expect(problemIn(await put({ ...machineOf, ...change }))).toMatchObject({ status: 400 });
    expect(problemIn(await put(machineOf, 'a%20b'))).toMatchObject({ status: 404, code: 'atm-not-found' });
  });

  it('tells what became of its withdrawals, by itself and among all', async () => {
    const [account, other] = await Promise.all([system.account('USD', 10_000), CashMachine.install(system)]);
    await other.behave('success', 'refuse', 'retract_uncounted');
    for (const status of ['COMPLETED', 'REFUNDED', 'MANUAL_REVIEW']) await other.withdraw(account.id, 1_000, status);
    const found: Parsed[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page = (await system.gateway.get(`/v1/atms?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`)).body as Parsed;
      found.push(...page.data);
      expect(page.total.requests).toBeGreaterThanOrEqual(3);
      cursor = page.next_cursor as string | null;
    }
    expect(found.map(({ id }) => id as string)).toEqual([...found.map(({ id }) => id as string)].sort());
    expect(found.find(({ id }) => id === other.id)).toMatchObject({
      currency: 'USD',
      metrics: { requests: 3, successful: 1, failed: 1, refunded: usd(1_000), stuck: 1 },
    });
    const metrics = (await system.gateway.get('/metrics')).text;
    for (const line of [
      `falconpay_atm_requests_total{machine="${other.id}"} 3`,
      `falconpay_atm_successful_total{machine="${other.id}"} 1`,
      `falconpay_atm_failed_total{machine="${other.id}"} 1`,
      `falconpay_atm_refunded_minor_units_total{machine="${other.id}",currency="USD"} 1000`,
      `falconpay_atm_stuck{machine="${other.id}"} 1`,
      `falconpay_sagas_open{type="withdrawal",state="MANUAL_REVIEW"} 1`,
    ])
      expect(metrics).toContain(line);
  });
});

describe('a withdrawal in review', () => {
  const inReview = async (): Promise<{ id: string; account: string }> => {
    const account = await system.account('USD', 10_000);
    await machine.behave('retract_uncounted');
    return { id: (await machine.withdraw(account.id, 1_000, 'MANUAL_REVIEW')).id, account: account.id };
  };

  it('is settled by an operator once, with the reason kept for ever', async () => {
    const { id, account } = await inReview();
    const key = randomUUID();
    const settled = await machine.resolve(id, 'dispensed', { dispensed: usd(300) }, { key });
    expect(settled.status).toBe(200);
    expect((await machine.resolve(id, 'dispensed', { dispensed: usd(300) }, { key })).text).toBe(settled.text);
    expect(problemIn(await machine.resolve(id, 'not_dispensed'))).toMatchObject({ status: 409, code: 'conflict' });
    const completed = await machine.until(id, 'COMPLETED');
    expect(completed.evidence.at(-1)).toMatchObject({
      source: 'operator',
      says: 'partial',
      dispensed: usd(300),
      reason: 'the cassettes were counted',
    });
    expect(await machine.balance(account)).toEqual({ posted: 9_700, held: 0, available: 9_700 });
    for (const change of [`update evidence set says = 'done'`, 'delete from evidence', 'truncate cases'])
      await expect(system.sql('atm-gateway', change)).rejects.toThrow(/append-only|permission denied/);
  });

  it('is not settled by what makes no sense', async () => {
    const { id } = await inReview();
    const wrong: [object, number][] = [
      [{ outcome: 'dispensed', dispensed: usd(1_100) }, 422],
      [{ outcome: 'dispensed', dispensed: { amount: 100, currency: 'OMR' } }, 422],
      [{ outcome: 'not_dispensed', dispensed: usd(100) }, 422],
      [{ outcome: 'maybe' }, 400],
      [{ outcome: 'dispensed', reason: '' }, 400],
    ];
    for (const [body, status] of wrong) {
      const reply = await system.gateway.post(`/v1/withdrawals/${id}/resolution`, { reason: 'test', ...body });
      expect({ body, status: reply.status }).toEqual({ body, status });
    }
    expect(await machine.look(id)).toMatchObject({ status: 'MANUAL_REVIEW' });
    await machine.resolve(id, 'not_dispensed');
    await machine.until(id, 'REFUNDED');
  });
});

describe('an order that lost its errand', () => {
  it.each(['silent', 'crash_after_act'])('is found by the slow net (%s)', async (behaviour) => {
    const account = await system.account('USD', 10_000);
    // The slow net has some seconds to come before the errand itself would have asked again with success.
    await machine.behave(`${behaviour}+cancel_error:3`);
    const id = await machine.requested(account.id, 1_000);
    await machine.until(id, 'RECONCILING');
    await system.sql('atm-gateway', 'delete from errands where id = $1', [id]);
    await machine.until(id, behaviour === 'silent' ? 'REFUNDED' : 'COMPLETED');
    expect((await machine.journal(id)).filter((line) => line.startsWith('dispensed'))).toHaveLength(behaviour === 'silent' ? 0 : 1);
  });
});

describe('in the end', () => {
  it('the books agree with the evidence', async () => {
    expect(await brokenPromises(system)).toEqual([]);
  });
});
