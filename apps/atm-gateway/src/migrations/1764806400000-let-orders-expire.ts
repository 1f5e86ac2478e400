import type { MigrationInterface, QueryRunner } from 'typeorm';

/** It is the order that expires, before it is sent; what is set apart for it stays until we say what has become of it. */
export class LetOrdersExpire1764806400000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table orders rename column hold_expires_at to expires_at`);
  }

  down(): Promise<void> {
    throw new Error('money that went out is not forgotten: restore a backup instead');
  }
}
