import { faultsInBooks } from '@falconpay/testing/books';
import { problemIn } from '@falconpay/testing/problem-in';
import { startSystem, type RunningSystem } from '@falconpay/testing/running-system';
import { newKey, Orders } from './repeatable-orders.js';

let system: RunningSystem;
let orders: Orders;
beforeAll(async () => {
  system = await startSystem({ name: 'repetition', services: ['payment', 'wallet'] });
  orders = await Orders.on(system);
});
afterAll(() => system?.stop());

describe('when the database goes away', () => {
  it('a request is told so, and takes effect when the database is back', async () => {
    const order = orders.new();
    const key = newKey();
    const refused = await system.whileHolding('payment', 'lock table transfers in exclusive mode', async () => {
      const running = orders.post(order, key);
      await system.someoneWaits('payment');
      await system.sql(
        'payment',
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      );
      return running;
    });
    expect(problemIn(refused)).toMatchObject({ status: 503, code: 'service-unavailable', retryable: true });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    const again = await orders.post(order, key);
    expect(again.status).toBe(202);
    expect(again.headers).not.toHaveProperty('idempotent-replayed');
    expect(await orders.effectsOf(order)).toBe(1);
  });
});

describe('after the retention of 7 days', () => {
  const age = (key: string, days: number) =>
    system.sql('payment', `update idempotency_keys set created_at = now() - make_interval(days => $2) where key = $1`, [key, days]);

  it('a key is forgotten, and what it named is not: its client reference stays taken', async () => {
    const named = orders.new({ client_reference: newKey() });
    const [unnamed, fresh] = [orders.new(), orders.new()];
    const keys = [newKey(), newKey(), newKey()] as const;
    const [first, second, third] = [
      await orders.post(named, keys[0]),
      await orders.post(unnamed, keys[1]),
      await orders.post(fresh, keys[2]),
    ];
    await Promise.all([age(keys[0], 8), age(keys[1], 8), age(keys[2], 6)]);
    // Maintenance is done on starting, and every hour.
    await system.stopService('payment');
    await system.startService('payment');
    expect(await Promise.all(keys.map((key) => orders.isStored('payment', key)))).toEqual([false, false, true]);

    const duplicate = await orders.post(named, keys[0]);
    expect(problemIn(duplicate)).toMatchObject({ status: 409, code: 'duplicate-reference', existing_id: first.body.id });
    expect(duplicate.headers).not.toHaveProperty('idempotent-replayed');
    expect(await orders.effectsOf(named)).toBe(1);

    const anew = await orders.post(unnamed, keys[1]);
    expect(anew.status).toBe(202);
    expect(anew.body.id).not.toBe(second.body.id);
    expect(await orders.effectsOf(unnamed)).toBe(2);

    const replayed = await orders.post(fresh, keys[2]);
    expect(replayed).toMatchObject({ status: 202, text: third.text, headers: { 'idempotent-replayed': 'true' } });
  });

  it('one client reference is one transfer, whatever the keys: of 20 at once one is accepted', async () => {
    const order = orders.new({ client_reference: newKey() });
    const replies = await Promise.all(Array.from({ length: 20 }, () => orders.post(order, newKey())));
    const accepted = replies.filter(({ status }) => status === 202);
    expect(accepted).toHaveLength(1);
    for (const reply of replies) {
      if (reply.status !== 202)
        expect(problemIn(reply)).toMatchObject({ status: 409, code: 'duplicate-reference', existing_id: accepted[0]?.body.id });
    }
    expect(await orders.effectsOf(order)).toBe(1);
  });
});

describe('when payment is killed in the middle of many requests', () => {
  it('every request that is repeated has one effect and one answer', async () => {
    const asked = Array.from({ length: 120 }, () => ({ order: orders.new(), key: newKey() }));
    let answered = 0;
    let enough: () => void = () => undefined;
    const someAnswers = new Promise<void>((resolve) => (enough = resolve));
    const before = Promise.all(
      asked.map(async ({ order, key }) => {
        const reply = await orders.post(order, key).catch(() => undefined);
        answered += 1;
        if (answered >= 20) enough();
        return reply;
      }),
    );
    await someAnswers;
    await system.kill('payment');
    const firstAnswers = await before;
    const unanswered = firstAnswers.filter((reply) => reply === undefined).length;
    expect(unanswered).toBeGreaterThan(0);
    const retried = await Promise.all(
      asked.map(({ order, key }) =>
        system.eventually('a retried request is accepted', async () => {
          const reply = await orders.post(order, key);
          return reply.status === 202 && reply;
        }),
      ),
    );
    expect(await Promise.all(asked.map(({ order }) => orders.effectsOf(order)))).toEqual(asked.map(() => 1));
    firstAnswers.forEach((first, index) => {
      if (first?.status === 202) expect(retried[index]?.text).toBe(first.text);
    });
  });
});

describe('in the end', () => {
  it('every transfer has ended, and the books balance', async () => {
    // The group waits for the members that were killed until their session is over.
    await system.settled();
    expect(await faultsInBooks(system)).toEqual([]);
  });
});
