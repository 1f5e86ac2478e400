import type { Patience } from '@falconpay/testing/eventually';
import type { RunningSystem } from '@falconpay/testing/running-system';
import { Bank } from '../bank.js';
import { Institution, type Redemption } from '../institution.js';
import { partnersInBooks } from '../partners-in-books.js';
import { brokenPromises } from './books.js';
import { CrashSweep } from './crash-sweep.js';
import { PartnerDoor } from './partner-door.js';
import { commandSentAgain, describeTwins, type Scenario, type TwinCase } from './twin-play.js';

const answerWithinMs = 1_000;
const env = {
  ...{ REDEMPTION_TIMEOUT_MS: String(answerWithinMs), REVERSAL_RETRY_MS: '20', ATM_ERRANDS_EVERY_MS: '20' },
  ...{ PAYOUT_WORKERS: '1', PAYOUT_QUEUE: '10', PAYOUT_TIMEOUT_MS: '3000' },
};
const amount = 4_000;

/** A redemption may end before all topics of a system that was just started have a leader: the books are read once they have. */
const wrongIn = (running: RunningSystem, patience: Patience): Promise<string[]> =>
  running.eventually('the books can be read', () => brokenPromises(running, patience));

/** A card is redeemed there until `over`; the account must have what stays charged by the institution's own record. */
const redeemed =
  (behaviour: string, over: (seen: Redemption, hasErrand: boolean) => boolean): Scenario =>
  async ({ running }, _, patience) => {
    const [institution, { id: account }] = await Promise.all([Institution.join(running), running.account('USD', 0)]);
    await institution.behave(behaviour);
    const id = await institution.requested(account, amount);
    const isOver = async (): Promise<boolean> => {
      // The errand first: it goes with the commit that ends the redemption.
      const hasErrand = (await running.sql('atm-gateway', 'select 1 from errands where id = $1', [id])).length > 0;
      return over(await institution.look(id), hasErrand);
    };
    await running.eventually('it is over', isOver);
    const broken = await wrongIn(running, patience);
    const charged = (await institution.journal(id)).filter((line) => line === `approved ${amount}`).length;
    const takenBack = (await institution.journal(id)).filter((line) => line === `reversed ${amount}`).length;
    const [has, costs] = [await running.balance(account), (charged - takenBack) * amount];
    return has === costs ? broken : [...broken, `${id}: the card was charged ${costs}, and the account has ${has}`];
  };

/** Of payouts to a bank that takes its time, one is under way and the others wait when the process dies. */
const killWhileTheyWait: Scenario = async ({ running }, _, patience) => {
  const [bank, { id: account }] = [await Bank.open(running), await running.account('USD', 10_000)];
  await bank.always('late_answer:5000');
  const ids = await Promise.all([1, 2, 3, 4].map(() => bank.requested(account, 100)));
  await running.eventually('one is with the bank, and the others wait', async () => {
    const states = (await Promise.all(ids.map((id) => bank.look(id)))).map(({ status }) => status);
    return states.includes('SENDING') && states.filter((state) => state === 'RESERVED').length === 3;
  });
  await running.kill('atm-gateway');
  await bank.always('success');
  await running.ready('atm-gateway');
  return wrongIn(running, patience);
};

/** The process dies when the payout has just been sent; a bank forgives a second one, its door does not. */
const killWhileItIsSent: Scenario = async (system, crashes, patience) => {
  const { running } = system;
  const [door, sweep] = [await PartnerDoor.start(running.local.urls['simulator'] ?? ''), await CrashSweep.of(system, crashes)];
  try {
    const [bank, { id: account }] = [await Bank.open(running, undefined, door.url), await running.account('USD', 10_000)];
    const over = ['COMPLETED', 'REFUNDED', 'MANUAL_REVIEW'];
    const way = {
      services: ['atm-gateway', 'wallet'],
      begin: () => bank.requested(account, amount),
      ended: (id: string) => running.eventually('it is over', async () => door.isQuiet && over.includes((await bank.look(id)).status)),
    };
    expect(await sweep.crashAt(way, 'atm-gateway', 'call POST credits#1', 'sent')).toBeDefined();
    const { wrong } = await partnersInBooks(running.local, 'payout', [bank.id]);
    return [...(await wrongIn(running, patience)), ...wrong, ...door.sentAgain];
  } finally {
    await sweep.stop();
    await door.stop();
  }
};

const claims = 'apps/atm-gateway/dist/redemptions/claim-cash-out/claim-cash-out.js';
const answers = 'apps/atm-gateway/dist/redemptions/record-answer/record-answer.js';
const lifecycle = 'apps/atm-gateway/dist/redemptions/redemption.lifecycle.js';
const reversalStored = `begin(undone, postponed(errand, 'cancel', again, tries + 1), 'cancel', where)`;

const twins: readonly TwinCase[] = [
  {
    name: 'credits an approval that comes after the reversal',
    edits: [
      {
        file: answers,
        from: `if (order.status === 'CASHING_OUT') return {\n        order: moved(order, 'approve'`,
        to: `if (['CASHING_OUT', 'REVERSING', 'REVERSED'].includes(order.status)) return {\n        order: moved(order, 'approve'`,
      },
      { file: lifecycle, from: `send: stale,\n                approve: stale`, to: `send: stale, approve: 'CREDITING'` },
      { file: lifecycle, from: `send: stale,\n                approve: 'REVERSING'`, to: `send: stale, approve: 'CREDITING'` },
    ],
    scenario: redeemed(
      `late:${answerWithinMs * 3}`,
      ({ status, evidence }) => ['COMPLETED', 'REVERSED'].includes(status) && evidence.some(({ says }) => says === 'done'),
    ),
    finds: /the card was charged 0, and the account has 4000/,
  },
  {
    name: 'sends the reversal once, without anything that remembers it',
    edits: [
      {
        file: claims,
        from: reversalStored,
        to: `begin(undone, { ...postponed(errand, 'cancel', again, tries + 1), dueAt: undefined }, 'cancel', where)`,
      },
    ],
    scenario: redeemed(
      'error_after_act+cancel_lost:1+cancel_error:1',
      ({ status }, hasErrand) => status === 'REVERSED' || (status === 'REVERSING' && !hasErrand),
    ),
    finds: /I8 order rdm_\S+: waits for a partner, and nobody asks/,
  },
  {
    name: 'gives the reversal up after some tries',
    edits: [
      {
        file: claims,
        from: reversalStored,
        to: `begin(undone, { ...postponed(errand, 'cancel', again, tries + 1), ...(tries > 2 ? { dueAt: undefined } : {}) }, 'cancel', where)`,
      },
    ],
    scenario: redeemed(
      'error_after_act+cancel_error:5',
      ({ status }, hasErrand) => status === 'REVERSED' || (status === 'REVERSING' && !hasErrand),
    ),
    finds: /the card was charged 4000, and the account has 0/,
  },
  {
    name: 'sends a payout again after a crash',
    edits: commandSentAgain,
    scenario: killWhileItIsSent,
    finds: /the command for pyo_\S+ was sent 2 times/,
  },
  {
    name: 'has its queue of payouts in memory only',
    edits: [
      {
        file: 'apps/atm-gateway/dist/outside/errand-worker.timer.js',
        from: 'for (const hint of (await this.surroundings.due([\n            ...this.queues.keys()\n        ], dueAtOnceMax)))this.tell(hint);',
        to: '',
      },
    ],
    scenario: killWhileTheyWait,
    finds: /I8 order pyo_\S+: RESERVED since/,
  },
];

describeTwins(twins, env);
