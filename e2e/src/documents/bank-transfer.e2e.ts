import { startSystem, type RunningSystem } from '@falconpay/testing/running-system';
import { usd } from '../partner.js';
import { brokenPromises } from '../faults/books.js';
import { card, Institution, type Redemption } from '../institution.js';

/**
 * "BankTransfer", along its own flow: its RedeemCard is a redemption, CashoutCardBalance the cash-out at the institution,
 * CreditUserBalance the wallet's credit, UndoCashoutCardBalance the reversal; its SUCCESS is COMPLETED, its FAILURE DECLINED or REVERSED.
 */
let system: RunningSystem;
let institution: Institution;
let account: string;
beforeAll(async () => {
  const env = { REDEMPTION_TIMEOUT_MS: '2000', REVERSAL_RETRY_MS: '50', ATM_ERRANDS_EVERY_MS: '20' };
  system = await startSystem({ name: 'transfer', env });
});
afterAll(() => system?.stop());
beforeEach(async () => {
  [institution, { id: account }] = await Promise.all([Institution.join(system), system.account('USD', 0)]);
});

/** "No money should be lost or created on either side": what the card still pays is what the account has. */
afterEach(async () => {
  const paid = (await institution.journal()).reduce((sum, line) => {
    const [event, amount] = line.split(' ');
    return sum + (event === 'approved' ? Number(amount) : event === 'reversed' ? -Number(amount) : 0);
  }, 0);
  expect(await system.balance(account)).toBe(paid);
});

const redeemed = (status: string): Promise<Redemption> => institution.redeem(account, 2_500, status);
const limitCards = (limits: object) =>
  system.wallet.send('PUT', '/v1/clients/cards/limits', JSON.stringify(limits), { 'content-type': 'application/json' });

describe('CashoutCardBalance', () => {
  it('SUCCESS: the account is credited the card’s amount, and the customer hears SUCCESS', async () => {
    const reply = await institution.request(account, 2_500, {}, { headers: { prefer: 'wait=10' } });
    expect(reply).toMatchObject({ status: 200, body: { status: 'COMPLETED', approved: usd(2_500) } });
    expect(await system.balance(account)).toBe(2_500);
  });

  it('CASHOUT_FAILURE: the transaction fails, and nothing has to be undone', async () => {
    await institution.behave('refuse');
    await redeemed('DECLINED');
    expect(await institution.journal()).toEqual(['declined 0']);
  });
});

describe('CreditUserBalance fails: the customer hears FAILURE, and a reversal is queued, because of', () => {
  afterEach(() => limitCards({}));

  it('a rule against fraud', async () => {
    await limitCards({ per_transaction: [usd(2_000)] });
    expect(await redeemed('REVERSED')).toMatchObject({ failure: { code: 'limit-exceeded' } });
  });

  it('the domain’s logic', async () => {
    await system.wallet.post(`/v1/accounts/${account}/freeze`, { reason: 'test' });
    expect(await redeemed('REVERSED')).toMatchObject({ failure: { code: 'account-frozen' } });
  });

  it('a limit of the rate', async () => {
    await limitCards({ velocity: { count: 1, window_seconds: 3_600 } });
    await redeemed('COMPLETED');
    expect(await redeemed('REVERSED')).toMatchObject({ failure: { code: 'limit-exceeded' } });
    const other = await institution.requested(account, 100, { card: { ...card, number: '4929000000000009' } });
    await institution.until(other, 'COMPLETED');
  });
});

describe('a partition between us and our own books', () => {
  it('is waited for, for its time: the account is credited when the partition ends before', async () => {
    await system.stopService('wallet');
    const id = await institution.requested(account, 2_500);
    await institution.until(id, 'CREDITING');
    await system.startService('wallet');
    await institution.until(id, 'COMPLETED');
  });

  it('is no reason to keep the card’s money: it is undone when the partition ends later', async () => {
    const brief = await startSystem({ name: 'partition', env: { REDEMPTION_CREDIT_WITHIN_MS: '300', ATM_ERRANDS_EVERY_MS: '20' } });
    try {
      const [own, payee] = [await Institution.join(brief), await brief.account('USD', 0)];
      await brief.stopService('wallet');
      const id = await own.requested(payee.id, 2_500);
      await own.until(id, 'CREDITING');
      const over = `select 1 as over from orders where id = $1 and expires_at < now()`;
      await brief.eventually('its time is over', async () => (await brief.sql('atm-gateway', over, [id])).length > 0);
      await brief.startService('wallet');
      expect(await own.until(id, 'REVERSED')).toMatchObject({ failure: { code: 'expired' } });
      expect(await own.journal()).toEqual(['approved 2500', 'reversed 2500']);
      expect(await brief.balance(payee.id)).toBe(0);
      expect(await brokenPromises(brief)).toEqual([]);
    } finally {
      await brief.stop();
    }
  });
});

describe('the other institution fails, because of', () => {
  it.each([
    ['downtime', 'refused'],
    ['a partition before it has heard of it', 'requests_lost'],
    ['a partition after it has done it', 'answers_lost'],
  ])('%s: it ends as if nothing had been, once they can speak again', async (_, network) => {
    await institution.tell({ network });
    const id = await institution.requested(account, 2_500);
    await institution.until(id, 'REVERSING');
    await institution.tell({});
    await institution.until(id, 'REVERSED');
  });

  it.each(['error', 'error_after_act', 'broken_answer'])('an error of its system (%s): undone', async (behaviour) => {
    await institution.behave(behaviour);
    await redeemed('REVERSED');
  });
});

describe('UndoCashoutCardBalance', () => {
  it('fails as well: the worker in the background repeats it until it is a SUCCESS', async () => {
    await institution.behave('error_after_act+cancel_error:3');
    await redeemed('REVERSED');
    expect(await institution.journal()).toEqual(['approved 2500', 'reversed 2500']);
  });
});

describe('in the end', () => {
  it('both sides agree', async () => {
    expect(await brokenPromises(system)).toEqual([]);
  });
});
