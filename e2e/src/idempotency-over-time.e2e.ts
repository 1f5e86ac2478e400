import { randomUUID } from 'node:crypto';
import { faultsInBooks } from '@falconpay/testing/books';
import { problemIn } from '@falconpay/testing/problem-in';
import { startSystem, type RunningSystem, type TestAccount } from '@falconpay/testing/running-system';

let system: RunningSystem;
let payer: TestAccount;
let payee: TestAccount;
beforeAll(async () => {
  system = await startSystem({ name: 'repetition' });
  [payer, payee] = await Promise.all([system.account('USD', 1_000_000), system.account('USD')]);
});
afterAll(() => system?.stop());

/** A reference of its own makes each order findable by what it left behind. */
const newOrder = (more: object = {}) => ({
  from: payer.id,
  to: payee.id,
  amount: { amount: 1, currency: 'USD' },
  reference: randomUUID(),
  ...more,
});
type Order = ReturnType<typeof newOrder>;
const newKey = () => randomUUID();
const post = (order: Order, key: string) => system.payment.post('/v1/transfers', order, { key });
const effectsOf = async ({ reference }: Order) =>
  (await system.sql('payment', 'select id from transfers where reference = $1', [reference])).length;
const isStored = async (key: string) => (await system.sql('payment', 'select 1 from idempotency_keys where key = $1', [key])).length > 0;

describe('when the database goes away', () => {
  it('a request is told so, and takes effect when the database is back', async () => {
    const order = newOrder();
    const key = newKey();
    const refused = await system.whileHolding('payment', 'lock table transfers in exclusive mode', async () => {
      const running = post(order, key);
      await system.someoneWaits('payment');
      await system.sql(
        'payment',
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      );
      return running;
    });
    expect(problemIn(refused)).toMatchObject({ status: 503, code: 'service-unavailable', retryable: true });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    const again = await post(order, key);
    expect(again.status).toBe(202);
    expect(again.headers).not.toHaveProperty('idempotent-replayed');
    expect(await effectsOf(order)).toBe(1);
  });
});

describe('after the retention of 7 days', () => {
  const age = (key: string, days: number) =>
    system.sql('payment', `update idempotency_keys set created_at = now() - make_interval(days => $2) where key = $1`, [key, days]);

  it('a key is forgotten, and what it named is not: its client reference stays taken', async () => {
    const named = newOrder({ client_reference: newKey() });
    const [unnamed, fresh] = [newOrder(), newOrder()];
    const keys = [newKey(), newKey(), newKey()] as const;
    const [first, second, third] = [await post(named, keys[0]), await post(unnamed, keys[1]), await post(fresh, keys[2])];
    await Promise.all([age(keys[0], 8), age(keys[1], 8), age(keys[2], 6)]);
    // Maintenance is done on starting, and every hour.
    await system.stopService('payment');
    await system.startService('payment');
    expect(await Promise.all(keys.map((key) => isStored(key)))).toEqual([false, false, true]);

    const duplicate = await post(named, keys[0]);
    expect(problemIn(duplicate)).toMatchObject({ status: 409, code: 'duplicate-reference', existing_id: first.body.id });
    expect(duplicate.headers).not.toHaveProperty('idempotent-replayed');
    expect(await effectsOf(named)).toBe(1);

    const anew = await post(unnamed, keys[1]);
    expect(anew.status).toBe(202);
    expect(anew.body.id).not.toBe(second.body.id);
    expect(await effectsOf(unnamed)).toBe(2);

    const replayed = await post(fresh, keys[2]);
    expect(replayed).toMatchObject({ status: 202, text: third.text, headers: { 'idempotent-replayed': 'true' } });
  });

  it('one client reference is one transfer, whatever the keys: of 20 at once one is accepted', async () => {
    const order = newOrder({ client_reference: newKey() });
    const replies = await Promise.all(Array.from({ length: 20 }, () => post(order, newKey())));
    const accepted = replies.filter(({ status }) => status === 202);
    expect(accepted).toHaveLength(1);
    for (const reply of replies) {
      if (reply.status !== 202)
        expect(problemIn(reply)).toMatchObject({ status: 409, code: 'duplicate-reference', existing_id: accepted[0]?.body.id });
    }
    expect(await effectsOf(order)).toBe(1);
  });
});

describe('when payment is killed in the middle of many requests', () => {
  it('every request that is repeated has one effect and one answer', async () => {
    const asked = Array.from({ length: 120 }, () => ({ order: newOrder(), key: newKey() }));
    let answered = 0;
    let enough: () => void = () => undefined;
    const someAnswers = new Promise<void>((resolve) => (enough = resolve));
    const before = Promise.all(
      asked.map(async ({ order, key }) => {
        const reply = await post(order, key).catch(() => undefined);
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
          const reply = await post(order, key);
          return reply.status === 202 && reply;
        }),
      ),
    );
    expect(await Promise.all(asked.map(({ order }) => effectsOf(order)))).toEqual(asked.map(() => 1));
    firstAnswers.forEach((first, index) => {
      if (first?.status === 202) expect(retried[index]?.text).toBe(first.text);
    });
  });
});

describe('in the end', () => {
  it('every transfer has ended, and the books balance', async () => {
    // The group waits for the members that were killed until their session is over.
    await system.settled({ withinMs: 40_000 });
    expect(await faultsInBooks(system)).toEqual([]);
  }, 45_000);
});
