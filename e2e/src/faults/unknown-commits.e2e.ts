import { randomUUID } from 'node:crypto';
import { allEnded, brokenPromises, wrongInTheBooks } from './books.js';
import { BreakingProxy, type Break } from './breaking-proxy.js';
import { postUntilAccepted, type Order } from './clients.js';
import { FaultSystem } from './fault-system.js';

const proxies: Record<string, BreakingProxy> = {};
let system: FaultSystem;
beforeAll(async () => {
  const postgres = process.env['FALCONPAY_TEST_POSTGRES_URL'] ?? '';
  for (const service of ['payment', 'wallet']) proxies[service] = await BreakingProxy.start(postgres);
  system = await FaultSystem.start({ name: 'unknown', databaseUrl: (service, url) => proxies[service]?.urlOf(url) ?? url });
});
afterAll(async () => {
  await system?.stop();
  await Promise.all(Object.values(proxies).map((proxy) => proxy.stop()));
});

const order: Order = { from: '1002', to: '1001', amount: { amount: 100, currency: 'USD' } };
const count = async (service: string, table: string): Promise<number> =>
  (await system.running.sql<{ count: number }>(service, `select count(*)::int as count from ${table}`))[0]?.count ?? -1;
const ways: Break[] = ['before the commit', 'after the commit'];

/** Nobody can know whether a commit whose answer was lost has happened: it must not matter (T-03). */
describe('a connection that breaks', () => {
  it.each(ways)('%s of a request is answered 503 with Retry-After, and the same request again gets the one outcome', async (how) => {
    const { running } = system;
    const before = await count('payment', 'transfers');
    const key = randomUUID();
    proxies['payment']?.breakNextCommit(how);
    const first = await running.payment.post('/v1/transfers', order, { key });
    expect({ status: first.status, retryAfter: first.headers['retry-after'] }).toEqual({ status: 503, retryAfter: '1' });
    expect(await count('payment', 'transfers')).toBe(before + (how === 'after the commit' ? 1 : 0));
    const { id } = await postUntilAccepted(running.payment, order, { key });
    const again = await running.payment.post('/v1/transfers', order, { key });
    expect({ status: again.status, id: (again.body as { id: string }).id }).toEqual({ status: 202, id });
    await allEnded(running);
    expect(await count('payment', 'transfers')).toBe(before + 1);
    expect(await wrongInTheBooks(running)).toEqual([]);
  });

  it.each(['payment', 'wallet'].flatMap((service) => ways.map((how) => [how, service] as const)))(
    '%s of events in %s leaves each with one effect, and none set aside',
    async (how, service) => {
      const { running } = system;
      const proxy = proxies[service];
      const brokenBefore = proxy?.broken ?? 0;
      // What payment commits first is the request itself: there the events' turn comes with the answer of the wallet.
      if (service === 'wallet') proxy?.breakNextCommit(how);
      const { id } = await postUntilAccepted(running.payment, order);
      if (service === 'payment') proxy?.breakNextCommit(how);
      await running.ended(id);
      await running.eventually(
        'the connection was broken',
        () => (proxy?.broken ?? 0) > brokenBefore || postUntilAccepted(running.payment, order).then(() => false),
      );
      await allEnded(running);
      expect(await wrongInTheBooks(running)).toEqual([]);
      expect(await brokenPromises(running)).toEqual([]);
    },
  );
});
