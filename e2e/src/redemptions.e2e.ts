import { randomUUID } from 'node:crypto';
import { problemIn } from '@falconpay/testing/problem-in';
import { startSystem, type RunningSystem } from '@falconpay/testing/running-system';
import type { Parsed } from '@falconpay/testing/service-client';
import { usd } from './partner.js';
import { brokenPromises } from './faults/books.js';
import { card, Institution, type Redemption } from './institution.js';

/** The tests that wait for it wait together. */
const answerWithinMs = 2_000;

let system: RunningSystem;
let institution: Institution;
beforeAll(async () => {
  const env = {
    ...{ REDEMPTION_TIMEOUT_MS: String(answerWithinMs), REVERSAL_RETRY_MS: '20', ATM_ERRANDS_EVERY_MS: '20' },
  };
  const services = ['payment', 'wallet', 'atm-gateway', 'simulator', 'backoffice'];
  system = await startSystem({ name: 'redemptions', services, env });
  institution = await Institution.join(system);
});
afterAll(() => system?.stop());

/** An institution of its own, that treats its first cash-outs so, and an account with nothing. */
async function at(...behaviours: string[]): Promise<{ institution: Institution; account: string }> {
  const [own, { id }] = await Promise.all([Institution.join(system), system.account('USD', 0)]);
  await own.behave(...behaviours);
  return { institution: own, account: id };
}
const says = ({ evidence }: Redemption): string[] => evidence.map((piece) => `${piece.source} ${piece.says}`);
const balanceOf = (account: string): Promise<number> => system.balance(account);
/** What operators are told on its timeline, and clients are not. */
const reasonOf = ({ id }: Redemption): Promise<string> =>
  system.eventually('the back office has heard of the refusal', async () => {
    const { body } = await system.backoffice.get(`/v1/timelines/${id}`);
    const { events = [] } = body as { events?: { event: string; why: { detail: string } | null }[] };
    return events.find(({ event }) => event === 'redemption.refused')?.why?.detail;
  });
const limitCards = (limits: object) =>
  system.wallet.send('PUT', '/v1/clients/cards/limits', JSON.stringify(limits), { 'content-type': 'application/json' });
/** What stays charged there, by its own record. */
const charged = async (own: Institution): Promise<number> =>
  (await own.journal()).reduce((sum, line) => {
    const [event, amount] = line.split(' ');
    return sum + (event === 'approved' ? Number(amount) : event === 'reversed' ? -Number(amount) : 0);
  }, 0);

describe('a redemption', () => {
  it('is accepted, charged there and credited here', async () => {
    const account = await system.account('USD', 0);
    const reply = await institution.request(account.number, 4_000);
    const { id } = reply.body as Redemption;
    expect(reply).toMatchObject({
      status: 202,
      headers: { location: `/v1/redemptions/${id}` },
      body: {
        id: expect.stringMatching(/^rdm_/),
        status: 'REQUESTED',
        account: account.number,
        amount: usd(4_000),
        institution: institution.id,
      },
    });
    expect(await institution.until(id, 'COMPLETED')).toMatchObject({
      ...{ approved: usd(4_000), cases: [] },
      evidence: [{ source: 'reply', says: 'done', institution_ref: expect.any(String) }],
    });
    expect(await balanceOf(account.id)).toBe(4_000);
    expect(await institution.journal(id)).toEqual(['approved 4000']);
    const history = await system.wallet.get(`/v1/accounts/${account.id}/transactions`);
    expect(history.body.data[0]).toMatchObject({
      type: 'redemption',
      amount: 4_000,
      reference: institution.id,
      source: { type: 'redemption', id },
    });
    expect((await system.wallet.get('/v1/accounts/sys_institutions_USD/balance')).body).toMatchObject({ posted: -4_000 });
  });

  it('that the institution declines ends there', async () => {
    const { institution: own, account } = await at('refuse:wrong_pin');
    expect(await own.redeem(account, 4_000, 'DECLINED')).toMatchObject({ failure: { code: 'declined', detail: 'wrong_pin' } });
    expect(await balanceOf(account)).toBe(0);
    expect(await own.journal()).toEqual(['declined 0']);
  });

  it('to an institution that cannot be reached ends before anything was sent', async () => {
    const { institution: own, account } = await at();
    await own.moveTo('http://127.0.0.1:1/x');
    expect(await own.redeem(account, 4_000, 'DECLINED')).toMatchObject({ failure: { code: 'institution-unreachable' } });
    expect(await own.journal()).toEqual([]);
  });

  it('that the wallet refuses is taken back; the client hears the code, the operator the reason', async () => {
    const { institution: own, account: frozen } = await at();
    await system.wallet.post(`/v1/accounts/${frozen}/freeze`, { reason: 'test' });
    const codes = { [frozen]: 'account-frozen', nobody: 'account-not-found', '2001': 'currency-mismatch' };
    for (const [account, code] of Object.entries(codes)) {
      const reversed = await own.redeem(account, 4_000, 'REVERSED');
      expect(reversed.failure).toEqual({ code, detail: 'the account cannot take it: the charge is taken back' });
      expect(says(reversed)).toEqual(['reply done', 'reply reversed']);
      expect(await own.journal(reversed.id)).toEqual(['approved 4000', 'reversed 4000']);
      expect(await reasonOf(reversed)).toMatch(/^(there is no )?account /);
    }
  });

  it('is held to the limits of cards: so much at once, so often in so much time', async () => {
    const { institution: own, account } = await at();
    const limits = { per_transaction: [usd(5_000)], velocity: { count: 2, window_seconds: 3_600 } };
    expect((await limitCards(limits)).status).toBe(200);
    const with1 = { card: { number: '4929000000000001', pin: '1111' } };
    const with2 = { card: { number: '4929000000000002', pin: '1111' } };
    try {
      const tooMuch = await own.until(await own.requested(account, 5_001, with1), 'REVERSED');
      expect(tooMuch.failure).toMatchObject({ code: 'limit-exceeded' });
      for (let times = 0; times < 2; times += 1) await own.until(await own.requested(account, 100, with1), 'COMPLETED');
      expect((await own.until(await own.requested(account, 100, with1), 'REVERSED')).failure).toMatchObject({ code: 'limit-exceeded' });
      await own.until(await own.requested(account, 100, with2), 'COMPLETED');
    } finally {
      await limitCards({});
    }
    expect(await balanceOf(account)).toBe(300);
    expect(await charged(own)).toBe(300);
  });

  it('is held to what cards may bring onto a new account, and to no more than the others once that is old enough', async () => {
    const { institution: own, account } = await at();
    const old = await system.account('USD', 0);
    await system.sql('wallet', `update accounts set created_at = created_at - interval '1 day' where id = $1`, [old.id]);
    const limits = { new_account: { younger_than_seconds: 86_400, per_transaction: [usd(5_000)] } };
    expect(await limitCards(limits)).toMatchObject({ status: 200, body: limits });
    try {
      const [tooMuch] = await Promise.all([
        own.redeem(account, 5_001, 'REVERSED'),
        own.redeem(account, 5_000, 'COMPLETED'),
        own.redeem(old.id, 5_001, 'COMPLETED'),
      ]);
      expect(tooMuch.failure).toEqual({ code: 'limit-exceeded', detail: 'the account cannot take it: the charge is taken back' });
      expect(await own.journal(tooMuch.id)).toEqual(['approved 5001', 'reversed 5001']);
      expect(await reasonOf(tooMuch)).toMatch(/may spend at most 50.00 USD at once while the account is younger than 86400 seconds$/);
    } finally {
      await limitCards({});
    }
    expect([await balanceOf(account), await balanceOf(old.id)]).toEqual([5_000, 5_001]);
    expect(await charged(own)).toBe(10_001);
  });

  it('takes effect once per key, and is answered with its end when the client waits', async () => {
    const account = await system.account('USD', 0);
    const key = randomUUID();
    const wait = { key, headers: { prefer: 'wait=10' } };
    const first = await institution.request(account.id, 4_000, {}, wait);
    expect(first).toMatchObject({ status: 200, body: { status: 'COMPLETED', approved: usd(4_000) } });
    expect(await institution.request(account.id, 4_000, {}, wait)).toMatchObject({
      headers: { 'idempotent-replayed': 'true' },
      body: first.body,
    });
    const otherPin = { card: { ...card, pin: '1357' } };
    expect(problemIn(await institution.request(account.id, 4_000, otherPin, { key }))).toMatchObject({ code: 'idempotency-key-reused' });
    expect(problemIn(await institution.request(account.id, 4_000, {}, { key: null }))).toMatchObject({ code: 'idempotency-key-missing' });
    expect(await balanceOf(account.id)).toBe(4_000);
  });

  it('is refused before anything is stored when it makes no sense', async () => {
    const { institution: own, account } = await at();
    const before = await system.rowCounts('atm-gateway');
    const wrong: [object, number, string][] = [
      [{ card: { number: '49291234', pin: 'abcd' } }, 400, 'validation-failed'],
      [{ card: { number: '4929-1234', pin: '1234' } }, 400, 'validation-failed'],
      [{ card: { ...card, cvv: '123' } }, 400, 'validation-failed'],
      [{ card: undefined }, 400, 'validation-failed'],
      [{ institution: 'nowhere' }, 404, 'institution-not-found'],
      [{ amount: usd(0) }, 400, 'validation-failed'],
    ];
    for (const [change, status, code] of wrong) {
      const reply = await own.request(account, 1_000, change);
      expect(problemIn(reply)).toMatchObject({ status, code });
      expect(reply.text).not.toMatch(/4929|abcd/);
    }
    expect({ ...(await system.rowCounts('atm-gateway')), idempotency_keys: 0 }).toEqual({ ...before, idempotency_keys: 0 });
    expect(problemIn(await system.gateway.get('/v1/redemptions/rdm_01j9zq3v8k4m5n6p7q8r9s0t1v'))).toMatchObject({
      code: 'redemption-not-found',
    });
  });
});

describe('an institution that', () => {
  it.concurrent.each(['error_after_act', 'broken_answer', 'wrong_id', 'wrong_currency', 'crash_after_act'])(
    'charges, and says nothing clear (%s): the charge is taken back',
    async (behaviour) => {
      const { institution: own, account } = await at(behaviour);
      const reversed = await own.redeem(account, 4_000, 'REVERSED');
      expect(says(reversed)).toEqual(['reply unknown', 'reply reversed']);
      expect(reversed).toMatchObject({ failure: { code: 'no-clear-answer' }, reversal_id: reversed.id.replace('rdm', 'rev') });
      expect(await own.journal()).toEqual(['approved 4000', 'reversed 4000']);
      expect(await balanceOf(account)).toBe(0);
    },
  );

  it.concurrent.each([
    [`late:${2 * answerWithinMs}`, ['approved 4000', 'reversed 4000']],
    [`late_answer:${2 * answerWithinMs}`, ['approved 4000', 'reversed 4000']],
    [`delayed:${2 * answerWithinMs}`, ['tombstoned 0']],
    ['silent', ['tombstoned 0']],
  ])('does not answer in time (%s): what it says later is recorded, and never credited', async (behaviour, journal) => {
    const { institution: own, account } = await at(behaviour);
    const id = await own.requested(account, 4_000);
    await own.until(id, 'REVERSED');
    if (behaviour.startsWith('late')) {
      const late = await system.eventually('the late answer is heard', async () => {
        const seen = await own.look(id);
        return says(seen).includes('reply done') ? seen : undefined;
      });
      expect(late).toMatchObject({ status: 'REVERSED', cases: [] });
      expect(late.approved).toBeUndefined();
    }
    expect(await own.journal()).toEqual(journal);
    expect(await balanceOf(account)).toBe(0);
  });

  it.concurrent.each(['cancel_error:4', 'cancel_lost:4'])(
    'does not acknowledge the reversal (%s): it is repeated under one reference',
    async (trouble) => {
      const { institution: own, account } = await at(`error_after_act+${trouble}`);
      const id = await own.requested(account, 4_000);
      expect(await own.until(id, 'REVERSED')).toMatchObject({ reversal_id: id.replace('rdm', 'rev') });
      expect(await own.journal()).toEqual(['approved 4000', 'reversed 4000']);
      expect(await balanceOf(account)).toBe(0);
    },
  );

  it.concurrent('charges after it has promised not to: that is taken back too, and somebody looks', async () => {
    const { institution: own, account } = await at('tombstone_broken:1500');
    const id = await own.requested(account, 4_000);
    await own.until(id, 'REVERSED');
    await system.eventually('it breaks its promise', async () => (await own.journal()).includes('approved 4000'));
    await system.eventually('it is taken back', async () => (await charged(own)) === 0);
    expect(await own.until(id, 'REVERSED')).toMatchObject({ cases: [{ reason: 'contradiction' }] });
    expect(await balanceOf(account)).toBe(0);
  });

  it.concurrent.each([
    ['answers_lost', ['approved 4000', 'reversed 4000']],
    ['requests_lost', ['tombstoned 0']],
  ])('is cut off for long (%s): somebody is told, it goes on, and ends when the institution is back', async (network, journal) => {
    const { institution: own, account } = await at();
    await own.tell({ network });
    const id = await own.requested(account, 4_000);
    const alarm = `falconpay_reversals_unacknowledged{partner="institution/${own.id}"} 1`;
    await system.eventually('the alarm', async () => (await system.gateway.get('/metrics')).text.includes(alarm));
    expect(await own.look(id)).toMatchObject({ status: 'REVERSING' });
    await own.tell({});
    await own.until(id, 'REVERSED');
    expect(await own.journal()).toEqual(journal);
    expect(await balanceOf(account)).toBe(0);
  });
});

describe('redemptions', () => {
  it('are listed newest first, by account, institution and status', async () => {
    const { institution: own, account } = await at('success', 'refuse', 'success');
    const ids: string[] = [];
    for (const status of ['COMPLETED', 'DECLINED', 'COMPLETED']) ids.unshift((await own.redeem(account, 100, status)).id);
    const idsOf = async (query: string) =>
      (((await system.gateway.get(`/v1/redemptions?${query}`)).body as Parsed).data as Redemption[]).map(({ id }) => id);
    expect(await idsOf(`account=${account}`)).toEqual(ids);
    expect(await idsOf(`institution=${own.id}&status=DECLINED`)).toEqual([ids[1]]);
    expect(await idsOf(`institution=${own.id}&status=CASHING_OUT`)).toEqual([]);
    const listed = (await system.gateway.get('/v1/institutions')).body as Parsed;
    expect((listed.data as Parsed[]).map(({ id }) => id as string)).toContain(own.id);
  });
});

describe('in the end', () => {
  it('the books agree with the institutions’ words', async () => {
    expect(await brokenPromises(system)).toEqual([]);
  });
});
