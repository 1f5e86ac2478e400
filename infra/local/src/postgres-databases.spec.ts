import { createDatabase } from '@falconpay/testing/infrastructure';
import pg from 'pg';

async function connects(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
    const { rows } = await client.query<{ name: string }>('select current_database() as name');
    return rows[0]?.name ?? '';
  } catch (error) {
    return (error as Error).message;
  } finally {
    await client.end().catch(() => undefined);
  }
}

describe('a service’s login', () => {
  it('reaches its own database and no other', async () => {
    const [mine, other] = await Promise.all([createDatabase('mine'), createDatabase('other')]);
    try {
      expect(await connects(mine.url)).toMatch(/^mine_/);
      for (const name of [new URL(other.url).pathname.slice(1), 'postgres', 'template1']) {
        const url = new URL(mine.url);
        url.pathname = `/${name}`;
        expect(await connects(url.href)).toContain(`permission denied for database "${name}"`);
      }
    } finally {
      await Promise.all([mine.drop(), other.drop()]);
    }
  });

  it('is made for many at the same time', async () => {
    const made = await Promise.all(Array.from({ length: 8 }, () => createDatabase('crowd')));
    expect(new Set(made.map(({ url }) => url)).size).toBe(8);
    await Promise.all(made.map((each) => each.drop()));
  });

  it('may make tables in it', async () => {
    const mine = await createDatabase('mine');
    const client = new pg.Client({ connectionString: mine.url });
    try {
      await client.connect();
      await client.query('create table t (id int)');
    } finally {
      await client.end();
      await mine.drop();
    }
    expect(await connects(mine.url)).toMatch(/does not exist|authentication failed/);
  });
});
