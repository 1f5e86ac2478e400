import { randomUUID } from 'node:crypto';
import type { DataSource, MigrationInterface, QueryRunner } from 'typeorm';
import { RecordRefused } from '@falconpay/kafka/verified-producer';
import { defineDatabase, openDatabase } from '@falconpay/postgres/database';
import { maintainDayPartitions } from '@falconpay/postgres/day-partitions';
import { inTransaction } from '@falconpay/postgres/transaction';
import { eventually } from '@falconpay/testing/eventually';
import { createDatabase, type TestDatabase } from '@falconpay/testing/infrastructure';
import type { VerbatimRecord } from './outbox-event.js';
import { appendToOutbox, createOutbox, outboxPartitions } from './outbox-table.js';
import { CreateRefusedEvents1765152000000, RefusedEvents, type Publisher } from './refused-events.js';
import { RelayCursor, type OutboxRow } from './relay-cursor.js';
import { Relay } from './relay.js';

class CreateOutbox1700000000000 implements MigrationInterface {
  up = (runner: QueryRunner): Promise<void> => createOutbox(runner);
  async down(): Promise<void> {}
}

/** A broker that takes nothing of a send in which there is a record it would not have. */
class Broker implements Publisher {
  got: string[] = [];
  refuses = new Set<string>();
  isAway = false;

  async publish(rows: readonly OutboxRow[]): Promise<void> {
    if (this.isAway) throw new Error('the broker is away');
    const texts = rows.map(({ key, payload }) => `${key}${payload}`);
    const refused = texts.find((text) => this.refuses.has(text));
    if (refused !== undefined) throw new RecordRefused(new Error(`${refused} is too large`));
    this.got.push(...texts);
  }

  of(key: string): string[] {
    return [...new Set(this.got)].filter((text) => text.startsWith(key));
  }
}

let database: TestDatabase;
let source: DataSource;
let broker: Broker;
let relay: Relay | undefined;
let refused: string[];
let failures: number;
beforeAll(async () => {
  database = await createDatabase('outbox_refused');
  const migrations = [CreateOutbox1700000000000, CreateRefusedEvents1765152000000];
  source = defineDatabase({ url: database.url, applicationName: 'spec', migrations });
  await openDatabase(source, () => undefined);
});
beforeEach(async () => {
  await source.query('truncate outbox, outbox_refused');
  [broker, refused, failures] = [new Broker(), [], 0];
});
afterEach(async () => {
  await relay?.stop();
  relay = undefined;
});
afterAll(async () => {
  await source.destroy();
  await database.drop();
});

const cursor = (): RelayCursor => new RelayCursor(source, 'spec');
function start(): void {
  const guarded = new RefusedEvents(source, broker, (row, reason) => refused.push(`${row.key}${row.payload}: ${reason}`));
  relay = new Relay(cursor(), guarded, { onFailure: () => (failures += 1), onCaughtUp: () => undefined });
  relay.start();
}
async function restart(): Promise<void> {
  await relay?.stop();
  start();
}

/** Of keys of one letter: `a1`, `b1`, in one transaction. */
async function append(...events: string[]): Promise<void> {
  await inTransaction(source, (tx) =>
    appendToOutbox(
      tx,
      events.map((text) => ({
        ...{ id: randomUUID(), topic: 't', key: text.slice(0, 1), type: 't', time: new Date(), payload: text.slice(1) },
        ...{ sequence: 1, causationId: undefined, traceparent: undefined, verbatim: undefined },
      })),
    ),
  );
  relay?.wake();
}
const setAside = async (): Promise<number> => ((await source.query('select 1 from outbox_refused')) as object[]).length;

describe('an event that the broker refuses for what is in it', () => {
  it('is set aside with the reason, and later ones of its key wait behind it; all others go on', async () => {
    broker.refuses.add('a2').add('c1');
    start();
    await append('a1', 'b1', 'a2', 'b2', 'a3', 'c1', 'b3');
    await append('a4', 'b4', 'd1');
    await eventually('the others are published', () => broker.got.includes('b4') && broker.got.includes('d1'));
    await eventually('what waits is set aside', async () => (await setAside()) === 4);
    expect([broker.of('a'), broker.of('b'), broker.of('c')]).toEqual([['a1'], ['b1', 'b2', 'b3', 'b4'], []]);
    expect(new Set(refused)).toEqual(new Set(['a2: a2 is too large', 'c1: c1 is too large']));
    expect(failures).toBe(0);
    const told = await eventually('the cursor has moved past all of them', async () => {
      const pending = await cursor().pending();
      return pending.count === 0 ? pending.refused : undefined;
    });
    expect(told.count).toBe(4);
    expect(told.oldestSeconds).toBeGreaterThan(0);
  });

  it('is tried again, and goes when the broker takes it; those behind it follow in order, before newer ones of the key', async () => {
    broker.refuses.add('a1').add('c1');
    start();
    await append('a1', 'a2', 'c1', 'b1');
    await eventually('it is set aside', async () => (await setAside()) === 3);
    broker.refuses.delete('a1');
    broker.refuses.add('a3');
    await append('a3', 'a4', 'b2');
    await eventually('the first two have gone', () => broker.got.includes('a2'));
    await eventually('the next one is refused', () => refused.includes('a3: a3 is too large'));
    expect(broker.of('a')).toEqual(['a1', 'a2']);
    broker.refuses.clear();
    await eventually('nothing waits', async () => (await setAside()) === 0);
    expect([broker.of('a'), broker.of('c')]).toEqual([['a1', 'a2', 'a3', 'a4'], ['c1']]);
    await append('a5');
    await eventually('what is new goes at once', () => broker.got.includes('a5'));
  });

  it('is known to whoever leads next, as is what waits behind it', async () => {
    broker.refuses.add('a1');
    start();
    await append('a1', 'a2');
    await eventually('it is set aside', async () => (await setAside()) === 2);
    await restart();
    await append('a3', 'b1');
    await eventually('the other goes on', () => broker.got.includes('b1'));
    expect(broker.of('a')).toEqual([]);
    broker.refuses.clear();
    await restart();
    await eventually('nothing waits', async () => (await setAside()) === 0);
    expect(broker.of('a')).toEqual(['a1', 'a2', 'a3']);
  });

  it('is not overtaken when the broker is away while it is tried again', async () => {
    broker.refuses.add('a1');
    start();
    await append('a1', 'a2');
    await eventually('it is set aside', async () => (await setAside()) === 2);
    broker.isAway = true;
    await restart();
    await eventually('it has been tried', () => failures > 0);
    await append('a3', 'b1');
    broker.isAway = false;
    await eventually('the other goes on', () => broker.got.includes('b1'));
    expect(broker.of('a')).toEqual([]);
  });

  it('holds up nobody when it is a record without a key', async () => {
    const verbatim: VerbatimRecord = { key: null, headers: [] };
    start();
    broker.refuses.add('kMQ==');
    await inTransaction(source, (tx) =>
      appendToOutbox(
        tx,
        ['1', '2'].map((text) => ({
          ...{ id: randomUUID(), topic: 't', key: 'k', type: 't', time: new Date(), payload: Buffer.from(text).toString('base64') },
          ...{ sequence: undefined, causationId: undefined, traceparent: undefined, verbatim },
        })),
      ),
    );
    await eventually('the other goes on', () => broker.got.includes('kMg=='));
    expect(await setAside()).toBe(1);
  });

  it('keeps the day of the outbox in which it lies', async () => {
    broker.refuses.add('a1');
    const partitions = outboxPartitions(7, (name) => cursor().isPublished(name));
    const now = Date.now();
    await maintainDayPartitions(source, partitions, now);
    start();
    await append('a1', 'b1');
    await eventually('it is set aside', async () => (await setAside()) === 1);
    await relay?.stop();
    const later = now + 9 * 86_400_000;
    const today = `outbox_${new Date(now).toISOString().slice(0, 10).replaceAll('-', '')}`;
    expect(await maintainDayPartitions(source, partitions, later)).not.toContain(today);
    await source.query('delete from outbox_refused');
    expect(await maintainDayPartitions(source, partitions, later)).toContain(today);
  });
});
