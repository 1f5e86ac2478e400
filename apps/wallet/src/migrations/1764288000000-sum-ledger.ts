import type { MigrationInterface, QueryRunner } from 'typeorm';

export class SumLedger1764288000000 implements MigrationInterface {
  /** How far the ledger has been summed, so that nobody has to read all of it to know that it balances. */
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table ledger_sums (
        only_row boolean primary key default true check (only_row),
        summed_to bigint not null default 0,
        sums jsonb not null default '{}',
        reach bigint not null default 0,
        reached_at xid8 not null default pg_current_xact_id()
      )`);
    await runner.query(`insert into ledger_sums default values`);
  }

  down(): Promise<void> {
    throw new Error('a ledger is not forgotten: restore a backup instead');
  }
}
