import { consumerGroup } from '@falconpay/contracts/choreography';
import { CrashPoints, type CrashMoment } from '@falconpay/testing/crash-points';
import { allEnded, wrongInTheBooks, wrongInTheTopics } from './books.js';
import { postUntilAccepted } from './clients.js';
import { ConsumerGroups } from './consumer-groups.js';
import { FaultSystem } from './fault-system.js';

/** At least as many as when this was written: a point that is no longer counted is one that is no longer tested. */
const knownPoints = { payment: 18, wallet: 14 };
const groups = { payment: ['payment.completed', 'payment.failed'], wallet: ['payment.created'] };
type Service = keyof typeof groups;
const groupOf = (service: Service): string => consumerGroup(service);

/** Answers that may be lost on their way: there the crash also comes between the request and its answer. */
const momentsOf = (point: string): CrashMoment[] => {
  if (point.startsWith('relay first page')) return ['after'];
  return /^(COMMIT|produce|commit offsets)#/.test(point) ? ['before', 'sent', 'after'] : ['before', 'after'];
};

describe('a crash at every point of a transfer', () => {
  const crashes = new CrashPoints();
  let system: FaultSystem;
  let members: ConsumerGroups;
  let posted = 0;
  const keys = new Set<string>();

  beforeAll(async () => {
    system = await FaultSystem.start({ name: 'crash', env: crashes.env });
    members = new ConsumerGroups(system.running.local.brokers, system.topics.prefix);
    await members.connect();
  }, 60_000);
  afterAll(async () => {
    await members?.disconnect();
    await system?.stop();
    crashes.remove();
  });

  const post = () => postUntilAccepted(system.running.payment, { from: '1002', to: '1001', amount: { amount: 1, currency: 'USD' } });

  /** Nothing of an earlier transfer is left to be done, so that the next one's points are its own. */
  const quiet = (): Promise<unknown> =>
    system.running.eventually(
      'all is read, and confirmed',
      async () => {
        for (const [service, topics] of Object.entries(groups) as [Service, string[]][]) {
          if ((await members.members(groupOf(service))).length !== 1 || !(await members.hasReadAll(groupOf(service), topics))) return false;
        }
        return true;
      },
      { withinMs: 30_000, everyMs: 30 },
    );

  async function countPoints(service: Service): Promise<string[]> {
    await quiet();
    await crashes.arm(service, system.running.local.pid(service), {});
    await post();
    posted += 1;
    await allEnded(system.running);
    await quiet();
    return crashes.reached(service);
  }

  /** The supervisor waits longer and longer with a program that crashes again and again: here it is no fault of the program. */
  async function startAtOnce(service: Service): Promise<void> {
    await system.running.stopService(service);
    await system.running.startService(service);
  }

  async function crashAt(service: Service, point: string, when: CrashMoment): Promise<void> {
    await quiet();
    const dead = await members.members(groupOf(service));
    await crashes.arm(service, system.running.local.pid(service), { point, when });
    const died = new Promise<void>((resolve) => {
      const forget = system.running.local.onEvent(({ name, kind }) => {
        if (name !== service || kind !== 'died') return;
        forget();
        resolve();
      });
    });
    const answered = post();
    await system.running.eventually(`${service} comes to ${point}`, () => crashes.hasStruck(service));
    await died;
    await Promise.all([members.bury(groupOf(service), dead), startAtOnce(service)]);
    keys.add((await answered).key);
    posted += 1;
    await allEnded(system.running);
  }

  it.each(['payment', 'wallet'] as const)(
    'leaves exactly one effect in %s, before and after each of its points',
    async (service) => {
      const startedAt = Date.now();
      // The first transfer after a start prepares statements and learns about topics: the second is like all others.
      await countPoints(service);
      const points = await countPoints(service);
      expect(new Set(points).size).toBe(points.length);
      let count = 0;
      for (const point of points) {
        for (const when of momentsOf(point)) {
          await crashAt(service, point, when);
          count += 1;
          expect({ point, when, wrong: await wrongInTheBooks(system.running) }).toEqual({ point, when, wrong: [] });
          const [transfers] = await system.running.sql<{ count: number }>('payment', 'select count(*)::int as count from transfers');
          expect({ point, when, transfers: transfers?.count }).toEqual({ point, when, transfers: posted });
        }
      }
      process.stdout.write(
        `${service}: ${points.length} points, ${count} crashes in ${Math.round((Date.now() - startedAt) / 1000)} s: ${points.join(', ')}\n`,
      );
      expect(points.length).toBeGreaterThanOrEqual(knownPoints[service]);
      expect(await wrongInTheTopics(system.running)).toEqual([]);
    },
    600_000,
  );
});
