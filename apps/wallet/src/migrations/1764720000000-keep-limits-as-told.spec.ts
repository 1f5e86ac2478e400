import { createDatabase } from '@falconpay/testing/infrastructure';
import { migratedForSpecs, type MigratedDatabase } from '../migrated-database-for-specs.js';
import { KeepLimitsAsTold1764720000000 } from './1764720000000-keep-limits-as-told.js';

let database: MigratedDatabase;
beforeAll(async () => {
  database = await migratedForSpecs(await createDatabase('limits_as_told'));
});
afterAll(() => database?.drop());

const rowSql = (table: 'accounts' | 'client_limits') =>
  table === 'accounts'
    ? `insert into accounts (id, number, owner, currency, status, posted, held, limits, version, created_at, updated_at)
       values ($1, $1, '', 'USD', 'OPEN', 0, 0, $2, 0, now(), now())`
    : 'insert into client_limits (client, limits, version, created_at, updated_at) values ($1, $2, 0, now(), now())';

const before = { per_transaction: {}, per_day: {}, velocity: null, currencies: null, zone: 'Asia/Muscat' };

describe('limits that were set before each stood under its rule’s name', () => {
  it('are the same limits afterwards, and what was not limited is not', async () => {
    const { source } = database;
    const full = {
      ...before,
      velocity: { count: 3, windowSeconds: 60 },
      currencies: ['USD'],
      per_transaction: { USD: '9007199254740991' },
    };
    const inOthers = { per_day: { USD: '1', OMR: '2' }, new_account: { younger_than_seconds: 5, per_transaction: { USD: '7' } } };
    for (const [table, id, limits] of [
      ['accounts', 'full', full],
      ['accounts', 'empty', { ...before, new_account: null }],
      ['accounts', 'none', null],
      ['client_limits', 'full', { ...full, ...inOthers }],
      ['client_limits', 'empty', before],
    ] as const)
      await source.query(rowSql(table), [id, limits && JSON.stringify(limits)]);
    const runner = source.createQueryRunner();
    await new KeepLimitsAsTold1764720000000().up(runner);
    await runner.release();

    const velocity = { count: 3, window_seconds: 60 };
    const most = { amount: Number.MAX_SAFE_INTEGER, currency: 'USD' };
    expect(await source.query('select id, limits from accounts order by id')).toEqual([
      { id: 'empty', limits: { zone: 'Asia/Muscat', rules: {} } },
      { id: 'full', limits: { zone: 'Asia/Muscat', rules: { velocity, currencies: ['USD'], per_transaction: most } } },
      { id: 'none', limits: null },
    ]);
    expect(await source.query('select limits from client_limits order by client')).toEqual([
      { limits: { zone: 'Asia/Muscat', rules: {} } },
      {
        limits: {
          zone: 'Asia/Muscat',
          rules: {
            ...{ velocity, currencies: ['USD'], per_transaction: [most] },
            per_day: expect.arrayContaining([
              { amount: 1, currency: 'USD' },
              { amount: 2, currency: 'OMR' },
            ]),
            new_account: { younger_than_seconds: 5, per_transaction: [{ amount: 7, currency: 'USD' }] },
          },
        },
      },
    ]);
  });
});
