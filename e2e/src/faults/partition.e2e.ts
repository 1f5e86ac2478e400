import { startSystem, type RunningSystem } from '@falconpay/testing/running-system';
import { Institution } from '../institution.js';
import { partnersInBooks } from '../partners-in-books.js';
import { brokenPromises } from './books.js';

/** The usual schedule, a hundred times as fast: 30 s for an answer, reversals after 1, 2, 4 … 60 s and then every five minutes. */
const times = 100;
const env = {
  ...{ REDEMPTION_TIMEOUT_MS: String(30_000 / times), REVERSAL_RETRY_MS: String(1_000 / times), ATM_ERRANDS_EVERY_MS: '10' },
};
const tenMinutesMs = 600_000 / times;
/** So often a reversal is sent within ten minutes. */
const reversalsSent = 9;
const amount = 100;

interface Played {
  readonly institution: Institution;
  readonly account: string;
  readonly inFlight: readonly string[];
  readonly meanwhile: readonly string[];
  readonly afterwards: readonly string[];
  /** What was known of `meanwhile` right before the network was whole again. */
  readonly lastStatuses: readonly string[];
}

let system: RunningSystem;
let played: Readonly<Record<string, Played>>;
beforeAll(async () => {
  system = await startSystem({ name: 'partition', env });
  const both = ['requests_lost', 'answers_lost'].map(async (network) => [network, await play(network)] as const);
  played = Object.fromEntries(await Promise.all(both));
});
afterAll(() => system?.stop());

/** Redemptions that are under way when the network breaks, that are asked for while it is broken, and after that. */
async function play(network: string): Promise<Played> {
  const [institution, { id: account }] = await Promise.all([Institution.join(system), system.account('USD', 0)]);
  const request = (count: number) => Promise.all(Array.from({ length: count }, () => institution.requested(account, amount)));
  await institution.tell({ latency_ms: 150 });
  const inFlight = await request(6);
  await institution.tell({ network, latency_ms: 150 });
  const brokenAt = Date.now();
  const meanwhile = await request(6);
  const tries = `select min(tries) as tries from errands where id = any($1) and step = 'cancel'`;
  const isLongAgo = async (): Promise<boolean> => {
    const [row] = await system.sql<{ tries: number | null }>('atm-gateway', tries, [meanwhile]);
    return (row?.tries ?? 0) >= reversalsSent && Date.now() - brokenAt >= tenMinutesMs;
  };
  await system.eventually('ten minutes are over', isLongAgo);
  const lastStatuses = (await Promise.all(meanwhile.map((id) => institution.look(id)))).map(({ status }) => status);
  await institution.tell({});
  const afterwards: string[] = [];
  const ended = async (id: string): Promise<string> =>
    system.eventually(`${id} ends`, async () => {
      const { status } = await institution.look(id);
      return ['COMPLETED', 'REVERSED'].includes(status) ? status : undefined;
    });
  const isBack = async (): Promise<boolean> => {
    const id = await institution.requested(account, amount);
    afterwards.push(id);
    return (await ended(id)) === 'COMPLETED';
  };
  await system.eventually('cards are redeemed as before', isBack);
  await Promise.all([...inFlight, ...meanwhile].map(ended));
  return { institution, account, inFlight, meanwhile, afterwards, lastStatuses };
}

describe('a network between gateway and institution that is broken for ten minutes', () => {
  it.each([
    ['to it', 'requests_lost', ['tombstoned 0']],
    ['from it', 'answers_lost', ['approved 100', 'reversed 100']],
  ])('on the way %s leaves every redemption completed or reversed, and both sides agree', async (_, network, journal) => {
    const { institution, account, inFlight, meanwhile, afterwards, lastStatuses } = played[network] as Played;
    // Nobody has given up, and nobody has guessed.
    expect(lastStatuses).toEqual(meanwhile.map(() => 'REVERSING'));
    for (const id of meanwhile) {
      expect((await institution.look(id)).status).toBe('REVERSED');
      expect(await institution.journal(id)).toEqual(journal);
    }
    const { byStatus, moved, wrong, underWay } = await partnersInBooks(system.local, 'redemption', [institution.id]);
    expect({ wrong, underWay }).toEqual({ wrong: [], underWay: [] });
    const completed = byStatus['COMPLETED'] ?? 0;
    expect(completed + (byStatus['REVERSED'] ?? 0)).toBe(inFlight.length + meanwhile.length + afterwards.length);
    expect([moved, await system.balance(account)]).toEqual([completed * amount, completed * amount]);
  });

  it('leaves the books in order', async () => {
    expect(await brokenPromises(system)).toEqual([]);
  });
});
