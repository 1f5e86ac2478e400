import type { DataSource } from 'typeorm';
import type { PoolClient, QueryResult } from 'pg';
import { arrayText } from './array-text.js';
import { DatabaseUnavailable, isUnavailable } from './errors.js';

/** A statement with a name is parsed and planned once per connection. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

/** Runs statements inside one database transaction, in the order they are asked for, answers awaited or not; there is no other way to get one, so nothing can be written outside. */
export class Transaction {
  private cause: unknown;

  constructor(private readonly client: PoolClient) {}

  async query<Row extends object>(statement: Statement, values: readonly unknown[] = []): Promise<Row[]> {
    try {
      const result: QueryResult<Row> = await this.client.query<Row>(queryOf(statement, values));
      return result.rows;
    } catch (error) {
      // After the first failure Postgres refuses whatever was sent behind it; what matters is why.
      this.cause ??= error;
      throw this.cause;
    }
  }
}

/** Commits when the work resolves, rolls back when it rejects. A lost connection surfaces as DatabaseUnavailable. */
export async function inTransaction<T>(source: DataSource, work: (tx: Transaction) => Promise<T>): Promise<T> {
  const runner = source.createQueryRunner();
  try {
    const client = (await runner.connect()) as PoolClient;
    await runner.startTransaction();
    const result = await work(new Transaction(client));
    await runner.commitTransaction();
    return result;
  } catch (error) {
    if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
    throw isUnavailable(error) ? new DatabaseUnavailable(error) : error;
  } finally {
    await runner.release().catch(() => undefined);
  }
}

/** A read outside any transaction. */
export async function read<Row extends object>(source: DataSource, statement: Statement, values: readonly unknown[] = []): Promise<Row[]> {
  const runner = source.createQueryRunner();
  try {
    const client = (await runner.connect()) as PoolClient;
    return (await client.query<Row>(queryOf(statement, values))).rows;
  } catch (error) {
    throw isUnavailable(error) ? new DatabaseUnavailable(error) : error;
  } finally {
    await runner.release().catch(() => undefined);
  }
}

const queryOf = ({ name, text }: Statement, values: readonly unknown[]) => ({
  name,
  text,
  values: values.map((value) => (Array.isArray(value) ? arrayText(value) : value)),
});
