import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A saga alone ends its hold: the clock knows nothing of what has left. */
export class LeaveHoldsToTheirSagas1764806400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      update holds set expires_at = null, version = version + 1
      where status = 'ACTIVE' and source <> 'request' and expires_at is not null`);
    // Those that stand are counted for whoever watches: few, among all that ever were.
    await runner.query(`create index holds_active on holds (currency) where status = 'ACTIVE'`);
  }

  down(): Promise<void> {
    throw new Error('a ledger is not forgotten: restore a backup instead');
  }
}
