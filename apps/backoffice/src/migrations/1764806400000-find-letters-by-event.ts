import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What was sent comes back under the same event id, by whichever delivery it failed. */
export class FindLettersByEvent1764806400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`create index dead_letters_by_event on dead_letters (event_id)`);
    await runner.query(`drop index dead_letters_by_delivery`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`create index dead_letters_by_delivery on dead_letters (replay_id) where replay_id is not null`);
    await runner.query(`drop index dead_letters_by_event`);
  }
}
