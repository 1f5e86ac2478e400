import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createIdempotencyKeys } from '@falconpay/idempotency/idempotency-table';
import { createInbox } from '@falconpay/inbox/inbox';
import { createOutbox } from '@falconpay/outbox/outbox-table';

export class CreateBackoffice1764460800000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await createOutbox(runner);
    await createInbox(runner);
    await createIdempotencyKeys(runner);
    await createDeadLetters(runner);
    await createReplays(runner);
    await createTimelines(runner);
    await createAudit(runner);
  }

  down(): Promise<void> {
    throw new Error('what was set aside and what was done about it is not forgotten: restore a backup instead');
  }
}

async function createDeadLetters(runner: QueryRunner): Promise<void> {
  await runner.query(`
    create table dead_letters (
      id text collate "C" primary key,
      topic text collate "C" not null,
      consumer_group text collate "C" not null,
      source_partition int not null,
      source_offset bigint not null,
      event_id uuid not null,
      saga_id text collate "C" not null,
      key bytea,
      value bytea,
      headers json not null,
      kind text not null,
      handler text,
      service_version text,
      error_class text not null,
      error_message text not null,
      error_stack text,
      fingerprint text collate "C" not null,
      attempts int not null,
      first_failed_at timestamptz not null,
      failed_at timestamptz not null,
      replay_id text,
      state text not null check (state in ('waiting', 'replaying', 'resolved', 'discarded', 'archived')),
      replays int not null,
      replacement_id uuid,
      replacement bytea,
      version int not null,
      created_at timestamptz not null,
      updated_at timestamptz not null,
      check ((replacement_id is null) = (replacement is null))
    )`);
  await runner.query(`create index dead_letters_by_state on dead_letters (state, id)`);
  await runner.query(`create index dead_letters_by_fingerprint on dead_letters (fingerprint, id)`);
  await runner.query(`create index dead_letters_by_saga on dead_letters (saga_id, id)`);
  await runner.query(`create index dead_letters_by_delivery on dead_letters (replay_id) where replay_id is not null`);
  await runner.query(`create index dead_letters_by_time on dead_letters (failed_at)`);
  // What came is evidence: only what is done about it changes.
  await runner.query(`
    create function refuse_rewritten_letter() returns trigger language plpgsql as $$
    begin
      raise exception 'dead letter % stays as it came', old.id using errcode = 'insufficient_privilege';
    end $$`);
  await runner.query(`
    create trigger dead_letters_stay before update on dead_letters for each row
    when ((old.topic, old.consumer_group, old.event_id, old.saga_id, old.key, old.value, old.headers::text, old.error_class, old.error_message)
      is distinct from (new.topic, new.consumer_group, new.event_id, new.saga_id, new.key, new.value, new.headers::text, new.error_class, new.error_message))
    execute function refuse_rewritten_letter()`);
  await runner.query(`
    create table failure_groups (
      fingerprint text collate "C" primary key,
      error_class text not null,
      error_message text not null,
      count int not null,
      first_seen_at timestamptz not null,
      last_seen_at timestamptz not null,
      version int not null
    )`);
  await runner.query(`create index failure_groups_by_time on failure_groups (last_seen_at, fingerprint)`);
}

async function createReplays(runner: QueryRunner): Promise<void> {
  await runner.query(`
    create table replays (
      id text collate "C" primary key,
      state text not null check (state in ('draft', 'running', 'paused', 'stopped', 'done', 'aborted')),
      who text not null,
      selection text not null,
      reason text,
      per_second int not null check (per_second > 0),
      canary int not null check (canary >= 0),
      stopped_by text,
      version int not null,
      created_at timestamptz not null,
      updated_at timestamptz not null
    )`);
  await runner.query(`create index replays_by_state on replays (state, id)`);
  await runner.query(`
    create table replay_items (
      id text collate "C" primary key,
      replay_id text collate "C" not null,
      number int not null,
      letter_id text collate "C" not null,
      event_id uuid not null,
      delivery_id uuid not null,
      lane text collate "C" not null,
      verdict text not null,
      detail text,
      state text not null check (state in ('planned', 'sent', 'resolved', 'skipped', 'failed')),
      outcome text,
      sent_at timestamptz,
      version int not null
    ) with (fillfactor = 70)`);
  await runner.query(`create unique index replay_items_by_number on replay_items (replay_id, number)`);
  await runner.query(`create index replay_items_open on replay_items (replay_id, state, number)`);
  await runner.query(`create index replay_items_by_letter on replay_items (letter_id)`);
}

async function createTimelines(runner: QueryRunner): Promise<void> {
  await runner.query(`
    create table timeline_events (
      saga_id text collate "C" not null,
      event_id uuid not null,
      topic text collate "C" not null,
      service text not null,
      at timestamptz not null,
      published_at timestamptz not null,
      causation_id text,
      sequence int
    ) partition by range (at)`);
  await runner.query(`create index timeline_events_by_saga on timeline_events (saga_id, at)`);
  await runner.query(`create table timeline_events_default partition of timeline_events default`);
  await runner.query(`create table open_sagas (saga_id text collate "C" primary key, at timestamptz not null)`);
  await runner.query(`create index open_sagas_by_time on open_sagas (at, saga_id)`);
}

async function createAudit(runner: QueryRunner): Promise<void> {
  await runner.query(`
    create table audit (
      number int primary key,
      at timestamptz not null,
      who text not null,
      action text not null,
      subject text collate "C" not null,
      before text,
      after text,
      reason text,
      hash text not null
    )`);
  await runner.query(`create index audit_by_subject on audit (subject, number)`);
  await runner.query(
    `create table audit_head (only_row boolean primary key default true check (only_row), number int not null, hash text not null)`,
  );
  await runner.query(`insert into audit_head (number, hash) values (0, '')`);
  await runner.query(`
    create function refuse_change() returns trigger language plpgsql as $$
    begin
      raise exception '% is append-only', tg_table_name using errcode = 'insufficient_privilege';
    end $$`);
  await runner.query(
    `create trigger audit_append_only before update or delete or truncate on audit for each statement execute function refuse_change()`,
  );
  await runner.query(`revoke update, delete, truncate on audit from public, current_user`);
}
