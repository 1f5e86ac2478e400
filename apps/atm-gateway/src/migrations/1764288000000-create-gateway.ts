import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createIdempotencyKeys } from '@falconpay/idempotency/idempotency-table';
import { createInbox } from '@falconpay/inbox/inbox';
import { createOutbox } from '@falconpay/outbox/outbox-table';

export class CreateGateway1764288000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await createOutbox(runner);
    await createInbox(runner);
    await createIdempotencyKeys(runner);
    await createPartners(runner);
    await createOrders(runner);
    await guardTransitions(runner);
    await createErrands(runner);
    await createEvidence(runner);
    for (const table of ['evidence', 'cases']) await makeAppendOnly(runner, table);
  }

  down(): Promise<void> {
    throw new Error('money that went out is not forgotten: restore a backup instead');
  }
}

async function createPartners(runner: QueryRunner): Promise<void> {
  await runner.query(`
    create table partners (
      kind text collate "C" not null check (kind in ('machine', 'bank', 'institution')),
      id text collate "C" not null,
      url text not null,
      currency text,
      smallest_note bigint check (smallest_note > 0),
      version int not null,
      created_at timestamptz not null,
      updated_at timestamptz not null,
      primary key (kind, id),
      check ((kind = 'machine') = (currency is not null and smallest_note is not null))
    )`);
}

async function createOrders(runner: QueryRunner): Promise<void> {
  // Room on the page: an order moves some four times, and no index knows of it.
  await runner.query(`
    create table orders (
      id text collate "C" primary key,
      kind text not null check (kind in ('withdrawal')),
      client text collate "C" not null,
      account text collate "C" not null,
      amount bigint not null check (amount > 0),
      currency text not null,
      partner text collate "C" not null,
      status text not null check (status in ('REQUESTED', 'RESERVED', 'REFUSED', 'ACTING', 'RECONCILING', 'MANUAL_REVIEW',
        'CAPTURING', 'COMPLETED', 'FAILED', 'REFUNDED')),
      account_id text collate "C",
      hold_expires_at timestamptz not null,
      sent_at timestamptz,
      paid bigint check (paid between 1 and amount),
      failure_code text,
      failure_detail text,
      version int not null,
      created_at timestamptz not null,
      updated_at timestamptz not null,
      check (status not in ('CAPTURING', 'COMPLETED') or paid is not null),
      check (status not in ('REFUSED', 'FAILED', 'REFUNDED') or failure_code is not null),
      check (status not in ('ACTING', 'RECONCILING', 'MANUAL_REVIEW', 'CAPTURING', 'COMPLETED') or sent_at is not null)
    ) with (fillfactor = 50)`);
  await runner.query(`create index orders_by_account on orders (account, id)`);
  await runner.query(`create index orders_by_partner on orders (kind, partner, id)`);
  await runner.query(`create index orders_failed on orders (id) where failure_code is not null`);
  await runner.query(`create table open_orders (id text collate "C" primary key)`);
}

/** What was asked for never changes, and what has ended well stays so, whoever writes. */
async function guardTransitions(runner: QueryRunner): Promise<void> {
  await runner.query(`
    create function refuse_illegal_transition() returns trigger language plpgsql as $$
    begin
      raise exception 'order % cannot go from % to %', old.id, old.status, new.status using errcode = 'check_violation';
    end $$`);
  await runner.query(`
    create trigger orders_move_legally before update on orders for each row
    when (old.status in ('REFUSED', 'COMPLETED') or new.amount <> old.amount or new.currency <> old.currency or new.kind <> old.kind
      or new.account <> old.account or new.partner <> old.partner or new.sent_at is distinct from old.sent_at and old.sent_at is not null)
    execute function refuse_illegal_transition()`);
}

async function createErrands(runner: QueryRunner): Promise<void> {
  await runner.query(`
    create table errands (
      id text collate "C" primary key,
      kind text not null,
      partner text collate "C" not null,
      step text not null check (step in ('command', 'cancel', 'inquire')),
      due_at timestamptz not null,
      tries int not null,
      version int not null
    ) with (fillfactor = 50)`);
  await runner.query(`create index errands_by_time on errands (due_at)`);
}

async function createEvidence(runner: QueryRunner): Promise<void> {
  await runner.query(`
    create table evidence (
      order_id text collate "C" not null,
      id bigint not null generated always as identity,
      source text not null check (source in ('reply', 'inquiry', 'journal', 'operator')),
      says text not null,
      paid bigint check (paid >= 0),
      partner_ref text,
      reason text,
      doubt text,
      raw text not null,
      at timestamptz not null,
      primary key (order_id, id)
    )`);
  await runner.query(`
    create table cases (
      order_id text collate "C" not null,
      reason text not null check (reason in ('no-answer', 'unclear', 'contradiction', 'late-success')),
      detail text not null,
      opened_at timestamptz not null,
      primary key (order_id, reason)
    )`);
}

async function makeAppendOnly(runner: QueryRunner, table: string): Promise<void> {
  await runner.query(`
    create or replace function refuse_change() returns trigger language plpgsql as $$
    begin
      raise exception '% is append-only', tg_table_name using errcode = 'insufficient_privilege';
    end $$`);
  await runner.query(
    `create trigger ${table}_append_only before update or delete or truncate on ${table} for each statement execute function refuse_change()`,
  );
  await runner.query(`revoke update, delete, truncate on ${table} from public, current_user`);
}
