import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { DataSource, type EntitySchema, type MigrationInterface } from 'typeorm';
import { isUnavailable } from './errors.js';
import { utcTimeOf } from './utc-time.js';

export interface DatabaseOptions {
  readonly url: string;
  readonly applicationName: string;
  readonly migrations: (new () => MigrationInterface)[];
  readonly entities?: EntitySchema[];
  readonly poolSize?: number;
}

const { INT8, TIMESTAMPTZ } = pg.types.builtins;
const bigintOf = (text: string): bigint => BigInt(text);

/** BIGINT holds money: it arrives as bigint, never as a float. */
const types = {
  getTypeParser: (oid: number, format?: 'text' | 'binary'): ((text: string) => unknown) => {
    if (oid === INT8) return bigintOf;
    return oid === TIMESTAMPTZ ? utcTimeOf : (pg.types.getTypeParser(oid, format) as (text: string) => unknown);
  },
};

export function defineDatabase(options: DatabaseOptions): DataSource {
  return new DataSource({
    type: 'postgres',
    url: options.url,
    applicationName: options.applicationName,
    entities: options.entities ?? [],
    migrations: options.migrations,
    migrationsTransactionMode: 'each',
    poolSize: options.poolSize ?? 10,
    // Nobody waits on a dead server for longer than an HTTP client would.
    connectTimeoutMS: 3_000,
    extra: {
      types,
      // Statements that do not need each other's answers travel together: a commit takes four trips instead of ten.
      pipeline: true,
      // A statement is planned once per connection, perhaps while its table is still empty: a plan that reads the whole
      // table would then stay. Everything the services ask goes by an index, and few rows of a large table: helpers that are
      // started for that take a hundred times as long as the work.
      options: '-c enable_seqscan=off -c jit=off -c max_parallel_workers_per_gather=0 -c timezone=UTC',
      query_timeout: 20_000,
      statement_timeout: 15_000,
      idle_in_transaction_session_timeout: 15_000,
      keepAlive: true,
    },
  });
}

/** Connects, waiting for a server that is still starting, and brings the schema up to date; one instance at a time does. */
export async function openDatabase(source: DataSource, onWait: (error: unknown) => void): Promise<void> {
  for (;;) {
    try {
      if (!source.isInitialized) await source.initialize();
      await migrate(source);
      return;
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      onWait(error);
      await delay(500);
    }
  }
}

/** Any number: it only has to be the same for all instances of a service, and each service has its own database. */
const migrationLock = 4_001_001;

async function migrate(source: DataSource): Promise<void> {
  const runner = source.createQueryRunner();
  try {
    await runner.query('select pg_advisory_lock($1)', [migrationLock]);
    await source.runMigrations();
    await runner.query('select pg_advisory_unlock($1)', [migrationLock]);
  } finally {
    await runner.release();
  }
}
