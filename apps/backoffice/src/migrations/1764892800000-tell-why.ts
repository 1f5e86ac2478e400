import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Why something was refused or has failed, as operators are told it. */
export class TellWhy1764892800000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table timeline_events add column code text, add column detail text`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table timeline_events drop column code, drop column detail`);
  }
}
