import { faultsInBooks } from '@falconpay/testing/books';
import { pointersIn, problemIn } from '@falconpay/testing/problem-in';
import type { RunningSystem, TestAccount, TestTransfer } from '@falconpay/testing/running-system';
import { ServiceClient, type HttpReply, type PostOptions } from '@falconpay/testing/service-client';
import { FaultSystem } from './faults/fault-system.js';

let pair: FaultSystem;
let system: RunningSystem;
beforeAll(async () => {
  pair = await FaultSystem.start({ name: 'refunds' });
  system = pair.running;
});
afterAll(() => pair?.stop());

const usd = (amount: number) => ({ amount, currency: 'USD' });
const nowhere = 'pay_00000000000000000000000000';

interface Paid {
  readonly shop: TestAccount;
  readonly customer: TestAccount;
  readonly id: string;
}

/** A customer who had this much has paid it to a shop. */
async function paid(amount: number, reference = 'order 7'): Promise<Paid> {
  const [customer, shop] = await Promise.all([system.account('USD', amount), system.account()]);
  const order = { from: customer.id, to: shop.number, amount: usd(amount), reference };
  const { id } = (await system.payment.post('/v1/transfers', order)).body;
  expect(await system.ended(id)).toMatchObject({ status: 'COMPLETED', refunded_amount: usd(0) });
  return { shop, customer, id };
}

const refund = (id: string, body: object = {}, options: PostOptions = {}): Promise<HttpReply> =>
  system.payment.post(`/v1/transfers/${id}/refunds`, body, options);

async function refunded(id: string, body: object = {}): Promise<TestTransfer> {
  const accepted = await refund(id, body);
  expect(accepted.status).toBe(202);
  return system.ended(accepted.body.id);
}

const shown = async (id: string) => (await system.payment.get(`/v1/transfers/${id}`)).body;
const balances = ({ customer, shop }: Paid) => Promise.all([system.balance(customer.id), system.balance(shop.id)]);

describe('a refund', () => {
  it('gives all back when no amount is named, and is a transfer of its own', async () => {
    const payment = await paid(500);
    const accepted = await refund(payment.id, { reason: 'out of stock' });
    const { id } = accepted.body;
    expect(accepted).toMatchObject({ status: 202, headers: { location: `/v1/transfers/${id}` } });
    expect(accepted.body).toMatchObject({
      ...{ kind: 'refund', status: 'PENDING', refund_of: payment.id, amount: usd(500), reason: 'out of stock', reference: 'order 7' },
      ...{ from: payment.shop.number, to: payment.customer.id },
    });
    expect(accepted.body).not.toHaveProperty('refunded_amount');
    expect(await system.ended(id)).toMatchObject({ status: 'COMPLETED', kind: 'refund' });
    expect(await balances(payment)).toEqual([500, 0]);
    expect(await shown(payment.id)).toMatchObject({ status: 'COMPLETED', refunded_amount: usd(500) });
    const entries = await system.sql('wallet', 'select type, amount, reference from entries where transaction_id = $1 order by amount', [
      id,
    ]);
    expect(entries).toEqual([-500n, 500n].map((amount) => ({ type: 'refund', amount, reference: 'order 7' })));
    const created = (await system.consumeAll('payment.created')).find(({ key }) => key === id);
    expect(JSON.parse(created?.value ?? '')).toMatchObject({ payment_id: id, kind: 'refund', refund_of: payment.id });
  });

  it('may be of parts, as long as they are not more than all of it together', async () => {
    const payment = await paid(100);
    await refunded(payment.id, { amount: usd(30) });
    expect(await shown(payment.id)).toMatchObject({ refunded_amount: usd(30) });
    const tooMuch = await refund(payment.id, { amount: usd(71) });
    expect(problemIn(tooMuch)).toMatchObject({ status: 422, code: 'refund-exceeds-payment', detail: expect.stringContaining('0.70 USD') });
    await refunded(payment.id, { amount: usd(50) });
    expect(await refunded(payment.id)).toMatchObject({ status: 'COMPLETED', amount: usd(20) });
    expect(problemIn(await refund(payment.id))).toMatchObject({ status: 422, code: 'refund-exceeds-payment' });
    expect(await balances(payment)).toEqual([100, 0]);
    const listed = await system.payment.get(`/v1/transfers?refund_of=${payment.id}`);
    expect(listed.body).toMatchObject({ data: [20, 50, 30].map((amount) => ({ amount: usd(amount) })), has_more: false });
    const ofCustomer = await system.payment.get(`/v1/transfers?account=${payment.customer.id}`);
    expect(ofCustomer.body).toMatchObject({ data: [{}, {}, {}, await shown(payment.id)] });
  });

  it('is answered with its end to those who wait', async () => {
    const payment = await paid(10);
    const reply = await refund(payment.id, {}, { headers: { prefer: 'wait=10' } });
    expect(reply).toMatchObject({ status: 200, body: { kind: 'refund', status: 'COMPLETED' } });
    expect(reply.body).toEqual(await shown(reply.body.id));
  });

  it('happens once per idempotency key', async () => {
    const payment = await paid(100);
    const options = { key: 'refund-once' };
    const first = await refund(payment.id, { amount: usd(40) }, options);
    const again = await refund(payment.id, { amount: usd(40) }, options);
    expect([again.status, again.text, again.headers['idempotent-replayed']]).toEqual([202, first.text, 'true']);
    expect(await shown(payment.id)).toMatchObject({ refunded_amount: usd(40) });
    expect(problemIn(await refund(payment.id, {}, options))).toMatchObject({ status: 422, code: 'idempotency-key-reused' });
    expect(problemIn(await refund(payment.id, {}, { key: null }))).toMatchObject({ status: 400, code: 'idempotency-key-missing' });
  });

  it('is never more than was paid, whoever asks at the same moment', async () => {
    const payment = await paid(100);
    const replies = await Promise.all(Array.from({ length: 50 }, () => refund(payment.id, { amount: usd(7) })));
    const accepted = replies.filter(({ status }) => status === 202);
    expect(accepted).toHaveLength(14);
    expect(replies.filter(({ status }) => status === 422)).toHaveLength(36);
    expect(await shown(payment.id)).toMatchObject({ refunded_amount: usd(98) });
    await Promise.all(accepted.map(({ body }) => system.ended(body.id)));
    expect(await balances(payment)).toEqual([98, 2]);
  });

  it('is never more than was paid when two instances decide in the same moment', async () => {
    const other = await pair.another('payment');
    const clients = [system.payment, new ServiceClient(other.urls['payment'] ?? '')];
    const payment = await paid(100);
    const asked: Promise<HttpReply>[] = [];
    await system.whileHolding('payment', `select 1 from transfers where id = '${payment.id}' for update`, async () => {
      for (let index = 0; index < 50; index += 1)
        asked.push(...clients.map((client) => client.post(`/v1/transfers/${payment.id}/refunds`, { amount: usd(3) })));
      await system.someoneWaits('payment', 2);
    });
    const replies = await Promise.all(asked);
    expect(replies.filter(({ status }) => status === 202)).toHaveLength(33);
    expect(replies.filter(({ status }) => status === 422)).toHaveLength(67);
    await Promise.all(replies.flatMap(({ status, body }) => (status === 202 ? [system.ended(body.id)] : [])));
    expect(await shown(payment.id)).toMatchObject({ refunded_amount: usd(99) });
    expect(await balances(payment)).toEqual([99, 1]);
    clients[1]?.close();
  });
});

describe('a refund that fails', () => {
  it('because the money is gone gives back what it had reserved', async () => {
    const payment = await paid(100);
    const other = await system.account();
    expect(await system.transfer(payment.shop.id, other.id, 60)).toMatchObject({ status: 'COMPLETED' });
    expect(await refunded(payment.id)).toMatchObject({ status: 'FAILED', failure: { code: 'insufficient-funds' } });
    expect(await shown(payment.id)).toMatchObject({ refunded_amount: usd(0) });
    expect(await balances(payment)).toEqual([0, 40]);
    expect(await refunded(payment.id, { amount: usd(40) })).toMatchObject({ status: 'COMPLETED' });
    expect(await shown(payment.id)).toMatchObject({ refunded_amount: usd(40) });
  });

  it('gives back its own part only, however many end at once', async () => {
    const payment = await paid(100);
    expect(await system.transfer(payment.shop.id, (await system.account()).id, 70)).toMatchObject({ status: 'COMPLETED' });
    const accepted = await Promise.all(Array.from({ length: 10 }, () => refund(payment.id, { amount: usd(10) })));
    const ends = await Promise.all(accepted.map(({ body }) => system.ended(body.id)));
    expect(ends.map(({ status }) => status).sort()).toEqual([...Array(3).fill('COMPLETED'), ...Array(7).fill('FAILED')]);
    expect(await shown(payment.id)).toMatchObject({ refunded_amount: usd(30) });
  });

  it('waits for whoever is changing what is refunded, and finds it', async () => {
    const payment = await paid(100);
    expect(await system.transfer(payment.shop.id, (await system.account()).id, 100)).toMatchObject({ status: 'COMPLETED' });
    expect(await refunded(payment.id, { amount: usd(1) })).toMatchObject({ status: 'FAILED' });
    await system.stopService('wallet');
    const asked = await Promise.all(Array.from({ length: 5 }, () => refund(payment.id, { amount: usd(10) })));
    await system.whileHolding('payment', `update refund_totals set refunded = refunded where id = '${payment.id}'`, async () => {
      await system.startService('wallet');
      await system.someoneWaits('payment');
    });
    const ends = await Promise.all(asked.map(({ body }) => system.ended(body.id)));
    expect(ends.map(({ status }) => status)).toEqual(Array(5).fill('FAILED'));
    expect(await shown(payment.id)).toMatchObject({ refunded_amount: usd(0) });
  });
});

describe('there is no refund', () => {
  it('of a refund', async () => {
    const payment = await paid(10);
    const { id } = await refunded(payment.id);
    expect(problemIn(await refund(id))).toMatchObject({ status: 422, code: 'not-refundable' });
  });

  it('of a transfer that failed, or has not ended', async () => {
    const [poor, shop] = await Promise.all([system.account(), system.account()]);
    const failed = await system.transfer(poor.id, shop.id, 1);
    expect(problemIn(await refund(failed.id))).toMatchObject({ status: 422, code: 'not-refundable' });
    await system.stopService('wallet');
    const waiting = await system.payment.post('/v1/transfers', { from: poor.id, to: shop.id, amount: usd(1) });
    const key = 'tried-too-early';
    expect(problemIn(await refund(waiting.body.id, {}, { key }))).toMatchObject({ status: 409, code: 'conflict' });
    await system.startService('wallet');
    await system.ended(waiting.body.id);
    expect(problemIn(await refund(waiting.body.id, {}, { key }))).toMatchObject({ status: 422, code: 'not-refundable' });
  });

  it('of a transfer that is not there, in another currency, or of what is no amount', async () => {
    expect(problemIn(await refund(nowhere))).toMatchObject({ status: 404, code: 'transfer-not-found' });
    expect(problemIn(await refund('1'))).toMatchObject({ status: 404, code: 'transfer-not-found' });
    const payment = await paid(10);
    const inOmr = await refund(payment.id, { amount: { amount: 1, currency: 'OMR' } });
    expect(problemIn(inOmr)).toMatchObject({ status: 422, code: 'currency-mismatch' });
    expect(pointersIn(await refund(payment.id, { amount: usd(0) }))).toEqual(['/amount/amount']);
    expect(pointersIn(await refund(payment.id, { reason: '', surprise: 1 })).sort()).toEqual(['/reason', '/surprise']);
    expect(await shown(payment.id)).toMatchObject({ refunded_amount: usd(0) });
  });
});

describe('the books', () => {
  it('are in order after all of this', async () => {
    await system.settled();
    expect(await faultsInBooks(system)).toEqual([]);
  });
});
