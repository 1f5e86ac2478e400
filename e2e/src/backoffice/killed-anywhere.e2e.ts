import { SERVICES } from '@falconpay/local/services';
import { faultsInBooks } from '@falconpay/testing/books';
import { CrashPoints } from '@falconpay/testing/crash-points';
import type { RunningSystem } from '@falconpay/testing/running-system';
import { postUntilAccepted } from '../faults/clients.js';
import { startWithOwnInfrastructure } from '../faults/fault-system.js';
import { FailingWallet } from './failing-wallet.js';

const patience = { withinMs: 90_000, everyMs: 100 };
const services = SERVICES.filter(({ name }) => ['wallet', 'payment', 'backoffice'].includes(name));

let crashes: CrashPoints;
let system: RunningSystem;
let wallet: FailingWallet;
/** All that were ever accepted, of one unit each. */
const transfers: string[] = [];

beforeAll(async () => {
  crashes = new CrashPoints();
  const env = {
    BACKOFFICE_REPLAY_EVERY_MS: '50',
    RETRY_FIRST_DELAY_MS: '100',
    RETRY_DELAY_MAX_MS: '300',
    WALLET_SEAL_EVERY_MS: '3600000',
    ...crashes.env,
  };
  system = await startWithOwnInfrastructure('anywhere', { services, env });
  wallet = await FailingWallet.in(system);
});
afterAll(async () => {
  await system?.stop();
  crashes?.remove();
});

async function begin(count: number): Promise<string[]> {
  const order = { from: wallet.from, to: wallet.to, amount: { amount: 1, currency: 'USD' } };
  const begun = await Promise.all(Array.from({ length: count }, () => postUntilAccepted(system.payment, order)));
  const ids = begun.map(({ id }) => id);
  transfers.push(...ids);
  return ids;
}
async function killed(name: string): Promise<void> {
  await system.kill(name);
  await system.ready(name);
}
/** The process ends there by itself, and is started again. */
async function killedAt(service: string, point: string, when: 'sent' | 'after', work: () => Promise<unknown>): Promise<void> {
  await crashes.arm(service, system.local.pid(service), { point, when });
  await work();
  await system.eventually(`${service} comes to ${point}`, () => crashes.hasStruck(service), patience);
  await system.ready(service);
}
/** Postgres may be on its way back. */
const mended = () => system.eventually('the handler is mended', () => wallet.mendHandler().then(() => true), patience);

async function allHaveEnded(): Promise<void> {
  for (const id of transfers) expect((await system.ended(id, patience)).status).toBe('COMPLETED');
  expect(await system.balance(wallet.to)).toBe(transfers.length);
  expect(await faultsInBooks(system)).toEqual([]);
}

it.each(['wallet', 'kafka', 'postgres'])(
  'while events are tried again, a kill of %s loses none of them, and none takes effect twice',
  async (name) => {
    const leastTries = async (): Promise<number> => {
      const [row] = await system.sql<{ lines: number; tries: number }>(
        'wallet',
        'select count(*)::int as lines, min(attempts) as tries from blocked_lines',
      );
      return row?.lines === 3 ? row.tries : 0;
    };
    await wallet.breakHandler('P0001');
    await begin(3);
    await system.eventually('all are tried again', async () => (await leastTries()) > 1, patience);
    const before = await leastTries();
    await killed(name);
    await system.eventually('and again', async () => (await leastTries()) > before, patience);
    await mended();
    await allHaveEnded();
  },
  180_000,
);

it('while events are set aside, a kill of Postgres, Kafka, the back office or the wallet loses no letter', async () => {
  await wallet.breakHandler();
  const inTheStore = async (ids: readonly string[]): Promise<void> => {
    for (const id of ids) {
      const letters = () => system.sql('backoffice', `select 1 from dead_letters where saga_id = $1 and state = 'waiting'`, [id]);
      await system.eventually(`a letter of ${id} is in the store`, async () => (await letters()).length > 0, patience);
    }
  };
  for (const name of ['postgres', 'kafka']) {
    const ids = await begin(5);
    await killed(name);
    await inTheStore(ids);
  }
  let ids: string[] = [];
  const work = async (): Promise<void> => void (ids = await begin(5));
  await killedAt('backoffice', 'insert dead_letters#1', 'after', work);
  await inTheStore(ids);
  await killedAt('wallet', 'produce#1', 'sent', work);
  await inTheStore(ids);
}, 240_000);

it('while letters are replayed, a kill of any of them leaves each payment ended, once', async () => {
  await mended();
  const replay = await wallet.replay({ select: { group: 'falconpay.wallet' }, dry_run: false, reason: 'mended', per_second: 10 });
  const settled = async (): Promise<number> =>
    (await system.sql('backoffice', `select 1 from replay_items where state <> 'planned' and state <> 'sent'`)).length;
  for (const [share, name] of Object.entries(['backoffice', 'kafka', 'postgres', 'wallet'])) {
    const least = 4 * (Number(share) + 1);
    await system.eventually(`${least} are settled`, async () => (await settled()) >= least, patience);
    await killed(name);
  }
  await wallet.replayIn(replay.id, 'done');
  await allHaveEnded();
  // What was published twice lies in the store twice: it is known to its consumer, and closed.
  const again = await wallet.replay({ select: { status: 'waiting' }, dry_run: false, reason: 'what is left' });
  await wallet.replayIn(again.id, 'done');
  expect(await system.sql('backoffice', `select id from dead_letters where state <> 'resolved'`)).toEqual([]);
  await allHaveEnded();
}, 240_000);

/** The order, what is sent, what came of it and the end are a commit each; then wherever something leaves, and what the wallet does with it. */
const steps = [
  ...['COMMIT#1', 'COMMIT#2', 'COMMIT#3', 'COMMIT#4', 'produce#1'].map(
    (point) => ({ service: 'backoffice', point, when: 'sent' }) as const,
  ),
  { service: 'backoffice', point: 'relay advance#1', when: 'before' },
  { service: 'wallet', point: 'COMMIT#1', when: 'before' },
  { service: 'wallet', point: 'COMMIT#1', when: 'sent' },
  { service: 'wallet', point: 'commit offsets#1', when: 'before' },
  { service: 'wallet', point: 'produce#1', when: 'sent' },
] as const;

it('at each step of a replay, a kill of whoever takes it leaves it to go on: nothing is lost, or done twice', async () => {
  await wallet.breakHandler();
  const ids = await begin(steps.length);
  const drafts: string[] = [];
  for (const id of ids) drafts.push((await wallet.replay({ select: { ids: [(await wallet.letterOf(id)).id] } })).id);
  await mended();
  for (const [index, { service, point, when }] of steps.entries()) {
    const draft = drafts[index] ?? '';
    const start = async (): Promise<boolean> => {
      const { status } = await system.backoffice.post(`/v1/replays/${draft}/start`, { reason: 'mended' });
      return status === 200 || status === 409;
    };
    await crashes.arm(service, system.local.pid(service), { point, when });
    const begun = start().catch(() => false);
    await system.eventually(`${service} comes to ${point}`, () => crashes.hasStruck(service), patience);
    await begun;
    // The supervisor would wait longer and longer with what dies again and again.
    await system.stopService(service);
    await system.startService(service);
    await system.eventually('it is started', start, patience);
    expect((await wallet.replayIn(draft, 'done')).items).toEqual({ resolved: 1 });
  }
  await allHaveEnded();
}, 300_000);
