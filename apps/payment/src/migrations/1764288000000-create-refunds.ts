import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateRefunds1764288000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table transfers add column refund_of text collate "C"`);
    await runner.query(`alter table transfers add check ((kind = 'refund') = (refund_of is not null))`);
    // Plain transfers are not in it: it costs them nothing.
    await runner.query(`create index transfers_by_refunded on transfers (refund_of, id) where refund_of is not null`);
    await runner.query(`
      create table refund_totals (
        id text collate "C" primary key,
        amount bigint not null,
        refunded bigint not null,
        version int not null,
        check (refunded between 0 and amount)
      )`);
  }

  down(): Promise<void> {
    throw new Error('refunds are not forgotten: restore a backup instead');
  }
}
