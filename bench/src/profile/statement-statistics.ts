import pg from 'pg';

export interface StatementTime {
  readonly database: string;
  readonly calls: number;
  readonly totalMs: number;
  readonly meanMs: number;
  readonly rows: number;
  readonly walKilobytes: number;
  readonly text: string;
}

/** pg_stat_statements of the whole server. */
export class StatementStatistics {
  private constructor(private readonly client: pg.Client) {}

  static async open(adminUrl: string): Promise<StatementStatistics> {
    const client = new pg.Client({ connectionString: adminUrl });
    await client.connect();
    await client.query('create extension if not exists pg_stat_statements');
    return new StatementStatistics(client);
  }

  async reset(): Promise<void> {
    await this.client.query('select pg_stat_statements_reset()');
  }

  async top(count: number): Promise<StatementTime[]> {
    const { rows } = await this.client.query<StatementTime>(
      `select datname as database, calls::int, total_exec_time as "totalMs", mean_exec_time as "meanMs", rows::int,
          (wal_bytes / 1024)::float as "walKilobytes", regexp_replace(query, '\\s+', ' ', 'g') as text
        from pg_stat_statements join pg_database on pg_database.oid = dbid
        order by total_exec_time desc limit $1`,
      [count],
    );
    return rows;
  }

  async close(): Promise<void> {
    await this.client.end();
  }
}
