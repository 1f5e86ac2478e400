import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createIdempotencyKeys } from '@falconpay/idempotency/idempotency-table';
import { createInbox } from '@falconpay/inbox/inbox';
import { createOutbox } from '@falconpay/outbox/outbox-table';

export class CreatePayment1763683200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await createOutbox(runner);
    await createInbox(runner);
    await createIdempotencyKeys(runner);
    await createTransfers(runner);
    await guardTransitions(runner);
  }

  down(): Promise<void> {
    throw new Error('payments are not forgotten: restore a backup instead');
  }
}

async function createTransfers(runner: QueryRunner): Promise<void> {
  await runner.query(`
    create table transfers (
      id text collate "C" primary key,
      client text collate "C" not null,
      kind text not null check (kind in ('transfer', 'refund')),
      status text not null check (status in ('PENDING', 'COMPLETED', 'FAILED')),
      from_account text collate "C" not null,
      to_account text collate "C" not null,
      amount bigint not null check (amount > 0),
      currency text not null,
      reference text collate "C",
      description text,
      metadata jsonb,
      client_reference text collate "C",
      bulk_id text,
      expires_at timestamptz not null,
      failure_code text,
      failure_detail text,
      version int not null,
      created_at timestamptz not null,
      updated_at timestamptz not null,
      check ((status = 'FAILED') = (failure_code is not null)),
      check (from_account <> to_account)
    )`);
  // Ids grow with time, so they serve as the order of every list.
  await runner.query(`create index transfers_by_payer on transfers (from_account, id)`);
  await runner.query(`create index transfers_by_payee on transfers (to_account, id)`);
  await runner.query(`create index transfers_by_reference on transfers (reference, id) where reference is not null`);
  await runner.query(`create index transfers_pending on transfers (id) where status = 'PENDING'`);
  await runner.query(`create index transfers_failed on transfers (id) where status = 'FAILED'`);
  await runner.query(`
    create table client_references (
      client text collate "C" not null,
      reference text collate "C" not null,
      transfer_id text not null,
      primary key (client, reference)
    )`);
}

/** The lifecycle's legal moves once more, where no code can go round them. */
async function guardTransitions(runner: QueryRunner): Promise<void> {
  await runner.query(`
    create function refuse_illegal_transition() returns trigger language plpgsql as $$
    begin
      raise exception 'transfer % cannot go from % to %', old.id, old.status, new.status using errcode = 'check_violation';
    end $$`);
  await runner.query(`
    create trigger transfers_move_legally before update on transfers for each row
    when (old.status <> 'PENDING' or new.amount <> old.amount or new.currency <> old.currency
      or new.from_account <> old.from_account or new.to_account <> old.to_account)
    execute function refuse_illegal_transition()`);
}
