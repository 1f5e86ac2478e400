import pg from 'pg';
import type { DataSource } from 'typeorm';
import { eventually } from '@falconpay/testing/eventually';
import { createDatabase } from '@falconpay/testing/infrastructure';
import { migratedForSpecs, type MigratedDatabase } from '../migrated-database-for-specs.js';
import { SumLedger1764288000000 } from '../migrations/1764288000000-sum-ledger.js';
import { LedgerImbalance } from './ledger-imbalance.js';

let database: MigratedDatabase;
let source: DataSource;
let clients: pg.Client[];
let imbalance: LedgerImbalance;
beforeEach(async () => {
  database = await migratedForSpecs(await createDatabase('ledger_imbalance'), SumLedger1764288000000);
  source = database.source;
  clients = [];
  imbalance = new LedgerImbalance(source);
});
afterEach(async () => {
  await Promise.all(clients.map((client) => client.end()));
  await database.drop();
});

async function connect(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  clients.push(client);
  return client;
}

type Legs = readonly (readonly [amount: number, currency: string])[];
let transactions = 0;

async function insert(client: pg.Client, legs: Legs): Promise<void> {
  transactions += 1;
  await client.query(
    `insert into entries (account_id, transaction_id, type, amount, currency, created_at)
     select 'sys_' || ordinal, $1, 'spec', amount, currency, now()
     from unnest($2::bigint[], $3::text[]) with ordinality as leg(amount, currency, ordinal)`,
    [`t${transactions}`, legs.map(([amount]) => amount), legs.map(([, currency]) => currency)],
  );
}

/** As nobody can through the services: past the trigger that stops it. */
async function insertUnbalanced(client: pg.Client, legs: Legs): Promise<void> {
  await client.query('alter table entries disable trigger entries_sum_to_zero');
  await insert(client, legs);
  await client.query('alter table entries enable trigger entries_sum_to_zero');
}

const look = async (by = imbalance): Promise<Record<string, number>> =>
  Object.fromEntries([...((await by.perCurrency()) ?? [['behind', 1n]])].map(([currency, sum]) => [currency, Number(sum)]));
const summedTo = async (): Promise<number> =>
  Number(((await source.query('select summed_to from ledger_sums')) as { summed_to: bigint }[])[0]?.summed_to);

const usd = (amount: number): Legs => [
  [amount, 'USD'],
  [-amount, 'USD'],
];

describe('the imbalance of the ledger', () => {
  it('is nothing where there is nothing, and zero in each currency where every transaction balances', async () => {
    for (let count = 0; count < 4; count += 1) expect(await look()).toEqual({});
    const client = await connect();
    await insert(client, usd(5));
    await insert(client, [...usd(7), [1_000, 'OMR'], [-1_000, 'OMR']]);
    for (let count = 0; count < 4; count += 1) expect(await look()).toEqual({ USD: 0, OMR: 0 });
  });

  it('shows at once, stays through restarts, whatever is posted since, and goes when it is corrected', async () => {
    const client = await connect();
    await insert(client, usd(5));
    await look();
    await insertUnbalanced(client, [[3, 'USD']]);
    expect(await look()).toEqual({ USD: 3 });
    for (let count = 0; count < 4; count += 1) {
      await insert(client, usd(1));
      expect(await look(new LedgerImbalance(source))).toEqual({ USD: 3 });
    }
    await insertUnbalanced(client, [[-3, 'USD']]);
    expect(await look()).toEqual({ USD: 0 });
  });

  it('reads each entry a few times, and then never again', async () => {
    const client = await connect();
    for (let count = 1; count <= 6; count += 1) {
      await insert(client, usd(1));
      await look();
    }
    // Whoever else is at work in this server, in whatever database, holds up what counts as settled.
    await eventually('all is summed', async () => (await look()) && (await summedTo()) === 12);
    await source.query('alter table entries rename to away');
    expect(await look()).toEqual({ USD: 0 });
  });

  it('sees a transaction that took its ids early and committed late, whole', async () => {
    const [early, later] = [await connect(), await connect()];
    await later.query('alter table entries disable trigger entries_sum_to_zero');
    await early.query('begin');
    await insert(early, [[2, 'USD']]);
    for (let count = 0; count < 4; count += 1) {
      await insert(later, usd(1));
      expect(await look()).toEqual({ USD: 0 });
    }
    await insert(early, [
      [-2, 'USD'],
      [9, 'USD'],
    ]);
    expect(await look()).toEqual({ USD: 0 });
    await early.query('commit');
    for (let count = 0; count < 4; count += 1) {
      await insert(later, usd(1));
      expect(await look()).toEqual({ USD: 9 });
    }
    await eventually('the late one is summed', async () => (await look()) && (await summedTo()) > 9);
  });

  it('is the same for instances that look at the same time', async () => {
    const client = await connect();
    const others = [1, 2, 3, 4].map(() => new LedgerImbalance(source));
    for (let count = 0; count < 10; count += 1) {
      await insertUnbalanced(client, [[1, 'USD']]);
      for (const seen of await Promise.all(others.map((other) => look(other)))) expect(seen).toEqual({ USD: count + 1 });
    }
  });

  it('is not told before it has caught up with what nobody looked at, so many entries at a time', async () => {
    const client = await connect();
    const patient = new LedgerImbalance(source, 10);
    for (let count = 0; count < 20; count += 1) await insert(client, usd(1));
    await insertUnbalanced(client, [[4, 'USD']]);
    const seen: Record<string, number>[] = [];
    // As often as it takes: others at work in this server hold it up.
    await eventually('it has caught up', async () => seen.push(await look(patient)) && 'USD' in (seen.at(-1) ?? {}));
    expect(seen.at(-1)).toEqual({ USD: 4 });
    expect(seen.slice(0, -1)).toEqual(Array(seen.length - 1).fill({ behind: 1 }));
    expect(seen.length).toBeGreaterThan(3);
  });

  it('goes on in a copy of the database in another cluster, where the marks of the first mean nothing', async () => {
    const client = await connect();
    await insert(client, usd(1));
    await look();
    await source.query(`update ledger_sums set reached_at = '9000000000'`);
    await insert(client, usd(1));
    for (let count = 0; count < 3; count += 1) expect(await look()).toEqual({ USD: 0 });
    await eventually('all is summed', async () => (await look()) && (await summedTo()) === 4);
  });
});
