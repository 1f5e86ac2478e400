import { setTimeout as delay } from 'node:timers/promises';
import type { RunningSystem } from '@falconpay/testing/running-system';
import { allEnded, wrongInTheBooks, wrongInTheTopics } from './books.js';
import { Load, type Accepted, type Order } from './clients.js';
import { startWithOwnInfrastructure } from './fault-system.js';

/** How long Kafka is away; a minute unless somebody is in a hurry. */
const outageMs = Number(process.env['FALCONPAY_TEST_OUTAGE_SECONDS'] ?? 60) * 1_000;

let system: RunningSystem;
let turn = 0;
beforeAll(async () => {
  system = await startWithOwnInfrastructure('outage');
});
afterAll(() => system?.stop());

/** To and fro between two accounts, so that they never run dry. */
const nextOrder = (): Order => {
  turn += 1;
  const [from, to] = turn % 2 === 0 ? ['1001', '1002'] : ['1002', '1001'];
  return { from: from ?? '', to: to ?? '', amount: { amount: 1 + (turn % 7), currency: 'USD' } };
};
const load = (clients = 6): Load => new Load(system.payment, clients, nextOrder);
const pids = () => ({ payment: system.local.pid('payment'), wallet: system.local.pid('wallet') });
const readiness = async (service: 'payment' | 'wallet') => (await system.client(service).get('/health/ready')).body;
const beyond = (what: string, work: Load, count: number): Promise<unknown> => {
  const already = work.accepted.length;
  return system.eventually(what, () => work.accepted.length >= already + count);
};

/** Nothing lost, nothing doubled: who was accepted has a transfer, and nobody else. */
async function expectAllIsWell(accepted: readonly Accepted[]): Promise<void> {
  await allEnded(system);
  expect(await wrongInTheBooks(system)).toEqual([]);
  const ids = new Set((await system.sql<{ id: string }>('payment', 'select id from transfers')).map(({ id }) => id));
  expect(accepted.filter(({ id }) => !ids.has(id))).toEqual([]);
  expect(new Set(accepted.map(({ id }) => id)).size).toBe(accepted.length);
}

/** Of one key's records in a topic the first appearances stand in the order of their versions, as they were written. */
async function expectOrderPerPartition(): Promise<void> {
  const positions = new Map(
    (await system.sql<{ id: string; position: bigint }>('payment', 'select id, position from outbox')).map(({ id, position }) => [
      id,
      position,
    ]),
  );
  const last = new Map<string, bigint>();
  const seen = new Set<string>();
  const behind: string[] = [];
  for (const { key, headers } of await system.consumeAll('payment.created')) {
    const id = headers['ce_id'] ?? '';
    const position = positions.get(id) ?? -1n;
    if (seen.has(id)) continue;
    seen.add(id);
    if (position < (last.get(key ?? '') ?? 0n)) behind.push(id);
    last.set(key ?? '', position);
  }
  expect(behind).toEqual([]);
}

describe('when Kafka is away', () => {
  it(`takes transfers all the same for ${outageMs / 1_000} s, and ends them when it is back`, async () => {
    const before = pids();
    const clients = load();
    await beyond('the load runs', clients, 50);
    await system.local.stopProcess('kafka', 'SIGKILL');
    const from = clients.seen.length;
    const gone = Date.now();
    const status = await system.eventually('payment says that it is degraded', async () => {
      const body = await readiness('payment');
      return body?.status === 'degraded' ? body : undefined;
    });
    expect(status).toMatchObject({ status: 'degraded', checks: { database: 'ok', kafka: 'degraded' } });
    // What is waited for is time itself.
    await delay(Math.max(0, gone + outageMs - Date.now()));
    expect(clients.seen.length).toBeGreaterThan(from + 50);
    expect(clients.statuses(from)).toEqual([202]);
    const [pending] = await system.sql<{ count: number }>('payment', `select count(*)::int as count from open_transfers`);
    expect(pending?.count).toBeGreaterThan(50);
    const metrics = (await system.payment.get('/metrics')).text;
    expect(metrics).toMatch(/^falconpay_outbox_oldest_pending_seconds\{reason="broker"\} [1-9]/m);
    expect(metrics).toMatch(/^falconpay_outbox_oldest_pending_seconds\{reason="no-leader"\} 0$/m);
    await system.local.startProcess('kafka');
    await beyond('the load goes on', clients, 50);
    const accepted = await clients.stop();
    expect(clients.statuses()).toEqual([202]);
    await expectAllIsWell(accepted);
    expect(await wrongInTheTopics(system)).toEqual([]);
    await expectOrderPerPartition();
    expect(pids()).toEqual(before);
    await system.eventually(
      'both are well again',
      async () => (await readiness('payment'))?.status === 'ok' && (await readiness('wallet'))?.status === 'ok',
    );
  }, 600_000);
});

describe('when Postgres breaks off in the middle of the work', () => {
  it('answers 503 with Retry-After meanwhile, and goes on by itself with nothing lost', async () => {
    const before = pids();
    const clients = load();
    await beyond('the load runs', clients, 50);
    for (const _ of [1, 2, 3]) {
      const from = clients.seen.length;
      await system.local.stopPostgres('immediate');
      await system.eventually('the callers are told', () => clients.seen.slice(from).filter(({ status }) => status === 503).length > 10);
      expect((await system.payment.get('/health/ready')).status).toBe(503);
      await system.local.startPostgres();
      await beyond('the load goes on', clients, 50);
    }
    const accepted = await clients.stop();
    expect(clients.statuses()).toEqual([202, 503]);
    expect(clients.seen.filter(({ status, retryAfter }) => status === 503 && retryAfter === undefined)).toEqual([]);
    await expectAllIsWell(accepted);
    expect(await wrongInTheTopics(system)).toEqual([]);
    expect(pids()).toEqual(before);
  });
});

describe('when a service is asked to stop under load', () => {
  it.each(['payment', 'wallet'] as const)(
    '%s answers what it has taken, leaves within 10 s, and is not sent again what it has done',
    async (service) => {
      const clients = load();
      await beyond('the load runs', clients, 100);
      const from = clients.seen.length;
      const startedAt = Date.now();
      // By itself: a supervisor that stops it would kill it when it takes too long, and hide that.
      const gone = new Promise<number>((resolve) => {
        const forget = system.local.onEvent(({ name, kind }) => {
          if (name !== service || kind !== 'died') return;
          forget();
          resolve(Date.now() - startedAt);
        });
      });
      system.local.kill(service, 'SIGTERM');
      const tookMs = await gone;
      expect(tookMs).toBeLessThan(10_000);
      await system.local.ready(service);
      await beyond('the load goes on', clients, 100);
      const accepted = await clients.stop();
      const answers = clients.seen.slice(from);
      expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
      // Nobody who was let in is dropped: those who come too late are not let in at all.
      expect([...new Set(answers.flatMap(({ error }) => error ?? []))].filter((error) => error !== 'ECONNREFUSED')).toEqual([]);
      await expectAllIsWell(accepted);
      const metrics = (await system.client(service).get('/metrics')).text;
      const duplicates = Number(/^falconpay_inbox_duplicates_total\{[^}]*\} (\d+)/m.exec(metrics)?.[1] ?? 0);
      expect(duplicates).toBeLessThanOrEqual(20);
      process.stdout.write(`${service} stopped in ${tookMs} ms, ${duplicates} redelivered\n`);
    },
  );
});
