import { randomUUID } from 'node:crypto';
import pg from 'pg';

/** Databases like a service's own, to be spoilt. The service must not run: a database that is in use is not copied. */
export class SpoiltCopies {
  private readonly copies: string[] = [];

  async of(originalUrl: string): Promise<string> {
    const url = new URL(originalUrl);
    const original = url.pathname.slice(1);
    const copy = `spoilt_${randomUUID().replaceAll('-', '')}`;
    await asAdmin('postgres', `select pg_terminate_backend(pid) from pg_stat_activity where datname = ${pg.escapeLiteral(original)}`);
    await asAdmin(
      'postgres',
      `create database ${copy} template ${pg.escapeIdentifier(original)} owner ${pg.escapeIdentifier(url.username)}`,
    );
    this.copies.push(copy);
    url.pathname = `/${copy}`;
    return url.href;
  }

  /** As somebody whom neither triggers nor privileges stop. */
  async spoil(copyUrl: string, sql: string): Promise<void> {
    await asAdmin(new URL(copyUrl).pathname.slice(1), `set session_replication_role = replica; ${sql}`);
  }

  async drop(): Promise<void> {
    for (const copy of this.copies) await asAdmin('postgres', `drop database if exists ${copy} with (force)`);
  }
}

async function asAdmin(database: string, sql: string): Promise<void> {
  const url = new URL(process.env['FALCONPAY_TEST_POSTGRES_URL'] ?? '');
  url.pathname = `/${database}`;
  const admin = new pg.Client({ connectionString: url.href });
  await admin.connect();
  try {
    await admin.query(sql);
  } finally {
    await admin.end();
  }
}
