import { CrashPoints } from '@falconpay/testing/crash-points';
import { allEnded, wrongInTheBooks, wrongInTheTopics } from './books.js';
import { postUntilAccepted } from './clients.js';
import { crashesAt, CrashSweep, type Way } from './crash-sweep.js';
import { FaultSystem, stopAll } from './fault-system.js';

/** At least as many as when this was written: a point that is no longer counted is one that is no longer tested. */
const knownPoints = { payment: 18, wallet: 14 };

/** Answers that may be lost on their way: there the crash also comes between the request and its answer. */
const hasAnswer = (point: string): boolean => /^(COMMIT|produce|commit offsets)#/.test(point);

describe('a crash at every point of a transfer', () => {
  const crashes = new CrashPoints();
  let system: FaultSystem;
  let sweep: CrashSweep;
  let posted = 0;

  const way: Way = {
    services: ['payment', 'wallet'],
    begin: async () => {
      posted += 1;
      const order = { from: '1002', to: '1001', amount: { amount: 1, currency: 'USD' } };
      return (await postUntilAccepted(system.running.payment, order)).id;
    },
    ended: () => allEnded(system.running),
  };

  beforeAll(async () => {
    system = await FaultSystem.start({ name: 'crash', env: crashes.env });
    sweep = await CrashSweep.of(system, crashes);
  });
  afterAll(() => stopAll(sweep, system).finally(() => crashes.remove()));

  it.each(['payment', 'wallet'] as const)(
    'leaves exactly one effect in %s, before and after each of its points',
    async (service) => {
      const startedAt = Date.now();
      const points = await sweep.countPoints(way, service);
      let count = 0;
      for (const { point, when } of crashesAt(points, hasAnswer)) {
        expect(await sweep.crashAt(way, service, point, when)).toBeDefined();
        count += 1;
        expect({ point, when, wrong: await wrongInTheBooks(system.running) }).toEqual({ point, when, wrong: [] });
        const [transfers] = await system.running.sql<{ count: number }>('payment', 'select count(*)::int as count from transfers');
        expect({ point, when, transfers: transfers?.count }).toEqual({ point, when, transfers: posted });
      }
      process.stdout.write(
        `${service}: ${points.length} points, ${count} crashes in ${Math.round((Date.now() - startedAt) / 1000)} s: ${points.join(', ')}\n`,
      );
      expect(points.length).toBeGreaterThanOrEqual(knownPoints[service]);
      expect(await wrongInTheTopics(system.running)).toEqual([]);
    },
    1_800_000,
  );
});
