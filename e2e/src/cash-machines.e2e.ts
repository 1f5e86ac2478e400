import { startSystem, type RunningSystem } from '@falconpay/testing/running-system';
import { brokenPromises } from './faults/books.js';
import { Bank } from './bank.js';
import { CashMachine, type Withdrawal } from './cash-machine.js';
import { usd } from './partner.js';
import { PartnerDoor } from './faults/partner-door.js';
import { LyingMachine } from './lying-machine.js';

/**
 * As long as a machine may take; all else is in proportion: the first question comes a sixth of it later. The tests that wait for
 * it wait together.
 */
const answerWithinMs = 2_000;

let system: RunningSystem;
beforeAll(async () => {
  const env = { ATM_DISPENSE_TIMEOUT_MS: String(answerWithinMs), ATM_ERRANDS_EVERY_MS: '20', ATM_REVIEW_AFTER_MS: '7500' };
  system = await startSystem({ name: 'machines', env });
});
afterAll(() => system?.stop());

const whole = { posted: 10_000, held: 0, available: 10_000 };
const reserved = { posted: 10_000, held: 4_000, available: 6_000 };
const paid = (amount: number) => ({ posted: 10_000 - amount, held: 0, available: 10_000 - amount });

async function inFront(...behaviours: string[]): Promise<{ machine: CashMachine; account: string }> {
  const [machine, { id }] = await Promise.all([CashMachine.install(system), system.account('USD', 10_000)]);
  await machine.behave(...behaviours);
  return { machine, account: id };
}

const says = ({ evidence }: Withdrawal): string[] => evidence.map((piece) => `${piece.source} ${piece.says}`);
const reasons = ({ cases }: Withdrawal): string[] => cases.map(({ reason }) => reason);
/** Whether it was announced that nobody knows what came out. */
const isDoubted = async (id: string): Promise<boolean> => {
  const announced = `select 1 from outbox where aggregatetype = 'withdrawal.reconciling' and aggregateid = $1`;
  return (await system.sql('atm-gateway', announced, [id])).length > 0;
};
/** Before a machine; its answers pass by there. */
async function doorOf(machine: CashMachine): Promise<PartnerDoor> {
  const door = await PartnerDoor.start(system.local.urls['simulator'] ?? '');
  await machine.moveTo(`${door.url}/v1/atms/${machine.id}`);
  return door;
}

describe('the money of an order', () => {
  let brief: RunningSystem;
  const env = {
    ...{ ATM_DISPENSE_TIMEOUT_MS: '1000', ATM_ERRANDS_EVERY_MS: '20', WALLET_HOLD_EXPIRY_EVERY_MS: '20' },
    ...{ ATM_BEGIN_WITHIN_MS: '8000', PAYOUT_BEGIN_WITHIN_MS: '8000' },
  };
  beforeAll(async () => {
    brief = await startSystem({ name: 'brief', env });
  });
  afterAll(() => brief?.stop());

  const isOver = async (id: string): Promise<boolean> =>
    (await brief.sql('atm-gateway', 'select 1 from orders where id = $1 and expires_at < now()', [id])).length > 0;

  it('stays set apart beyond its time while nobody knows what has left, also when the wallet could not hear of the doubt', async () => {
    const [machine, bank] = await Promise.all([CashMachine.install(brief), Bank.open(brief)]);
    const asked = await brief.whileHolding('atm-gateway', 'lock table errands in exclusive mode', async () => {
      const orders = await Promise.all(
        [machine, bank].map(async (partner) => {
          const [{ id: account }] = await Promise.all([brief.account('USD', 10_000), partner.behave('unknown')]);
          return { partner, account, id: await partner.requested(account, 4_000) };
        }),
      );
      const holds = () => brief.sql('wallet', 'select 1 from holds where id = any($1)', [orders.map(({ id }) => id)]);
      await brief.eventually('both are set apart', async () => (await holds()).length === orders.length);
      await brief.stopService('wallet');
      return orders;
    });
    await Promise.all(asked.map(({ partner, id }) => partner.until(id, 'RECONCILING')));
    for (const { id } of asked) await brief.eventually('its time is over', () => isOver(id));
    await brief.startService('wallet');
    const { id: other } = await brief.account('USD', 100);
    const expires_at = new Date(Date.now() + 2_000).toISOString();
    await brief.wallet.post(`/v1/accounts/${other}/holds`, { amount: usd(60), expires_at });
    const expired = `select 1 from holds where account_id = $1 and status = 'EXPIRED'`;
    await brief.eventually('what may expire has expired', async () => (await brief.sql('wallet', expired, [other])).length > 0);
    for (const { partner, account, id } of asked) {
      expect(await partner.look(id)).toMatchObject({ status: 'RECONCILING' });
      expect(await partner.balance(account)).toEqual(reserved);
    }
  });

  it('is given back, and nothing is sent, when its time is over before anybody has asked', async () => {
    const [machine, { id: account }] = await Promise.all([CashMachine.install(brief), brief.account('USD', 10_000)]);
    const id = await brief.whileHolding('atm-gateway', 'lock table errands in exclusive mode', async () => {
      const requested = await machine.requested(account, 4_000);
      await brief.eventually('its time is over', () => isOver(requested));
      return requested;
    });
    expect(await machine.until(id, 'REFUNDED')).toMatchObject({ failure: { code: 'expired' }, evidence: [] });
    expect(await machine.balance(account)).toEqual(whole);
    expect(await machine.journal(id)).toEqual([]);
  });

  it('and the books agree with the evidence', async () => {
    const left = await brief.sql('atm-gateway', `select 1 from orders where status = 'RECONCILING'`);
    expect(await brokenPromises(brief)).toEqual([]);
    expect(left).toHaveLength(2);
  });
});

/** Outcomes by their numbers in the specification. */
describe('a cash machine that', () => {
  it.concurrent('pays in time: all of it is captured (ATM-01)', async () => {
    const { machine, account } = await inFront('success');
    const { dispensed } = await machine.withdraw(account, 4_000, 'COMPLETED');
    expect(dispensed).toEqual(usd(4_000));
    expect(await machine.balance(account)).toEqual(paid(4_000));
  });

  it.concurrent.each(['refuse', 'jam', 'refuse:offline'])('does not begin (%s): the money is given back (ATM-02)', async (behaviour) => {
    const { machine, account } = await inFront(behaviour);
    const refunded = await machine.withdraw(account, 4_000, 'REFUNDED');
    expect(says(refunded)).toEqual(['reply refused']);
    expect(await machine.balance(account)).toEqual(whole);
    expect(await machine.journal()).toEqual(['not_dispensed 0']);
  });

  it.concurrent('cannot be reached at all: nothing was sent, and the money is given back (ATM-02)', async () => {
    const { machine, account } = await inFront();
    await machine.moveTo('http://127.0.0.1:1/atms/X');
    expect(says(await machine.withdraw(account, 4_000, 'REFUNDED'))).toEqual(['reply not_sent']);
    expect(await machine.balance(account)).toEqual(whole);
  });

  it.concurrent('pays a part: that part is captured and the rest given back, in one commit (ATM-03)', async () => {
    const { machine, account } = await inFront('partial:40');
    const completed = await machine.withdraw(account, 4_000, 'COMPLETED');
    expect(completed.dispensed).toEqual(usd(1_600));
    expect(await machine.balance(account)).toEqual(paid(1_600));
    const [commits] = await system.sql<{ count: number }>(
      'wallet',
      `select count(distinct h.xmin::text) + count(distinct e.xmin::text) - count(*) filter (where h.xmin = e.xmin) as count
       from holds h join entries e on e.transaction_id = h.id where h.id = $1 and e.account_id = h.account_id`,
      [completed.id],
    );
    expect(Number(commits?.count)).toBe(1);
  });

  it.concurrent.each(['crash_after_act', 'error_after_act', 'broken_answer', 'wrong_id', 'wrong_currency', 'too_much'])(
    'pays, and nobody hears of it (%s): it is asked, and captured once (ATM-04)',
    async (behaviour) => {
      const { machine, account } = await inFront(behaviour);
      const completed = await machine.withdraw(account, 4_000, 'COMPLETED');
      expect(says(completed)[0]).toBe('reply unknown');
      expect(says(completed).at(-1)).toMatch(/ done$/);
      expect(await machine.balance(account)).toEqual(paid(4_000));
      expect(await machine.journal()).toEqual(['dispensed 4000']);
    },
  );

  it.concurrent('says nothing and has done nothing: a tombstone, and then the money is given back, not before (ATM-05)', async () => {
    const { machine, account } = await inFront('silent');
    const id = await machine.requested(account, 4_000);
    await machine.until(id, 'DISPENSING');
    expect(await machine.balance(account)).toEqual(reserved);
    const refunded = await machine.until(id, 'REFUNDED');
    expect(says(refunded)).toContain('reply tombstoned');
    expect(await machine.balance(account)).toEqual(whole);
    expect(await machine.journal()).toEqual(['tombstoned 0']);
  });

  it.concurrent('has not heard of it yet: "not found" is no evidence; the tombstone holds the command back (ATM-05)', async () => {
    const { machine, account } = await inFront(`delayed:${answerWithinMs * 4}+cancel_error:3`);
    const id = await machine.requested(account, 4_000);
    const reconciling = await machine.until(id, 'RECONCILING');
    expect(says(reconciling)).not.toContain('reply tombstoned');
    expect(await machine.balance(account)).toEqual(reserved);
    const refunded = await machine.until(id, 'REFUNDED');
    expect(says(refunded)).toContain('reply tombstoned');
    expect(await machine.journal()).toEqual(['tombstoned 0']);
  });

  it.concurrent.each([1.1, 2, 3])('pays late, %f times as late as it may: doubted, and captured once (ATM-06)', async (times) => {
    const { machine, account } = await inFront(`late:${answerWithinMs * times}`);
    const door = await doorOf(machine);
    // Time is up before the machine is heard, however slow the gateway is.
    door.keepAnswers();
    const id = await machine.requested(account, 4_000);
    await system.eventually('it is in doubt', () => isDoubted(id));
    if (times >= 2) {
      await machine.until(id, 'RECONCILING');
      expect(await machine.balance(account)).toEqual(reserved);
    }
    door.letAnswersGo();
    expect(await machine.until(id, 'COMPLETED')).toMatchObject({ dispensed: usd(4_000), cases: [] });
    expect(await machine.balance(account)).toEqual(paid(4_000));
    expect(await machine.journal()).toEqual(['dispensed 4000']);
    expect(door.sent(id)).toBe(1);
    await door.stop();
  });

  it.concurrent('pays in time and says so late, after it was asked: the second word is the first one again (ATM-06)', async () => {
    const { machine, account } = await inFront(`late_answer:${answerWithinMs * 2}`);
    const door = await doorOf(machine);
    const { id } = await machine.withdraw(account, 4_000, 'COMPLETED');
    await system.eventually('the late answer has come', () => door.isQuiet);
    await door.stop();
    expect(await machine.look(id)).toMatchObject({ status: 'COMPLETED', cases: [] });
    expect(await machine.balance(account)).toEqual(paid(4_000));
  });

  it.concurrent('refuses late, while it is being asked: the money is given back then, not before', async () => {
    const { machine, account } = await inFront(`late_refuse:${answerWithinMs * 2}`);
    const id = await machine.requested(account, 4_000);
    await machine.until(id, 'RECONCILING');
    expect(await machine.balance(account)).toEqual(reserved);
    expect(await machine.until(id, 'REFUNDED')).toMatchObject({ failure: { detail: 'took too long' }, cases: [] });
    expect(await machine.balance(account)).toEqual(whole);
  });

  it.concurrent('pays after it has promised not to: the bank stands the shortage, and somebody looks (ATM-07)', async () => {
    const { machine, account } = await inFront(`tombstone_broken:${answerWithinMs * 2}`);
    const review = await machine.withdraw(account, 4_000, 'MANUAL_REVIEW');
    const { id } = review;
    expect(review).toMatchObject({ dispensed: usd(4_000), cases: [{ reason: 'late-success' }] });
    expect(await machine.journal()).toEqual(['tombstoned 0', 'dispensed 4000']);
    await system.eventually('the shortage is posted', async () => (await machine.receivable(id)) === 4_000);
    expect(await machine.balance(account)).toEqual(whole);
    expect((await machine.resolve(id, 'not_dispensed')).status).toBe(422);
    expect(await machine.resolve(id, 'dispensed')).toMatchObject({ status: 200, body: { status: 'COMPLETED', dispensed: usd(4_000) } });
    expect(await machine.receivable(id)).toBe(4_000);
    expect(await machine.hold(id)).toBe('RELEASED');
  });

  it.concurrent('gets the command twice, from the network: no second cash (ATM-08)', async () => {
    const { machine, account } = await inFront();
    const { id } = await machine.withdraw(account, 4_000, 'COMPLETED');
    const url = `/v1/atms/${machine.id}/dispenses`;
    const again = await system.client('simulator').post(url, { dispense_id: id, amount: usd(4_000) });
    expect(again).toMatchObject({ status: 200, body: { outcome: 'dispensed' } });
    expect(await machine.journal(id)).toEqual(['dispensed 4000']);
    expect(await machine.balance(account)).toEqual(paid(4_000));
  });

  it.concurrent('answers twice: the second says nothing new (ATM-09)', async () => {
    const { machine, account } = await inFront('duplicate_answer');
    const completed = await machine.withdraw(account, 4_000, 'COMPLETED');
    expect(completed.cases).toEqual([]);
    expect(await machine.balance(account)).toEqual(paid(4_000));
  });

  it.concurrent(
    'denies what it is about to do: the first word counts, the second opens a case, and no cash is forgotten (ATM-09)',
    async () => {
      const { machine, account } = await inFront(`contradict:${answerWithinMs * 2}`);
      const review = await machine.withdraw(account, 4_000, 'MANUAL_REVIEW');
      expect(says(review)).toEqual(['reply refused', 'reply done']);
      expect(reasons(review)).toEqual(['late-success']);
      expect(await machine.balance(account)).toEqual(whole);
    },
  );

  it.concurrent('says that it has paid, and then that it has not: what was decided stays, and somebody looks (ATM-09)', async () => {
    const { machine, account } = await inFront();
    const liar = await LyingMachine.start();
    try {
      await machine.moveTo(liar.url);
      const id = await machine.requested(account, 4_000);
      await machine.until(id, 'COMPLETED');
      liar.denyIt(id);
      const opened = await system.eventually('a case is open', async () => {
        const seen = await machine.look(id);
        return seen.cases.length > 0 ? seen : undefined;
      });
      expect(opened).toMatchObject({ status: 'COMPLETED', dispensed: usd(4_000), cases: [{ reason: 'contradiction' }] });
      expect(says(opened)).toEqual(expect.arrayContaining(['reply done', 'reply refused']));
      expect(await machine.balance(account)).toEqual(paid(4_000));
    } finally {
      await liar.stop();
    }
  });

  it.concurrent('takes the cash back and counts it: given back (ATM-10)', async () => {
    const { machine, account } = await inFront('retract_counted');
    expect(says(await machine.withdraw(account, 4_000, 'REFUNDED')).at(-1)).toBe('reply retracted');
    expect(await machine.balance(account)).toEqual(whole);
  });

  it.concurrent.each(['retract_uncounted', 'retract_partly:20'])(
    'takes some back (%s): the money stays set apart until somebody has counted (ATM-11)',
    async (behaviour) => {
      const { machine, account } = await inFront(behaviour);
      const review = await machine.withdraw(account, 4_000, 'MANUAL_REVIEW');
      expect(reasons(review)).toEqual(['unclear']);
      expect(await machine.balance(account)).toEqual(reserved);
      expect((await machine.resolve(review.id, 'dispensed', { dispensed: usd(800) })).status).toBe(200);
      expect(await machine.until(review.id, 'COMPLETED')).toMatchObject({ dispensed: usd(800) });
      expect(await machine.balance(account)).toEqual(paid(800));
    },
  );

  it.concurrent('never knows: the money stays set apart until somebody finds out (ATM-12)', async () => {
    const { machine, account } = await inFront('unknown');
    const id = await machine.requested(account, 4_000);
    await machine.until(id, 'RECONCILING');
    const review = await machine.until(id, 'MANUAL_REVIEW');
    expect(reasons(review)).toEqual(['no-answer']);
    expect(await machine.balance(account)).toEqual(reserved);
    expect((await machine.resolve(id, 'not_dispensed')).status).toBe(200);
    await machine.until(id, 'REFUNDED');
    expect(await machine.balance(account)).toEqual(whole);
  });

  it.concurrent('loses its power between motion and journal: nobody knows, and somebody has to look (ATM-13)', async () => {
    const { machine, account } = await inFront('power_cut');
    const review = await machine.withdraw(account, 4_000, 'MANUAL_REVIEW');
    expect(reasons(review)).toEqual(['no-answer']);
    expect(await machine.balance(account)).toEqual(reserved);
    expect((await machine.resolve(review.id, 'dispensed')).status).toBe(200);
    await machine.until(review.id, 'COMPLETED');
    expect(await machine.balance(account)).toEqual(paid(4_000));
  });

  it.concurrent('has a clock that is hours off: what counts is the id (ATM-15)', async () => {
    const { machine, account } = await inFront();
    await machine.tell({ next: ['crash_after_act'], clock_offset_hours: -5 });
    expect(await machine.withdraw(account, 4_000, 'COMPLETED')).toMatchObject({ dispensed: usd(4_000), cases: [] });
    expect(await machine.balance(account)).toEqual(paid(4_000));
  });

  it.concurrent.each(['cancel_error:2', 'cancel_lost:2', 'inquiry_error:2'])('is hard to ask (%s): it is asked again', async (trouble) => {
    const { machine, account } = await inFront(`crash_after_act+${trouble}`, `silent+${trouble}`);
    await machine.withdraw(account, 1_000, 'COMPLETED');
    await machine.withdraw(account, 1_000, 'REFUNDED');
    expect(await machine.balance(account)).toEqual(paid(1_000));
  });
});

describe('in the end', () => {
  it('the books agree with the evidence', async () => {
    expect(await brokenPromises(system)).toEqual([]);
  });
});
