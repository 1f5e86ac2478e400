import { randomUUID } from 'node:crypto';
import type { DataSource, MigrationInterface, QueryRunner } from 'typeorm';
import { defineDatabase, openDatabase } from '@falconpay/postgres/database';
import { maintainDayPartitions } from '@falconpay/postgres/day-partitions';
import { inTransaction } from '@falconpay/postgres/transaction';
import { createDatabase, type TestDatabase } from '@falconpay/testing/infrastructure';
import { createInbox, inboxPartitions, takeIn } from './inbox.js';

class CreateInbox1700000000000 implements MigrationInterface {
  up = (runner: QueryRunner): Promise<void> => createInbox(runner);
  async down(): Promise<void> {}
}

let database: TestDatabase;
let source: DataSource;
beforeAll(async () => {
  database = await createDatabase('inbox');
  source = defineDatabase({ url: database.url, applicationName: 'spec', migrations: [CreateInbox1700000000000] });
  await openDatabase(source, () => undefined);
});
afterAll(async () => {
  await source.destroy();
  await database.drop();
});

const take = (...ids: string[]): Promise<string[]> => inTransaction(source, async (tx) => [...(await takeIn(tx, ids))]);

/** A UUIDv7 of an instant. */
function idAt(time: number): string {
  const hex = time.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7${randomUUID().slice(15)}`;
}

describe('the inbox', () => {
  it('takes an event in once', async () => {
    const [first, second] = [randomUUID(), randomUUID()];
    expect(await take(first)).toEqual([first]);
    expect(await take(first, second)).toEqual([second]);
    expect(await take(first, second)).toEqual([]);
  });

  it('knows nothing of an event whose transaction was rolled back', async () => {
    const id = randomUUID();
    const failing = inTransaction(source, async (tx) => {
      await takeIn(tx, [id]);
      throw new Error('something else failed');
    });
    await expect(failing).rejects.toThrow('something else failed');
    expect(await take(id)).toEqual([id]);
  });

  it('gives an event that two transactions take at the same moment to one of them', async () => {
    const ids = Array.from({ length: 50 }, () => randomUUID());
    const takers = await Promise.all(Array.from({ length: 8 }, (_, turn) => take(...(turn % 2 === 0 ? ids : [...ids].reverse()))));
    expect(takers.flat().sort()).toEqual([...ids].sort());
  });

  it('gives it to the second when the first fails', async () => {
    const id = randomUUID();
    let fail: (error: Error) => void = () => undefined;
    let taken: () => void = () => undefined;
    const isTaken = new Promise<void>((resolve) => (taken = resolve));
    const first = inTransaction(source, async (tx) => {
      await takeIn(tx, [id]);
      taken();
      await new Promise((_resolve, reject) => (fail = reject));
    });
    await isTaken;
    const second = take(id);
    fail(new Error('no'));
    await expect(first).rejects.toThrow('no');
    expect(await second).toEqual([id]);
  });

  it('is exact across its days: an id is unique wherever it lies', async () => {
    const now = Date.now();
    await maintainDayPartitions(source, inboxPartitions(45), now);
    const [today, tomorrow, longAgo] = [idAt(now), idAt(now + 86_400_000), idAt(now - 400 * 86_400_000)];
    expect((await take(today, tomorrow, longAgo)).sort()).toEqual([today, tomorrow, longAgo].sort());
    expect(await take(today, tomorrow, longAgo)).toEqual([]);
    const places = (await source.query('select tableoid::regclass::text as place from inbox where event_id = any($1)', [
      [today, tomorrow, longAgo],
    ])) as { place: string }[];
    expect(new Set(places.map(({ place }) => place)).size).toBe(3);
  });

  it('forgets whole days, once they are past its retention', async () => {
    const now = Date.now();
    await maintainDayPartitions(source, inboxPartitions(45), now);
    const id = idAt(now);
    await take(id);
    expect(await maintainDayPartitions(source, inboxPartitions(45), now + 45 * 86_400_000)).toEqual([]);
    expect(await take(id)).toEqual([]);
    expect((await maintainDayPartitions(source, inboxPartitions(45), now + 46 * 86_400_000)).length).toBeGreaterThan(0);
    expect(await take(id)).toEqual([id]);
  });
});
