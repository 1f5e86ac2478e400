import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { defineDatabase, openDatabase } from '@falconpay/postgres/database';
import { inTransaction } from '@falconpay/postgres/transaction';
import { createDatabase, type TestDatabase } from '@falconpay/testing/infrastructure';
import { deadLettersTable } from '../dead-letters/dead-letter.table.js';
import type { DeadLetter } from '../dead-letters/dead-letter.js';
import { inOrderOfKeys, newestFirst } from '../dead-letters/dead-letter.query.js';
import { lettersOfSagas, listLetters, readWholeLetters, selectLetters } from '../dead-letters/read-dead-letters.js';
import { CreateBackoffice1764460800000 } from '../migrations/1764460800000-create-backoffice.js';
import { itemId, type ReplayItem } from './replay-item.js';
import { replayItemsTable } from './replay-item.table.js';
import { ReplayQueries } from './replays.query.js';

const fiveMegabytes = Buffer.alloc(5_000_000, 7);
const at = new Date('2026-01-01T00:00:00.000Z');

let database: TestDatabase;
let source: DataSource;
beforeAll(async () => {
  database = await createDatabase('large_letters');
  source = defineDatabase({ url: database.url, applicationName: 'spec', migrations: [CreateBackoffice1764460800000] });
  await openDatabase(source, () => undefined);
});
afterAll(async () => {
  await source?.destroy();
  await database?.drop();
});

const letterOf = (id: string, sagaId: string, value: Buffer): DeadLetter => ({
  ...{ id, topic: 'bulk.created', group: 'falconpay.wallet', partition: 0, offset: '1', eventId: randomUUID(), sagaId },
  ...{ key: Buffer.from(id), value, headers: [], kind: 'poison', handler: undefined, serviceVersion: undefined, errorClass: 'TypeError' },
  ...{ errorMessage: '', errorStack: 'at x', fingerprint: '0123456789abcdef', attempts: 1, firstFailedAt: at, failedAt: at },
  ...{ replayId: undefined, replays: 0, state: 'waiting', replacement: undefined, version: 1, createdAt: at, updatedAt: at },
});
const itemOf = (replayId: string, index: number, letterId: string): ReplayItem => ({
  ...{ id: itemId(replayId, index + 1), replayId, number: index + 1, letterId, eventId: randomUUID(), deliveryId: randomUUID() },
  ...{
    lane: letterId,
    verdict: 'will-be-processed',
    detail: undefined,
    state: 'planned',
    outcome: undefined,
    sentAt: undefined,
    version: 1,
  },
});

/** A replay of letters that say so much; lanes of their own. */
async function replayOf(name: string, ...values: readonly Buffer[]) {
  const letters = values.map((value, index) => letterOf(`dlt_${name}_${index}`, name, value));
  const items = letters.map(({ id }, index) => itemOf(name, index, id));
  await inTransaction(source, async (tx) => {
    for (const letter of letters) await deadLettersTable.insert(tx, [letter]);
    await replayItemsTable.insert(tx, items);
  });
  const set = (change: Partial<ReplayItem>, ...numbers: readonly number[]) =>
    inTransaction(source, async (tx) => {
      const before = await replayItemsTable.lock?.(
        tx,
        numbers.map((number) => itemId(name, number)),
      );
      const changes = (before ?? []).map((item) => ({ before: item, after: { ...item, ...change, version: item.version + 1 } }));
      await replayItemsTable.update?.(tx, changes);
    });
  return { letters, set };
}
const queries = () => new ReplayQueries(source);
const numbers = (items: readonly ReplayItem[]): number[] => items.map(({ number }) => number);

describe('letters of some megabytes', () => {
  it('are listed, counted and selected without what they say', async () => {
    const { letters } = await replayOf('listed', fiveMegabytes, fiveMegabytes);
    const { key: _key, value: _value, headers: _headers, errorStack: _stack, ...summary } = letters[0] as DeadLetter;
    expect((await listLetters(source, { saga_id: 'listed' }, undefined, 10))[1]).toEqual(summary);
    expect((await lettersOfSagas(source, ['listed']))[0]).toEqual(summary);
    const selected = await selectLetters(source, { saga_id: 'listed' }, 10);
    expect(selected.map(({ id }) => id)).toEqual(letters.map(({ id }) => id));
    for (const { bytes } of selected) expect(bytes).toBeGreaterThanOrEqual(fiveMegabytes.length);
    expect((await readWholeLetters(source, [letters[0]?.id ?? '']))[0]).toEqual(letters[0]);
    for (const { statement } of [newestFirst({}, undefined, 1), inOrderOfKeys({}, 1)])
      expect(statement.text.replaceAll(/octet_length\([^)]*\)/g, '')).not.toMatch(/\*|\b(key|value|headers|replacement|error_stack)\b/);
  });

  it('are sent one after the other, and the next when there is room', async () => {
    const { set } = await replayOf('sent', fiveMegabytes, fiveMegabytes, fiveMegabytes);
    expect(numbers(await queries().nextOfLanes('sent', 500))).toEqual([1]);
    await set({ state: 'sent', sentAt: at }, 1);
    expect(await queries().nextOfLanes('sent', 500)).toEqual([]);
    await set({ state: 'resolved' }, 1);
    expect(numbers(await queries().nextOfLanes('sent', 500))).toEqual([2]);
  });

  it('are sent alone when one is more than may be on its way', async () => {
    const { set } = await replayOf('alone', Buffer.alloc(9_000_000), Buffer.from('{}'));
    expect(numbers(await queries().nextOfLanes('alone', 500))).toEqual([1]);
    await set({ state: 'sent', sentAt: at }, 1);
    expect(await queries().nextOfLanes('alone', 500)).toEqual([]);
  });

  it('do not keep others from being sent together', async () => {
    await replayOf('together', ...Array.from({ length: 20 }, () => Buffer.from('{}')));
    expect(await queries().nextOfLanes('together', 500)).toHaveLength(20);
    expect(numbers(await queries().nextOfLanes('together', 3))).toEqual([1, 2, 3]);
  });

  it('are given up some at a time when the one before them failed', async () => {
    const { set } = await replayOf('behind', Buffer.from('{}'), fiveMegabytes, fiveMegabytes);
    await source.query(`update replay_items set lane = 'one' where replay_id = 'behind'`);
    await set({ state: 'failed' }, 1);
    expect(numbers(await queries().behindFailed('behind', 500))).toEqual([2]);
  });

  it('are asked about, and known when they come back, without what they say', async () => {
    const { letters, set } = await replayOf('asked', fiveMegabytes);
    const { value: _value, headers: _headers, errorStack: _stack, ...address } = letters[0] as DeadLetter;
    const [item] = await queries().nextOfLanes('asked', 1);
    if (!item) throw new Error('there is no item');
    expect((await queries().addressesOf([item])).get(address.id)).toEqual(address);
    await set({ state: 'sent', sentAt: at }, 1);
    const back = { ...letterOf('dlt_asked_again', 'asked', fiveMegabytes), eventId: item.eventId, replayId: item.deliveryId };
    await inTransaction(source, (tx) => deadLettersTable.insert(tx, [back]));
    const { key: _key, value: _other, headers: _others, errorStack: _trace, ...summary } = back;
    expect((await queries().returnedBy([item])).get(item.id)).toEqual(summary);
  });
});
