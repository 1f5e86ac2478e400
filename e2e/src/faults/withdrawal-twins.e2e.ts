import type { CrashPoints } from '@falconpay/testing/crash-points';
import { CashMachine } from '../cash-machine.js';
import { partnersInBooks } from '../partners-in-books.js';
import { brokenPromises } from './books.js';
import { CrashSweep } from './crash-sweep.js';
import type { FaultSystem } from './fault-system.js';
import { PartnerDoor } from './partner-door.js';
import { commandSentAgain, describeTwins, type Scenario, type TwinCase } from './twin-play.js';

const answerWithinMs = 1_000;
const env = { ATM_DISPENSE_TIMEOUT_MS: String(answerWithinMs), ATM_ERRANDS_EVERY_MS: '20', WALLET_HOLD_EXPIRY_EVERY_MS: '20' };
const amount = 4_000;

interface Scene {
  readonly system: FaultSystem;
  readonly crashes: CrashPoints;
  readonly machine: CashMachine;
  readonly door: PartnerDoor;
  readonly account: string;
}

/** A machine that treats a withdrawal so; what is wrong afterwards is told by the books, the machine's journal and its door. */
const inFrontOf =
  (behaviour: string, act: (scene: Scene) => Promise<unknown>): Scenario =>
  async (system, crashes) => {
    const { running } = system;
    const door = await PartnerDoor.start(running.local.urls['simulator'] ?? '');
    try {
      const [machine, { id: account }] = await Promise.all([CashMachine.install(running, door.url), running.account('USD', 10_000)]);
      await machine.behave(behaviour);
      await act({ system, crashes, machine, door, account });
      const broken = await brokenPromises(running);
      const { wrong } = await partnersInBooks(running.local, 'withdrawal', [machine.id]);
      return [...broken, ...wrong, ...door.sentAgain];
    } finally {
      await door.stop();
    }
  };

const ended = ['COMPLETED', 'REFUNDED', 'MANUAL_REVIEW'];

/** It has ended, and the machine has nothing more to say. */
const untilOver = ({ system, machine, door }: Scene, id: string): Promise<unknown> =>
  system.running.eventually('it is over', async () => door.isQuiet && ended.includes((await machine.look(id)).status));

const withdraw = async (scene: Scene): Promise<void> => {
  const id = await scene.machine.requested(scene.account, amount);
  await scene.system.running.eventually('the machine is asked', () => scene.door.sent(id) > 0);
  await untilOver(scene, id);
};

const killWhileItIsTold = async (scene: Scene): Promise<void> => {
  const sweep = await CrashSweep.of(scene.system, scene.crashes);
  try {
    const begin = (): Promise<string> => scene.machine.requested(scene.account, amount);
    const way = { services: ['atm-gateway', 'wallet'], begin, ended: (id: string) => untilOver(scene, id) };
    expect(await sweep.crashAt(way, 'atm-gateway', 'call POST dispenses#1', 'sent')).toBeDefined();
  } finally {
    await sweep.stop();
  }
};

/** The time of the hold is over while nobody knows what came out. */
const outliveTheHold = async ({ system: { running }, machine, account }: Scene): Promise<void> => {
  const id = await machine.withdraw(account, amount, 'RECONCILING');
  await running.sql('wallet', 'update holds set expires_at = now() where id = $1 and expires_at is not null', [id.id]);
  const decided = `select 1 from holds where id = $1 and (expires_at is null or status <> 'ACTIVE')`;
  await running.eventually('its time is over, or it has none', async () => (await running.sql('wallet', decided, [id.id])).length > 0);
};

/** The machine breaks its word, and says so. */
const hearOfItLate = async (scene: Scene): Promise<void> => {
  const id = await scene.machine.requested(scene.account, amount);
  await scene.system.running.eventually('it has been said that cash came out', async () =>
    (await scene.machine.look(id)).evidence.some(({ says }) => says === 'done'),
  );
};

const errands = 'apps/atm-gateway/dist/outside/errand.js';
const claims = 'apps/atm-gateway/dist/orders/claim-errand/claim-errand.js';

const twins: readonly TwinCase[] = [
  {
    name: 'gives the money back when the machine is silent for too long',
    edits: [
      {
        file: claims,
        from: 'const { order: after, announce } = doubted(order, now);',
        to: `const failure = { code: 'time-out', detail: 'no answer' };
             const { order: after, announce } = { order: moved(order, 'fail', now, { failure }), announce: 'failed' };`,
      },
    ],
    scenario: inFrontOf(`crash_after_act+late:${answerWithinMs * 2}`, withdraw),
    finds: /I11 order \S+: has been given back, and nobody said that nothing had left/,
  },
  {
    name: 'sends the dispense again after a crash',
    edits: commandSentAgain,
    scenario: inFrontOf('success', killWhileItIsTold),
    finds: /the command for \S+ was sent 2 times/,
  },
  {
    name: 'takes "not found" for "not dispensed"',
    edits: [
      {
        file: errands,
        from: `step: 'cancel',\n        dueAt: after(now, patience.answerWithinMs)`,
        to: `step: 'inquire',\n        dueAt: after(now, patience.answerWithinMs)`,
      },
      { file: 'apps/atm-gateway/dist/outside/weigh.js', from: `'never_heard',`, to: '' },
    ],
    scenario: inFrontOf(`crash_after_act+delayed:${answerWithinMs * 2}`, withdraw),
    finds: /I11 withdrawal \S+ \(REFUNDED\): 4000 by the machine's journal, and 0 by our ledger/,
  },
  {
    name: 'lets a hold expire while nobody knows what came out',
    edits: [
      {
        file: 'apps/wallet/dist/holds/hold.js',
        from: `expiresAt: source === 'request' ? expiresAt : undefined`,
        to: 'expiresAt',
      },
    ],
    scenario: inFrontOf('unknown', outliveTheHold),
    finds: /I11 order \S+: the gateway has it as ".* held", the wallet as ".* given back"/,
  },
  {
    name: 'drops what comes late',
    edits: [
      {
        file: 'apps/atm-gateway/dist/orders/ruling.js',
        from: 'if (claimed === undefined || order.paid !== undefined) return {',
        to: 'if (order) return {',
      },
    ],
    scenario: inFrontOf(`tombstone_broken:${answerWithinMs}`, hearOfItLate),
    finds: /I11 order \S+: has been given back, and nobody looks into it that 4000 is said to have left/,
  },
];

describeTwins(twins, env);
