import pg from 'pg';
import type { DataSource } from 'typeorm';
import { createDatabase, type TestDatabase } from '@falconpay/testing/infrastructure';
import { defineDatabase, openDatabase } from './database.js';
import { codeOf, DatabaseUnavailable, isRace, isUnavailable, LostRace } from './errors.js';
import { updateById } from './set-based.js';
import { inTransaction, read, type Transaction } from './transaction.js';

interface Thing {
  readonly id: string;
  readonly value: number;
  readonly version: number;
}

let database: TestDatabase;
let source: DataSource;
beforeAll(async () => {
  database = await createDatabase('transaction');
  source = defineDatabase({ url: database.url, applicationName: 'spec', migrations: [], poolSize: 4 });
  await openDatabase(source, () => undefined);
  await source.query('create table things (id text primary key, value int not null, version int not null)');
});
beforeEach(async () => {
  await source.query('truncate things');
  await source.query(`insert into things values ('a', 0, 1), ('b', 0, 1), ('c', 0, 1)`);
});
afterAll(async () => {
  await source.destroy();
  await database.drop();
});

const statement = (text: string) => ({ name: text, text });
const things = (): Promise<Thing[]> => source.query('select * from things order by id');
const updateThings = updateById<Thing>(
  'things',
  { type: 'text', of: ({ id }) => id },
  { value: { type: 'int', of: ({ value }) => value } },
);
const raise = (tx: Transaction, id: string): Promise<object[]> =>
  tx.query(statement('update things set value = value + 1 where id = $1'), [id]);
const errorOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('a transaction', () => {
  it('leaves nothing behind when the work rejects', async () => {
    const failing = inTransaction(source, async (tx) => {
      await raise(tx, 'a');
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect((await things())[0]).toMatchObject({ value: 0 });
  });

  it('gives its connection back, however it ends', async () => {
    for (let count = 0; count < 20; count += 1) {
      await errorOf(inTransaction(source, (tx) => tx.query(statement('select 1/0'))));
    }
    await inTransaction(source, (tx) => raise(tx, 'a'));
    expect((await things())[0]).toMatchObject({ value: 1 });
  });

  it('says that the database is unavailable when its session is ended, and works again with the next one', async () => {
    const error = await errorOf(
      inTransaction(source, async (tx) => {
        await raise(tx, 'a');
        const [row] = await tx.query<{ pid: number }>(statement('select pg_backend_pid() as pid'));
        await source.query('select pg_terminate_backend($1)', [row?.pid]);
        await raise(tx, 'b');
      }),
    );
    expect(error).toBeInstanceOf(DatabaseUnavailable);
    expect(isUnavailable(error)).toBe(true);
    await inTransaction(source, (tx) => raise(tx, 'c'));
    expect((await things()).map(({ value }) => value)).toEqual([0, 0, 1]);
  });

  it('says so as well when the session ends between the last statement and the commit', async () => {
    const error = await errorOf(
      inTransaction(source, async (tx) => {
        await raise(tx, 'a');
        const [row] = await tx.query<{ pid: number }>(statement('select pg_backend_pid() as pid'));
        const { client } = tx as unknown as { client: pg.Client };
        const broken = new Promise((resolve) => client.once('error', resolve));
        await source.query('select pg_terminate_backend($1)', [row?.pid]);
        await broken;
      }),
    );
    expect(error).toBeInstanceOf(DatabaseUnavailable);
    expect((await things())[0]).toMatchObject({ value: 0 });
  });

  it('says so as well when there is no server', async () => {
    const url = new URL(database.url);
    url.port = '9';
    const nowhere = defineDatabase({ url: url.href, applicationName: 'spec', migrations: [] });
    await expect(nowhere.initialize()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    expect(isUnavailable(await errorOf(nowhere.initialize()))).toBe(true);
  });

  it('hands money out as bigint, exactly', async () => {
    expect(await read(source, statement('select 9007199254740993::bigint as amount'))).toEqual([{ amount: 9007199254740993n }]);
  });
});

describe('a race between transactions', () => {
  it('is recognised as one when it ends in a deadlock', async () => {
    let arrived = 0;
    let bothHave: () => void = () => undefined;
    const both = new Promise<void>((resolve) => (bothHave = resolve));
    const lock = (first: string, second: string): Promise<unknown> =>
      errorOf(
        inTransaction(source, async (tx) => {
          await raise(tx, first);
          arrived += 1;
          if (arrived === 2) bothHave();
          await both;
          await raise(tx, second);
        }),
      );
    const errors = (await Promise.all([lock('a', 'b'), lock('b', 'a')])).filter(Boolean);
    expect(errors.map(codeOf)).toEqual(['40P01']);
    expect(errors.every(isRace)).toBe(true);
  });

  it('is recognised as one when a snapshot is too old', async () => {
    const first = new pg.Client({ connectionString: database.url });
    await first.connect();
    try {
      await first.query('begin isolation level repeatable read');
      await first.query('select * from things');
      await inTransaction(source, (tx) => raise(tx, 'a'));
      const error = await errorOf(first.query(`update things set value = 7 where id = 'a'`));
      expect(codeOf(error)).toBe('40001');
      expect(isRace(error)).toBe(true);
    } finally {
      await first.end();
    }
  });

  it('is recognised as one when somebody else took the key', async () => {
    const error = await errorOf(inTransaction(source, (tx) => tx.query(statement(`insert into things values ('a', 1, 1)`))));
    expect(isRace(error)).toBe(true);
    expect(isRace(new LostRace('a key'))).toBe(true);
    expect(isRace(new Error('anything else'))).toBe(false);
    expect(isUnavailable(error)).toBe(false);
  });
});

describe('an update of many rows', () => {
  const locked = { id: 'a', value: 0, version: 1 };

  it('changes each of them to its own', async () => {
    const [a, b] = [
      { ...locked, value: 5, version: 2 },
      { id: 'b', value: 6, version: 2 },
    ];
    await inTransaction(source, (tx) =>
      updateThings(tx, [
        { before: locked, after: a },
        { before: { ...b, version: 1 }, after: b },
      ]),
    );
    expect((await things()).slice(0, 2)).toEqual([a, b]);
  });

  it('changes none when one of them is no longer as it was locked', async () => {
    await source.query(`update things set version = 2 where id = 'b'`);
    const changes = ['a', 'b', 'c'].map((id) => ({ before: { id, value: 0, version: 1 }, after: { id, value: 9, version: 2 } }));
    await expect(inTransaction(source, (tx) => updateThings(tx, changes))).rejects.toThrow(
      'of 3 rows to update 2 were as they were locked',
    );
    expect((await things()).map(({ value }) => value)).toEqual([0, 0, 0]);
  });

  it('changes none when one of them is gone', async () => {
    const gone = { id: 'gone', value: 0, version: 1 };
    await expect(inTransaction(source, (tx) => updateThings(tx, [{ before: gone, after: { ...gone, version: 2 } }]))).rejects.toThrow(
      'of 1 rows',
    );
  });
});
