import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What has not ended yet stands in a list of its own. As an index on the transfers' status it made every completion write
 * a new entry into each of the table's indexes; without one, and with room left on the page, an ending touches none.
 */
export class OpenTransfers1763770000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`drop index transfers_pending`);
    await runner.query(`drop index transfers_failed`);
    // By the code, which a completion leaves as it is.
    await runner.query(`create index transfers_failed on transfers (id) where failure_code is not null`);
    await runner.query(`alter table transfers set (fillfactor = 50)`);
    await runner.query(`create table open_transfers (id text collate "C" primary key)`);
    await runner.query(`insert into open_transfers select id from transfers where status = 'PENDING'`);
  }

  down(): Promise<void> {
    throw new Error('payments are not forgotten: restore a backup instead');
  }
}
