import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Partners' records of their days, and what does not fit between them and our books. */
export class TakeRecords1764460800000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table records (
        id text collate "C" primary key,
        kind text collate "C" not null check (kind in ('machine', 'bank', 'institution')),
        partner text collate "C" not null,
        date text collate "C" not null check (date ~ '^\\d{4}-\\d\\d-\\d\\d$'),
        status text not null check (status in ('DUE', 'TAKEN', 'REFUSED', 'UNREACHABLE')),
        reason text,
        taken_at timestamptz,
        next_at timestamptz,
        last_seq bigint,
        totals jsonb not null,
        matched int not null,
        broken int not null,
        version int not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        unique (kind, partner, date),
        check ((status in ('REFUSED', 'UNREACHABLE')) = (reason is not null))
      )`);
    await runner.query(`create unique index records_by_name on records ((kind || '/' || partner || '/' || date))`);
    await runner.query(`create index records_by_time on records (kind, partner, taken_at)`);
    await runner.query(`
      create table record_lines (
        record_id text collate "C" not null references records,
        seq bigint not null,
        order_id text collate "C" not null,
        event text not null,
        effect text not null check (effect in ('out', 'back', 'back-uncounted', 'nothing', 'unknown')),
        amount bigint not null check (amount >= 0),
        currency text not null,
        ref text not null,
        is_repeated boolean not null,
        primary key (record_id, seq)
      )`);
    await runner.query(`create index record_lines_by_order on record_lines (order_id)`);
    await runner.query(`
      create table breaks (
        id text collate "C" primary key,
        kind text collate "C" not null check (kind in ('machine', 'bank', 'institution')),
        partner text collate "C" not null,
        item text collate "C" not null,
        class text not null,
        detail text not null,
        date text collate "C" not null,
        status text not null check (status in ('OPEN', 'CLOSED')),
        version int not null,
        created_at timestamptz not null,
        updated_at timestamptz not null
      )`);
    await runner.query(`create unique index breaks_by_name on breaks ((kind || '/' || partner || '/' || item))`);
    await runner.query(`create index breaks_open on breaks (kind, partner, id) where status = 'OPEN'`);
  }

  down(): Promise<void> {
    throw new Error('what partners have recorded is not forgotten: restore a backup instead');
  }
}
