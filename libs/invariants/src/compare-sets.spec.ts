import { createDatabase, type TestDatabase } from '@falconpay/testing/infrastructure';
import { BooksDatabase } from './books-database.js';
import { compareSets, type Difference } from './compare-sets.js';

const size = 20_000;
const numbers = (table: string): string => `select 'key ' || n as key, 'fact ' || n as fact from ${table}`;

describe('two sets in two databases', () => {
  const databases: TestDatabase[] = [];
  let left: BooksDatabase;
  let right: BooksDatabase;

  beforeAll(async () => {
    databases.push(await createDatabase('sets_left'), await createDatabase('sets_right'));
    [left, right] = (await Promise.all(databases.map(({ url }) => BooksDatabase.open('test', url)))) as [BooksDatabase, BooksDatabase];
    for (const books of [left, right]) await books.query(`create temp table n as select n from generate_series(1, ${size}) n`);
  });
  afterAll(async () => {
    await Promise.all([left?.close(), right?.close()]);
    await Promise.all(databases.map((database) => database.drop()));
  });

  async function differences(ours: string[], theirs: string): Promise<Difference[]> {
    const found: Difference[] = [];
    for await (const difference of compareSets(
      ours.map((sql) => ({ books: left, sql })),
      [{ books: right, sql: theirs }],
    )) {
      found.push(difference);
    }
    return found;
  }

  it('that are the same have no difference', async () => {
    expect(await differences([numbers('n')], numbers('n'))).toEqual([]);
  });

  it('differ where one has a key more, or says something else of it', async () => {
    const theirs = `select key, case key when 'key 7' then 'another' else fact end as fact from (${numbers('n')}) n
      where key <> 'key 11' union all select 'zebra', 'stripes'`;
    expect(await differences([numbers('n')], theirs)).toEqual([
      { key: 'key 11', left: 'fact 11', right: undefined },
      { key: 'key 7', left: 'fact 7', right: 'another' },
      { key: 'zebra', left: undefined, right: 'stripes' },
    ]);
  });

  it('may each be spread over several places', async () => {
    const [even, odd] = [0, 1].map((rest) => `${numbers('n')} where n % 2 = ${rest}`);
    expect(await differences([even ?? '', odd ?? ''], `${numbers('n')} where n <> 5`)).toEqual([
      { key: 'key 5', left: 'fact 5', right: undefined },
    ]);
  });

  it('differ altogether when one is empty', async () => {
    const found = await differences([numbers('n')], `${numbers('n')} where n < 0`);
    expect(found).toHaveLength(size);
    expect(found.map(({ key }) => key)).toEqual(found.map(({ key }) => key).sort());
  });

  it('differ when a key comes twice', async () => {
    expect(await differences([numbers('n')], `${numbers('n')} union all select 'key 3', 'fact 3'`)).toEqual([
      { key: 'key 3', left: undefined, right: 'fact 3' },
    ]);
  });
});
