import { consumerGroup } from '@falconpay/contracts/choreography';
import type { LocalSystem } from '@falconpay/local/local-system';
import { CrashPoints } from '@falconpay/testing/crash-points';
import { allEnded, brokenPromises, wrongInTheBooks } from './books.js';
import { Load, postUntilAccepted, type Order } from './clients.js';
import { ConsumerGroups } from './consumer-groups.js';
import { FaultSystem } from './fault-system.js';

let system: FaultSystem;
let turn = 0;
const nextOrder = (): Order => {
  turn += 1;
  const [from, to] = turn % 2 === 0 ? ['1001', '1002'] : ['1002', '1001'];
  return { from: from ?? '', to: to ?? '', amount: { amount: 1 + (turn % 7), currency: 'USD' } };
};
const leaderOf = async (service: string): Promise<number> => {
  const [row] = await system.running.sql<{ owner: string | null }>(service, `select owner from outbox_cursor where lease_until > now()`);
  return Number(row?.owner?.split(':').at(-1) ?? 0);
};
const startedAt = (service: string, local: LocalSystem): number => local.pid(service) ?? -1;

describe('two instances of each service', () => {
  const services = ['payment', 'wallet'] as const;
  const others: Record<string, LocalSystem> = {};
  beforeAll(async () => {
    system = await FaultSystem.start({ name: 'pair' });
    for (const service of services) others[service] = await system.another(service);
  });
  afterAll(() => system?.stop());

  it('have each event take effect once, and one relay each that leads; when that is killed the other takes over in seconds', async () => {
    const { running } = system;
    const groups = new ConsumerGroups(running.local.brokers, system.topics.prefix);
    await groups.connect();
    let load: Load | undefined;
    try {
      for (const service of services)
        await running.eventually(
          `both instances of ${service} have joined`,
          async () => (await groups.members(consumerGroup(service))).length === 2,
          { everyMs: 100 },
        );
      const { accepted } = (load = new Load(running.payment, 6, nextOrder));
      await running.eventually('the load runs', () => accepted.length > 100);
      for (const service of services) {
        const leader = await running.eventually(`one ${service} leads`, () => leaderOf(service));
        const own = startedAt(service, running.local);
        const other = others[service];
        expect([own, other && startedAt(service, other)]).toContain(leader);
        const killedAt = Date.now();
        (leader === own ? running.local : other)?.kill(service);
        const successor = await running.eventually(
          `another ${service} leads`,
          async () => {
            const now = await leaderOf(service);
            return now !== leader && now !== 0 ? now : undefined;
          },
          { withinMs: 10_000, everyMs: 50 },
        );
        process.stdout.write(`${service}: the next relay leads ${Date.now() - killedAt} ms after the kill\n`);
        expect(successor).not.toBe(leader);
        await running.eventually('the load goes on', () => accepted.length > 200);
      }
      await load.stop();
      await allEnded(running);
      expect(await wrongInTheBooks(running)).toEqual([]);
      expect(await brokenPromises(running)).toEqual([]);
    } finally {
      // Clients that go on when nothing is there any more would hold up the other tests.
      await load?.stop();
      await groups.disconnect();
    }
  });
});

/** Stopped in the middle of its work, longer than anybody waits for it; another does its work; then it goes on (T-07). */
describe('a zombie', () => {
  const crashes = new CrashPoints();
  beforeAll(async () => {
    system = await FaultSystem.start({ name: 'zombie', env: crashes.env });
  });
  afterAll(async () => {
    await system?.stop();
    crashes.remove();
  });

  it.each(['COMMIT#1', 'commit offsets#1', 'produce#1'])('that was stopped before %s does no harm when it wakes up', async (point) => {
    const { running } = system;
    const groups = new ConsumerGroups(running.local.brokers, system.topics.prefix);
    const group = consumerGroup('wallet');
    await groups.connect();
    try {
      const [dead = ''] = await running.eventually('the wallet reads', async () => {
        const members = await groups.members(group);
        return members.length === 1 ? members : undefined;
      });
      const pid = running.local.pid('wallet') ?? 0;
      await crashes.arm('wallet', pid, { point, when: 'before', signal: 'SIGSTOP' });
      const { id } = await postUntilAccepted(running.payment, nextOrder());
      await running.eventually('the wallet stands still', () => crashes.hasStruck('wallet'));
      try {
        // The second instance gets the partitions when Kafka has missed the first for the length of its session.
        const other = await system.another('wallet', { NODE_OPTIONS: '' });
        await running.eventually(
          'another has taken over',
          async () => !(await groups.members(group)).includes(dead) && (await groups.members(group)).length === 1,
          { everyMs: 100 },
        );
        expect((await running.ended(id)).status).toBe('COMPLETED');
        process.kill(pid, 'SIGCONT');
        await running.eventually('the first is back in the group', async () => (await groups.members(group)).length === 2, {
          everyMs: 100,
        });
        for (let count = 0; count < 12; count += 1) await postUntilAccepted(running.payment, nextOrder());
        await allEnded(running);
        expect(running.local.pid('wallet')).toBe(pid);
        expect(await wrongInTheBooks(running)).toEqual([]);
        expect(await brokenPromises(running)).toEqual([]);
        await other.stop();
      } finally {
        process.kill(pid, 'SIGCONT');
      }
    } finally {
      await groups.disconnect();
    }
  });
});
