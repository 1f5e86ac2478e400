import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { DataSource, MigrationInterface, QueryRunner } from 'typeorm';
import { defineDatabase, openDatabase } from '@falconpay/postgres/database';
import { inTransaction } from '@falconpay/postgres/transaction';
import { eventually } from '@falconpay/testing/eventually';
import { createDatabase, type TestDatabase } from '@falconpay/testing/infrastructure';
import { appendToOutbox, createOutbox } from './outbox-table.js';
import { CreateRefusedEvents1765152000000, RefusedEvents, type Publisher } from './refused-events.js';
import { RelayCursor, type OutboxRow } from './relay-cursor.js';
import { Relay } from './relay.js';

class CreateOutbox1700000000000 implements MigrationInterface {
  up = (runner: QueryRunner): Promise<void> => createOutbox(runner);
  async down(): Promise<void> {}
}

/** A broker that keeps what it gets, and refuses when it is told to. */
class Broker implements Publisher {
  readonly got: string[] = [];
  readonly sizes: number[] = [];
  refuses = 0;

  async publish(rows: readonly OutboxRow[]): Promise<void> {
    if (this.refuses > 0) {
      this.refuses -= 1;
      throw new Error('the broker is away');
    }
    this.sizes.push(rows.length);
    this.got.push(...rows.map(({ payload }) => String(payload)));
  }
}

let database: TestDatabase;
let source: DataSource;
let relays: Relay[] = [];
const failures: unknown[] = [];
/** What relays told, without repetitions. */
const told: string[] = [];
const tell = (what: string): void => {
  if (told.at(-1) !== what) told.push(what);
};
beforeEach(async () => {
  failures.length = told.length = 0;
  database = await createDatabase('outbox_relay');
  source = defineDatabase({
    url: database.url,
    applicationName: 'spec',
    migrations: [CreateOutbox1700000000000, CreateRefusedEvents1765152000000],
  });
  await openDatabase(source, () => undefined);
});
afterEach(async () => {
  await Promise.all(relays.map((relay) => relay.stop()));
  relays = [];
  await source.destroy();
  await database.drop();
});

function startRelay(publisher: Publisher, owner = 'one', from = source): Relay {
  const relay = new Relay(new RelayCursor(from, owner), new RefusedEvents(from, publisher, () => undefined), {
    onFailure: (error) => {
      failures.push(error);
      tell('failed');
    },
    onCaughtUp: () => tell('caught up'),
  });
  relays.push(relay);
  relay.start();
  return relay;
}

const append = (from: number, count: number): Promise<void> =>
  inTransaction(source, (tx) =>
    appendToOutbox(
      tx,
      Array.from({ length: count }, (_, index) => ({
        ...{ id: randomUUID(), topic: 't', key: 'k', type: 't', time: new Date() },
        payload: String(from + index),
        ...{ sequence: index, causationId: undefined, traceparent: undefined, verbatim: undefined },
      })),
    ),
  );
const numbers = (from: number, count: number): string[] => Array.from({ length: count }, (_, index) => String(from + index));

describe('the relay', () => {
  it('publishes a transaction with an early position that commits after a thousand later ones were published (T-20)', async () => {
    const broker = new Broker();
    const relay = startRelay(broker);
    const slow = new pg.Client({ connectionString: database.url });
    await slow.connect();
    await slow.query('begin');
    await slow.query(
      `insert into outbox (id, aggregatetype, aggregateid, type, time, payload) values (gen_random_uuid(), 't', 's', 't', now(), 'slow')`,
    );
    for (let count = 0; count < 1_000; count += 100) {
      await append(count, 100);
      relay.wake();
    }
    await eventually('the later ones are published', () => broker.got.length === 1_000);
    expect(broker.got).not.toContain('slow');
    await slow.query('commit');
    await slow.end();
    await eventually('the slow one is published', () => broker.got.includes('slow'));
    expect(broker.got).toHaveLength(1_001);
  });

  it('sends what is more than a page in pages, in order, each row once', async () => {
    await append(0, 2_500);
    const broker = new Broker();
    startRelay(broker);
    await eventually('all are published', () => broker.got.length >= 2_500);
    expect(broker.sizes).toEqual([1_000, 1_000, 500]);
    expect(broker.got).toEqual(numbers(0, 2_500));
  });

  it('says when the broker refuses, tries again, and leaves out nothing', async () => {
    const broker = new Broker();
    broker.refuses = 2;
    startRelay(broker);
    await append(0, 3);
    await eventually('all are published', () => broker.got.length >= 3);
    expect(broker.got).toEqual(numbers(0, 3));
    expect(failures).toHaveLength(2);
  });

  it('sends again after a broken page, with what was before it, and never past it', async () => {
    await append(0, 1_500);
    const broker = new Broker();
    const publish = broker.publish.bind(broker);
    let calls = 0;
    broker.publish = async (rows) => {
      calls += 1;
      if (calls === 2) throw new Error('broke off');
      await publish(rows);
    };
    startRelay(broker);
    await eventually('the last is published', () => broker.got.includes('1499'));
    expect([...new Set(broker.got)]).toEqual(numbers(0, 1_500));
  });

  it('says that it works again when all that waited is published, not after each page that goes through', async () => {
    await append(0, 2_500);
    const broker = new Broker();
    const publish = broker.publish.bind(broker);
    let isAway = true;
    broker.publish = async (rows) => {
      if (isAway && rows.some(({ payload }) => payload === '2000')) throw new Error('one partition is away');
      await publish(rows);
    };
    startRelay(broker);
    await eventually('it has failed repeatedly', () => failures.length >= 3);
    expect(broker.sizes.length).toBeGreaterThanOrEqual(4);
    expect(told).toEqual(['failed']);
    isAway = false;
    await eventually('it has caught up', () => told.at(-1) === 'caught up');
    expect(told).toEqual(['failed', 'caught up']);
    expect([...new Set(broker.got)]).toEqual(numbers(0, 2_500));
  });

  it('says that it works again when it can look again, also with nothing to publish', async () => {
    const leader = startRelay(new Broker());
    await eventually('it has looked', () => told.includes('caught up'));
    await source.query('alter table outbox rename to hidden');
    await eventually('its look fails', () => told.at(-1) === 'failed');
    await source.query('alter table hidden rename to outbox');
    await eventually('it looks again', () => told.at(-1) === 'caught up');
    expect(leader.leads).toBe(true);
  });

  it('leads alone, and hands over when it stops', async () => {
    const [first, second] = [new Broker(), new Broker()];
    const leader = startRelay(first, 'one');
    await eventually('the first leads', () => leader.leads);
    const other = startRelay(second, 'two');
    await append(0, 5);
    await eventually('it is published', () => first.got.length === 5);
    expect(other.leads).toBe(false);
    await leader.stop();
    await append(5, 5);
    await eventually('the second publishes', () => second.got.length >= 5);
    expect(second.got).toEqual(numbers(5, 5));
  });

  it('does not move the cursor back or on once another leads, and its successor sends what it may not have sent', async () => {
    const [stuck, second] = [new Broker(), new Broker()];
    let letGo: () => void = () => undefined;
    const hold = new Promise<void>((resolve) => (letGo = resolve));
    const publish = stuck.publish.bind(stuck);
    stuck.publish = async (rows) => {
      await hold;
      await publish(rows);
    };
    const zombie = startRelay(stuck, 'zombie');
    await eventually('it leads', () => zombie.leads);
    await append(0, 5);
    zombie.wake();
    // As when its lease has run out while it was stopped.
    await source.query(`update outbox_cursor set lease_until = '-infinity'`);
    startRelay(second, 'two');
    await eventually('the second sends it', () => second.got.length === 5);
    await append(5, 5);
    await eventually('and goes on', () => second.got.length === 10);
    const [before] = (await source.query('select epoch, owner from outbox_cursor')) as object[];
    letGo();
    await eventually('the zombie sees that it leads no more', () => !zombie.leads);
    expect(await source.query('select epoch, owner from outbox_cursor')).toEqual([before]);
    expect(second.got).toEqual(numbers(0, 10));
  });

  describe('with a backlog that takes longer than its lease', () => {
    const rows = 8_000;
    let other: DataSource;
    let publishing = 0;
    let publishingAtOnce = 0;
    beforeEach(async () => {
      publishing = publishingAtOnce = 0;
      // Another process has sessions of its own, by which it is known to be alive.
      other = defineDatabase({ url: database.url, applicationName: 'other', migrations: [] });
      await other.initialize();
      await append(0, rows);
    });
    afterEach(async () => {
      await Promise.all(relays.map((relay) => relay.stop()));
      await other.destroy();
    });

    /** Eight pages, each of which takes a fifth of the lease. */
    class SlowBroker extends Broker {
      override async publish(page: readonly OutboxRow[]): Promise<void> {
        publishing += 1;
        publishingAtOnce = Math.max(publishingAtOnce, publishing);
        await delay(1_000);
        await super.publish(page);
        publishing -= 1;
      }
    }

    it('leads to its end, while the other waits; then the other goes on where it ended', async () => {
      const [first, second] = [new SlowBroker(), new SlowBroker()];
      const leader = startRelay(first, 'one');
      await eventually('the first leads', () => leader.leads);
      startRelay(second, 'two', other);
      await eventually('the backlog is published', () => first.got.length + second.got.length >= rows);
      await leader.stop();
      await append(rows, 1_500);
      await eventually('the second publishes what came later', () => second.got.length >= 1_500);
      expect(first.got).toEqual(numbers(0, rows));
      expect(second.got).toEqual(numbers(rows, 1_500));
      expect(publishingAtOnce).toBe(1);
    });

    it('gives it up when its lease is lost on the way, and the other sends all of it', async () => {
      const [first, second] = [new SlowBroker(), new SlowBroker()];
      const leader = startRelay(first, 'one');
      await eventually('the first has sent some of it', () => first.got.length >= 2_000);
      await source.query(`update outbox_cursor set lease_until = '-infinity'`);
      const successor = startRelay(second, 'two', other);
      await eventually('the first knows that it leads no more', () => !leader.leads);
      await eventually('the second has sent all of it', () => second.got.length >= rows);
      expect(second.got).toEqual(numbers(0, rows));
      expect(first.got.length).toBeLessThan(rows);
      expect(first.got).toEqual(numbers(0, first.got.length));
      await successor.stop();
      const before = first.got.length;
      await append(rows, 10);
      await eventually('the first goes on in its turn', () => first.got.length > before);
      expect(first.got.slice(before)).toEqual(numbers(rows, 10));
    });
  });
});
