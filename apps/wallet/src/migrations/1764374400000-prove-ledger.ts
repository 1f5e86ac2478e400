import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How a block of the ledger lists its entries, and by what a client is known. */
export class ProveLedger1764374400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // A block's digests say which entry each belongs to, so that a missing one has a name; one without entries proves nothing.
    await runner.query(`
      alter table ledger_blocks
        drop constraint ledger_blocks_check1,
        add constraint ledger_blocks_digests check (entries > 0 and length(digests) = 12 * entries)`);
    await runner.query(`alter table client_limits rename column client to id`);
  }

  down(): Promise<void> {
    throw new Error('a ledger is not forgotten: restore a backup instead');
  }
}
