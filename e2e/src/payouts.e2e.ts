import { randomUUID } from 'node:crypto';
import { problemIn } from '@falconpay/testing/problem-in';
import { startSystem, type RunningSystem } from '@falconpay/testing/running-system';
import type { Parsed } from '@falconpay/testing/service-client';
import { Bank, iban, type Payout } from './bank.js';
import { itCountsForTheClient } from './limited-client.js';
import { usd } from './partner.js';
import { brokenPromises } from './faults/books.js';

/** The tests that wait for it wait together. */
const answerWithinMs = 2_000;

let system: RunningSystem;
let bank: Bank;
beforeAll(async () => {
  const env = { PAYOUT_TIMEOUT_MS: String(answerWithinMs), ATM_ERRANDS_EVERY_MS: '20', ATM_REVIEW_AFTER_MS: '7500' };
  system = await startSystem({ name: 'payouts', env });
  bank = await Bank.open(system);
});
afterAll(() => system?.stop());

const balanceOf = (account: string) => bank.balance(account);
const whole = { posted: 10_000, held: 0, available: 10_000 };
const reserved = { posted: 10_000, held: 4_000, available: 6_000 };
const paid = { posted: 6_000, held: 0, available: 6_000 };

/** A bank of its own, that treats its first payouts so, and an account with 100.00. */
async function at(...behaviours: string[]): Promise<{ bank: Bank; account: string }> {
  const [own, { id }] = await Promise.all([Bank.open(system), system.account('USD', 10_000)]);
  await own.behave(...behaviours);
  return { bank: own, account: id };
}
const says = ({ evidence }: Payout): string[] => evidence.map((piece) => `${piece.source} ${piece.says}`);

describe('a payout', () => {
  it('is accepted, taken by the bank and paid for', async () => {
    const account = await system.account('USD', 10_000);
    const reply = await bank.request(account.number, 4_000, { iban: 'de89 3704 0044 0532 0130 00', bic: 'DEUTDEFF', reference: 'Rent 11' });
    const { id } = reply.body as Payout;
    expect(reply).toMatchObject({
      status: 202,
      headers: { location: `/v1/payouts/${id}` },
      body: { id: expect.stringMatching(/^pyo_/), status: 'REQUESTED', account: account.number, amount: usd(4_000), bank: bank.id, iban },
    });
    expect(await bank.until(id, 'COMPLETED')).toMatchObject({
      ...{ paid: usd(4_000), bic: 'DEUTDEFF', reference: 'Rent 11', cases: [] },
      evidence: [{ source: 'reply', says: 'done', paid: usd(4_000), bank_ref: expect.any(String) }],
    });
    expect(await balanceOf(account.id)).toEqual(paid);
    expect(await bank.journal(id)).toEqual(['accepted 4000']);
    const history = await system.wallet.get(`/v1/accounts/${account.id}/transactions`);
    expect(history.body.data[0]).toMatchObject({ amount: -4_000, reference: 'Rent 11', source: { type: 'payout', id } });
    expect((await system.wallet.get('/v1/accounts/sys_banks_USD/balance')).body).toMatchObject({ posted: 4_000 });
  });

  it('that the bank rejects is given back', async () => {
    const { bank: own, account } = await at('refuse:closed_account');
    const refunded = await own.payOut(account, 4_000, 'REFUNDED');
    expect(refunded).toMatchObject({ failure: { code: 'not-paid-out', detail: 'closed_account' } });
    expect(says(refunded)).toEqual(['reply refused']);
    expect(refunded.paid).toBeUndefined();
    expect(await balanceOf(account)).toEqual(whole);
  });

  it('that the wallet refuses never reaches the bank', async () => {
    const [poor, frozen] = await Promise.all([system.account('USD', 100), system.account('USD', 10_000)]);
    await system.wallet.post(`/v1/accounts/${frozen.id}/freeze`, { reason: 'test' });
    const codes = {
      [poor.id]: 'insufficient-funds',
      [frozen.id]: 'account-frozen',
      nobody: 'account-not-found',
      '2001': 'currency-mismatch',
    };
    for (const [account, code] of Object.entries(codes)) {
      const refused = await bank.payOut(account, 4_000, 'REFUSED');
      expect(refused).toMatchObject({ failure: { code }, evidence: [] });
      expect(await bank.journal(refused.id)).toEqual([]);
    }
  });

  itCountsForTheClient(() => bank);

  it('is refused before anything is set apart when no bank could take it', async () => {
    const account = await system.account('USD', 10_000);
    const order = { account: account.id, amount: usd(1_000), iban, bank: bank.id };
    const wrong: [object, number, string][] = [
      [{ iban: 'DE89370400440532013001' }, 400, 'validation-failed'],
      [{ iban: 'US64SVBKUS6S3300958879' }, 400, 'validation-failed'],
      [{ iban: 5 }, 400, 'validation-failed'],
      [{ bic: 'DEUT' }, 400, 'validation-failed'],
      [{ reference: 'Zürich' }, 400, 'validation-failed'],
      [{ bank: 'nowhere' }, 404, 'bank-not-found'],
      [{ bank: 'no/id' }, 400, 'validation-failed'],
      [{ amount: usd(0) }, 400, 'validation-failed'],
      [{ pin: '1234' }, 400, 'validation-failed'],
    ];
    const before = await system.rowCounts('atm-gateway');
    for (const [change, status, code] of wrong)
      expect(problemIn(await system.gateway.post('/v1/payouts', { ...order, ...change }))).toMatchObject({ status, code });
    expect({ ...(await system.rowCounts('atm-gateway')), idempotency_keys: 0 }).toEqual({ ...before, idempotency_keys: 0 });
    expect(await balanceOf(account.id)).toEqual(whole);
  });

  it('takes effect once per key, and is answered with its end when the client waits', async () => {
    const account = await system.account('USD', 10_000);
    const key = randomUUID();
    const wait = { key, headers: { prefer: 'wait=10' } };
    const first = await bank.request(account.id, 4_000, {}, wait);
    expect(first).toMatchObject({ status: 200, body: { status: 'COMPLETED', paid: usd(4_000) } });
    expect(await bank.request(account.id, 4_000, {}, wait)).toMatchObject({
      ...{ status: 200, headers: { 'idempotent-replayed': 'true' }, body: first.body },
    });
    expect(problemIn(await bank.request(account.id, 4_000, { reference: 'x' }, { key }))).toMatchObject({ code: 'idempotency-key-reused' });
    expect(problemIn(await bank.request(account.id, 4_000, {}, { key: null }))).toMatchObject({ code: 'idempotency-key-missing' });
    expect(await balanceOf(account.id)).toEqual(paid);
  });

  it('goes to the bank that was made known first when none is named', async () => {
    const account = await system.account('USD', 10_000);
    const reply = await system.gateway.post('/v1/payouts', { account: account.id, amount: usd(4_000), iban });
    expect(reply).toMatchObject({ status: 202, body: { bank: bank.id } });
    await bank.until((reply.body as Payout).id, 'COMPLETED');
  });
});

describe('a bank that', () => {
  it.concurrent.each([
    'crash_after_act',
    'error_after_act',
    'broken_answer',
    'wrong_id',
    'wrong_currency',
    `late_answer:${2 * answerWithinMs}`,
  ])('takes the money, and nobody hears of it (%s): it is asked, never told again, and paid for once', async (behaviour) => {
    const { bank: own, account } = await at(behaviour);
    const completed = await own.payOut(account, 4_000, 'COMPLETED');
    expect(says(completed)).toContain(behaviour.startsWith('late') ? 'reply done' : 'reply unknown');
    expect(await balanceOf(account)).toEqual(paid);
    expect(await own.journal()).toEqual(['accepted 4000']);
  });

  it.concurrent('says nothing and has done nothing: a tombstone, and then the money is given back, not before', async () => {
    const { bank: own, account } = await at('silent');
    const id = await own.requested(account, 4_000);
    await own.until(id, 'SENDING');
    expect(await balanceOf(account)).toEqual(reserved);
    expect(says(await own.until(id, 'REFUNDED'))).toContain('reply tombstoned');
    expect(await balanceOf(account)).toEqual(whole);
    expect(await own.journal()).toEqual(['tombstoned 0']);
  });

  it.concurrent('takes the money after it has promised not to: we stand the shortage, and somebody looks', async () => {
    const { bank: own, account } = await at(`tombstone_broken:${2 * answerWithinMs}`);
    const review = await own.payOut(account, 4_000, 'MANUAL_REVIEW');
    expect(review).toMatchObject({ paid: usd(4_000), cases: [{ reason: 'late-success' }] });
    await system.eventually('the shortage is posted', async () => (await own.receivable(review.id)) === 4_000);
    expect(await own.hold(review.id)).toBe('RELEASED');
    expect(await balanceOf(account)).toEqual(whole);
  });

  it.concurrent.each([
    ['paid', 'COMPLETED', paid],
    ['not_paid', 'REFUNDED', whole],
  ])('never knows: the money stays set apart until somebody has found out (%s)', async (outcome, status, after) => {
    const { bank: own, account } = await at('unknown');
    const id = await own.requested(account, 4_000);
    await own.until(id, 'RECONCILING');
    expect(await own.until(id, 'MANUAL_REVIEW')).toMatchObject({ cases: [{ reason: 'no-answer' }] });
    expect(await balanceOf(account)).toEqual(reserved);
    const settle = () => system.gateway.post(`/v1/payouts/${id}/resolution`, { outcome, reason: 'they were called' });
    expect((await settle()).status).toBe(200);
    expect(problemIn(await settle())).toMatchObject({ status: 409, code: 'conflict' });
    expect(says(await own.until(id, status)).at(-1)).toMatch(/^operator/);
    expect(await balanceOf(account)).toEqual(after);
  });
});

describe('lists', () => {
  it('of payouts are newest first, by account, bank and status, page by page', async () => {
    const { bank: own, account } = await at('success', 'refuse', 'success');
    const ids: string[] = [];
    for (const status of ['COMPLETED', 'REFUNDED', 'COMPLETED']) ids.unshift((await own.payOut(account, 100, status)).id);
    const list = async (query: string) => (await system.gateway.get(`/v1/payouts?${query}`)).body as Parsed;
    const idsOf = async (query: string) => ((await list(query)).data as Payout[]).map(({ id }) => id);
    expect(await idsOf(`account=${account}`)).toEqual(ids);
    expect(await idsOf(`bank=${own.id}&status=REFUNDED`)).toEqual([ids[1]]);
    expect(await idsOf(`bank=${own.id}&status=SENDING`)).toEqual([]);
    const first = await list(`account=${account}&limit=2`);
    expect(first).toMatchObject({ has_more: true, data: [{ evidence: [{ says: 'done' }] }, { evidence: [{ says: 'refused' }] }] });
    expect(await idsOf(`account=${account}&limit=2&cursor=${first.next_cursor}`)).toEqual([ids[2]]);
    expect(problemIn(await system.gateway.get('/v1/payouts?status=DISPENSING'))).toMatchObject({ status: 400, code: 'validation-failed' });
    expect(problemIn(await system.gateway.get('/v1/payouts/pyo_01j9zq3v8k4m5n6p7q8r9s0t1v'))).toMatchObject({ code: 'payout-not-found' });
    const withdrawals = (await system.gateway.get(`/v1/withdrawals?account=${account}`)).body as Parsed;
    expect(withdrawals.data).toEqual([]);
  });

  it('of banks are by id, page by page; a bank is changed by the request that made it known', async () => {
    const found: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page = (await system.gateway.get(`/v1/banks?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`)).body as Parsed;
      found.push(...(page.data as Parsed[]).map(({ id }) => id as string));
      cursor = page.next_cursor as string | null;
    }
    expect(found).toEqual([...found].sort());
    expect(found).toContain(bank.id);
    const put = (url: unknown) =>
      system.gateway.send('PUT', '/v1/banks/moved', JSON.stringify({ url }), { 'content-type': 'application/json' });
    const known = await put('http://127.0.0.1:9/a');
    expect(await put('http://127.0.0.1:9/b')).toMatchObject({ body: { url: 'http://127.0.0.1:9/b', created_at: known.body.created_at } });
    for (const url of ['ftp://x/y', 'http://user:secret@x/y', 5, undefined]) expect((await put(url)).status).toBe(400);
  });
});

describe('in the end', () => {
  it('the books agree with the evidence', async () => {
    expect(await brokenPromises(system)).toEqual([]);
  });
});
