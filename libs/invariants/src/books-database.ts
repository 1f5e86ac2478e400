import pg from 'pg';

const rowsPerFetch = 5_000;
const rowsPerInsert = 5_000;

/** One service's database as it stood at one moment, and whoever looks may take notes in temporary tables. */
export class BooksDatabase {
  private cursors = 0;

  private constructor(
    readonly service: string,
    private readonly url: string,
    private readonly client: pg.Client,
  ) {}

  static async open(service: string, url: string): Promise<BooksDatabase> {
    const books = new BooksDatabase(service, url, await connect(url));
    try {
      await books.client.query('begin isolation level repeatable read');
      // The snapshot is taken by the first statement after this one.
      await books.client.query(
        `set local work_mem = '64MB'; set local temp_buffers = '64MB'; set local jit = off; set local timezone = 'UTC'`,
      );
      await books.client.query('select 1');
      return books;
    } catch (error) {
      await books.close();
      throw error;
    }
  }

  async query<Row extends object>(sql: string, values: readonly unknown[] = []): Promise<Row[]> {
    return (await this.client.query<Row>(sql, values as unknown[])).rows;
  }

  async one<Row extends object>(sql: string, values: readonly unknown[] = []): Promise<Row> {
    const [row] = await this.query<Row>(sql, values);
    if (!row) throw new Error(`${this.service}: no row came back`);
    return row;
  }

  /** Any number of rows in little memory. */
  async *stream<Row extends object>(sql: string, values: readonly unknown[] = [], rowsAtOnce = rowsPerFetch): AsyncGenerator<Row> {
    const cursor = `books_${(this.cursors += 1)}`;
    await this.query(`declare ${cursor} no scroll cursor for ${sql}`, values);
    for (;;) {
      const rows = await this.query<Row>(`fetch ${rowsAtOnce} from ${cursor}`);
      yield* rows;
      if (rows.length < rowsAtOnce) break;
    }
    await this.query(`close ${cursor}`);
  }

  /** Fills a temporary table; each column is given as text. */
  async fill(table: string, columns: readonly string[], rows: AsyncIterable<readonly (string | null)[]>): Promise<void> {
    let waiting: (readonly (string | null)[])[] = [];
    const values = columns.map((_, index) => `$${index + 1}::text[]`).join(', ');
    const write = async (): Promise<void> => {
      await this.query(
        `insert into ${table} (${columns.join(', ')}) select * from unnest(${values})`,
        columns.map((_, index) => waiting.map((row) => row[index])),
      );
      waiting = [];
    };
    for await (const row of rows) {
      waiting.push(row);
      if (waiting.length >= rowsPerInsert) await write();
    }
    if (waiting.length > 0) await write();
    await this.query(`analyze ${table}`);
  }

  /** As it stands now, not as it stood: tells what came later from what never was. */
  async now<Row extends object>(sql: string, values: readonly unknown[] = []): Promise<Row[]> {
    return queryNow<Row>(this.url, sql, values);
  }

  async close(): Promise<void> {
    await this.client.end().catch(() => undefined);
  }
}

export async function queryNow<Row extends object>(url: string, sql: string, values: readonly unknown[] = []): Promise<Row[]> {
  const client = await connect(url);
  try {
    return (await client.query<Row>(sql, values as unknown[])).rows;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 5_000,
    application_name: 'falconpay-books',
    keepAlive: true,
  });
  // A server that dies while nobody asks it anything would otherwise end this process; the next query tells.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}
