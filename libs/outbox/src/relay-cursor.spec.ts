import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import pg from 'pg';
import type { DataSource, MigrationInterface, QueryRunner } from 'typeorm';
import { defineDatabase, openDatabase } from '@falconpay/postgres/database';
import { maintainDayPartitions } from '@falconpay/postgres/day-partitions';
import { inTransaction, Transaction } from '@falconpay/postgres/transaction';
import { eventually } from '@falconpay/testing/eventually';
import { createDatabase, type TestDatabase } from '@falconpay/testing/infrastructure';
import type { OutboxEvent } from './outbox-event.js';
import { appendToOutbox, createOutbox, outboxPartitions } from './outbox-table.js';
import { CreateRefusedEvents1765152000000 } from './refused-events.js';
import { RelayCursor, type Lease, type Look, type OutboxRow } from './relay-cursor.js';

class CreateOutbox1700000000000 implements MigrationInterface {
  up = (runner: QueryRunner): Promise<void> => createOutbox(runner);
  async down(): Promise<void> {}
}

let database: TestDatabase;
let source: DataSource;
beforeAll(async () => {
  database = await createDatabase('outbox_cursor');
  const migrations = [CreateOutbox1700000000000, CreateRefusedEvents1765152000000];
  source = defineDatabase({ url: database.url, applicationName: 'spec', migrations });
  await openDatabase(source, () => undefined);
});
afterAll(async () => {
  await source.destroy();
  await database.drop();
});

const event = (key: string, number: number): OutboxEvent => ({
  id: randomUUID(),
  topic: 'things.happened',
  key,
  type: 'com.falconpay.things.happened.v1',
  time: new Date(),
  payload: String(number),
  sequence: number,
  causationId: undefined,
  traceparent: undefined,
  verbatim: undefined,
});

/** Forgets leases, and what is pending: each test begins as after an installation. */
beforeEach(async () => {
  await source.query('truncate outbox');
  await source.query(
    `update outbox_cursor set snapshot = pg_current_snapshot(), epoch = 0, owner = null, backend_pid = null, lease_until = '-infinity'`,
  );
});

const keys = ['a', 'b', 'c'];
const pageSize = 2;

/** A writer: one session, which does what it is told to, as far as that makes sense at the moment. */
class Writer {
  private open = false;
  private written: { key: string; number: number }[] = [];
  private savepoints: number[] = [];

  constructor(private readonly client: pg.Client) {}

  async append(key: string, number: number): Promise<void> {
    if (!this.open) await this.client.query('begin');
    this.open = true;
    // As the pipeline does: the row an event is about is locked before its event gets a position.
    const lock = await this.client.query<{ locked: boolean }>('select pg_try_advisory_xact_lock(hashtext($1)) as locked', [key]);
    if (!lock.rows[0]?.locked) return;
    await appendToOutbox(new Transaction(this.client as pg.PoolClient), [event(key, number)]);
    this.written.push({ key, number });
  }

  async savepoint(): Promise<void> {
    if (!this.open) return;
    await this.client.query(`savepoint s${this.savepoints.length}`);
    this.savepoints.push(this.written.length);
  }

  async rollbackToSavepoint(): Promise<void> {
    const length = this.savepoints.pop();
    if (length === undefined) return;
    await this.client.query(`rollback to savepoint s${this.savepoints.length}`);
    this.written.length = length;
  }

  async end(how: 'commit' | 'rollback'): Promise<{ key: string; number: number }[]> {
    if (!this.open) return [];
    await this.client.query(how);
    const { written } = this;
    Object.assign(this, { open: false, written: [], savepoints: [] });
    return how === 'commit' ? written : [];
  }
}

/** The relay's way of reading, one page at a time, so that a test can put anything between two of them. */
class Reader {
  private lease: Lease | undefined;
  private published = '';
  private cursor = new RelayCursor(source, 'first');
  private generation = 0;
  private underWay: Look | undefined;
  readonly sent: OutboxRow[] = [];

  /** Reads and sends one page; false when it was the last of its look. */
  async page(): Promise<boolean> {
    const { published } = await this.lead();
    const before = this.underWay;
    const look: Look = before
      ? { rows: await this.cursor.lookFurther(published, before, pageSize), snapshot: before.snapshot }
      : await this.cursor.look(published, pageSize);
    this.sent.push(...look.rows);
    this.underWay = look.rows.length === pageSize ? look : undefined;
    if (!this.underWay) this.published = look.snapshot;
    return this.underWay !== undefined;
  }

  /** Writes down how far it has come. */
  async move(): Promise<void> {
    const { lease, published } = await this.lead();
    if (!this.underWay) this.published = await this.cursor.currentSnapshotIfNothingIsPending(published);
    if (!(await this.cursor.advance(lease, this.published))) throw new Error('the lease was lost');
  }

  private async lead(): Promise<{ lease: Lease; published: string }> {
    if (!this.lease) {
      this.lease = await this.cursor.acquire();
      if (!this.lease) throw new Error('nobody else leads');
      this.published = this.lease.snapshot;
    }
    return { lease: this.lease, published: this.published };
  }

  /** The leader is gone, with whatever it had not written down; another takes over. */
  async changeLeader(): Promise<void> {
    this.generation += 1;
    this.lease = undefined;
    this.underWay = undefined;
    this.cursor = new RelayCursor(source, `leader ${this.generation}`);
    await source.query(`update outbox_cursor set lease_until = '-infinity'`);
  }
}

type Step =
  | { readonly what: 'append'; readonly writer: number; readonly key: string }
  | { readonly what: 'savepoint' | 'rollback to savepoint' | 'commit' | 'rollback'; readonly writer: number }
  | { readonly what: 'read a page' | 'move the cursor' | 'change leader' };

const writer = fc.nat(3);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ what: fc.constant('append' as const), writer, key: fc.constantFrom(...keys) }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constantFrom('savepoint' as const, 'rollback to savepoint' as const), writer }) },
  { weight: 3, arbitrary: fc.record({ what: fc.constant('commit' as const), writer }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('rollback' as const), writer }) },
  { weight: 4, arbitrary: fc.constant({ what: 'read a page' as const }) },
  { weight: 2, arbitrary: fc.record({ what: fc.constantFrom('move the cursor' as const, 'change leader' as const) }) },
);

describe('what the relay reads', () => {
  const clients: pg.Client[] = [];
  beforeAll(async () => {
    for (let count = 0; count < 4; count += 1) clients.push(new pg.Client({ connectionString: database.url }));
    await Promise.all(clients.map((client) => client.connect()));
  });
  afterAll(() => Promise.all(clients.map((client) => client.end())));

  async function play(steps: readonly Step[]): Promise<{ committed: string[]; sent: string[]; firstOfKey: Record<string, number[]> }> {
    await source.query('truncate outbox');
    await source.query(`update outbox_cursor set snapshot = pg_current_snapshot(), lease_until = '-infinity'`);
    const writers = clients.map((client) => new Writer(client));
    const reader = new Reader();
    const committed: { key: string; number: number }[] = [];
    let number = 0;
    for (const each of steps) {
      const by = 'writer' in each ? writers[each.writer] : undefined;
      if (each.what === 'append') await by?.append(each.key, (number += 1));
      else if (each.what === 'savepoint') await by?.savepoint();
      else if (each.what === 'rollback to savepoint') await by?.rollbackToSavepoint();
      else if (each.what === 'commit' || each.what === 'rollback') committed.push(...((await by?.end(each.what)) ?? []));
      else if (each.what === 'change leader') await reader.changeLeader();
      else if (each.what === 'read a page') await reader.page();
      else await reader.move();
    }
    for (const each of writers) committed.push(...(await each.end('commit')));
    // The look that is under way, and one more.
    while (await reader.page());
    while (await reader.page());
    await reader.move();
    const sent = reader.sent.map(({ key, payload }) => ({ key, number: Number(payload) }));
    const firstOfKey = Object.fromEntries(
      keys.map((key) => [key, [...new Set(sent.filter((each) => each.key === key).map((each) => each.number))]]),
    );
    const names = (all: { key: string; number: number }[]): string[] => [...new Set(all.map((each) => `${each.key}${each.number}`))].sort();
    return { committed: names(committed), sent: names(sent), firstOfKey };
  }

  it('is what was committed, all of it and nothing else, and of each key in its order, however writers and leaders come and go', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60 }), async (steps) => {
        const { committed, sent, firstOfKey } = await play(steps);
        expect(sent).toEqual(committed);
        for (const numbers of Object.values(firstOfKey)) expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
      }),
      { numRuns: Number(process.env['FALCONPAY_TEST_RUNS'] ?? 60) },
    );
  });

  it('is a transaction that took its position first and committed last, too', async () => {
    const { committed, sent } = await play([
      { what: 'append', writer: 0, key: 'a' },
      { what: 'append', writer: 1, key: 'b' },
      { what: 'commit', writer: 1 },
      { what: 'read a page' },
      { what: 'move the cursor' },
      { what: 'commit', writer: 0 },
    ]);
    expect(sent).toEqual(committed);
    expect(sent).toEqual(['a1', 'b2']);
  });

  it('is of one moment, however many pages it takes: what commits between two of them waits for the next look', async () => {
    const { firstOfKey } = await play([
      { what: 'append', writer: 0, key: 'a' },
      { what: 'append', writer: 1, key: 'b' },
      { what: 'append', writer: 1, key: 'b' },
      { what: 'commit', writer: 1 },
      { what: 'read a page' },
      { what: 'commit', writer: 0 },
      { what: 'append', writer: 2, key: 'a' },
      { what: 'commit', writer: 2 },
      { what: 'read a page' },
    ]);
    expect(firstOfKey['a']).toEqual([1, 4]);
  });
});

describe('the lease', () => {
  it('is held by one, and by the next when the first has let go', async () => {
    const [first, second] = [new RelayCursor(source, 'first'), new RelayCursor(source, 'second')];
    const lease = await first.acquire();
    expect(lease).toBeDefined();
    expect(await second.acquire()).toBeUndefined();
    await first.release(lease as Lease);
    expect((await second.acquire())?.epoch).toBe((lease as Lease).epoch + 1n);
  });

  it('passes at once when the leader’s database session is gone', async () => {
    const gone = defineDatabase({ url: database.url, applicationName: 'gone', migrations: [], poolSize: 1 });
    await gone.initialize();
    expect(await new RelayCursor(gone, 'gone').acquire()).toBeDefined();
    const second = new RelayCursor(source, 'second');
    // Not because its time is over.
    await source.query(`update outbox_cursor set lease_until = 'infinity'`);
    expect(await second.acquire()).toBeUndefined();
    await gone.destroy();
    // The server needs a moment to notice that the session has ended.
    await eventually('the second leads', () => second.acquire());
  });

  it('of an older epoch can neither move the cursor nor be given back', async () => {
    const [first, second] = [new RelayCursor(source, 'first'), new RelayCursor(source, 'second')];
    const stale = (await first.acquire()) as Lease;
    await source.query(`update outbox_cursor set lease_until = '-infinity'`);
    const lease = (await second.acquire()) as Lease;
    await inTransaction(source, (tx) => appendToOutbox(tx, [event('a', 1)]));
    const { snapshot } = await first.look(stale.snapshot, 10);
    expect(await first.advance(stale, snapshot)).toBe(false);
    await first.release(stale);
    expect((await second.look(lease.snapshot, 10)).rows).toHaveLength(1);
    expect(await new RelayCursor(source, 'third').acquire()).toBeUndefined();
    expect(await second.advance(lease, snapshot)).toBe(true);
  });

  it('is refused in another cluster than the one the outbox was filled in, whose transaction ids say nothing here', async () => {
    await source.query('update outbox_cursor set system_identifier = system_identifier + 1');
    try {
      await expect(new RelayCursor(source, 'restored').acquire()).rejects.toThrow('restored into another Postgres cluster');
    } finally {
      await source.query('update outbox_cursor set system_identifier = system_identifier - 1');
    }
  });
});

describe('a day of the outbox', () => {
  const dayMs = 86_400_000;

  it('goes when its time is over and all of it is published, not before', async () => {
    const cursor = new RelayCursor(source, 'first');
    const lease = (await cursor.acquire()) as Lease;
    const partitions = outboxPartitions(7, (name) => cursor.isPublished(name));
    const now = Date.now();
    await maintainDayPartitions(source, partitions, now);
    await inTransaction(source, (tx) => appendToOutbox(tx, [event('a', 1)]));
    expect(await maintainDayPartitions(source, partitions, now + 6 * dayMs)).toEqual([]);
    const today = `outbox_${new Date(now).toISOString().slice(0, 10).replaceAll('-', '')}`;
    expect(await maintainDayPartitions(source, partitions, now + 9 * dayMs)).not.toContain(today);
    await cursor.advance(lease, (await cursor.look(lease.snapshot, 10)).snapshot);
    expect(await maintainDayPartitions(source, partitions, now + 9 * dayMs)).toContain(today);
    expect(await source.query('select * from outbox')).toEqual([]);
  });

  it('tells how much of it waits, for how long, and whether there is anybody to send it', async () => {
    const cursor = new RelayCursor(source, 'first');
    expect(await cursor.pending()).toMatchObject({ count: 0, oldestSeconds: 0, hasLeader: false });
    const lease = (await cursor.acquire()) as Lease;
    await inTransaction(source, (tx) => appendToOutbox(tx, [event('a', 1), event('a', 2)]));
    const { count, oldestSeconds, hasLeader } = await cursor.pending();
    expect(count).toBe(2);
    expect(oldestSeconds).toBeGreaterThan(0);
    expect(hasLeader).toBe(true);
    await source.query(`update outbox_cursor set backend_pid = -1`);
    expect(await cursor.pending()).toMatchObject({ count: 2, hasLeader: false });
    await cursor.advance(lease, lease.snapshot);
    expect(await cursor.pending()).toMatchObject({ hasLeader: true });
    await cursor.release(lease);
    expect(await cursor.pending()).toMatchObject({ hasLeader: false });
  });
});
