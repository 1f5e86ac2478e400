import pg from 'pg';
import type { BenchSystem } from './bench-system.js';

/** A database of its own on the server of the system under test. */
export async function createDatabase(system: BenchSystem, name: string): Promise<void> {
  await asSuperuser(system, (client) => client.query(`create database ${pg.escapeIdentifier(name)}`));
}

/** What one measurement left to be written is not written during the next. */
export async function checkpoint(system: BenchSystem): Promise<void> {
  await asSuperuser(system, (client) => client.query('checkpoint'));
}

async function asSuperuser(system: BenchSystem, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: system.adminUrl('postgres') });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
