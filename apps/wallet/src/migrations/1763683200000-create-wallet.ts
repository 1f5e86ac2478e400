import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createIdempotencyKeys } from '@falconpay/idempotency/idempotency-table';
import { createInbox } from '@falconpay/inbox/inbox';
import { createOutbox } from '@falconpay/outbox/outbox-table';

export class CreateWallet1763683200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await createOutbox(runner);
    await createInbox(runner);
    await createIdempotencyKeys(runner);
    await createAccounts(runner);
    await createLedger(runner);
    await makeAppendOnly(runner, 'transactions');
    await makeAppendOnly(runner, 'entries');
    await balanceEveryTransaction(runner);
  }

  down(): Promise<void> {
    throw new Error('a ledger is not forgotten: restore a backup instead');
  }
}

async function createAccounts(runner: QueryRunner): Promise<void> {
  await runner.query(`
    create table accounts (
      id text collate "C" primary key,
      number text collate "C" not null unique,
      owner text not null,
      currency text not null,
      status text not null check (status in ('OPEN', 'FROZEN')),
      posted bigint not null,
      held bigint not null check (held >= 0),
      version int not null,
      created_at timestamptz not null,
      updated_at timestamptz not null,
      check (posted - held >= 0)
    ) with (fillfactor = 50)`);
}

async function createLedger(runner: QueryRunner): Promise<void> {
  await runner.query(`
    create table transactions (
      id text collate "C" primary key,
      type text not null,
      status text not null check (status in ('POSTED', 'REFUSED')),
      code text,
      reference text,
      created_at timestamptz not null,
      check ((status = 'REFUSED') = (code is not null))
    )`);
  await runner.query(`create sequence entry_id`);
  await runner.query(`
    create table entries (
      account_id text collate "C" not null,
      id bigint not null default nextval('entry_id'),
      transaction_id text collate "C" not null,
      type text not null,
      amount bigint not null check (amount <> 0),
      currency text not null,
      balance_after bigint,
      account_version int,
      reference text,
      created_at timestamptz not null,
      primary key (account_id, id),
      check (account_id like 'sys\\_%' or (balance_after is not null and account_version is not null))
    )`);
}

/** Corrections are new rows. The trigger stops everybody, the missing privilege stops the service before it. */
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

/** Each transaction's legs are inserted by one statement, and sum to zero in each currency. */
async function balanceEveryTransaction(runner: QueryRunner): Promise<void> {
  await runner.query(`
    create function refuse_unbalanced() returns trigger language plpgsql as $$
    declare unbalanced text;
    begin
      select transaction_id into unbalanced from added group by transaction_id, currency having sum(amount) <> 0 limit 1;
      if unbalanced is not null then
        raise exception 'the entries of % do not sum to zero', unbalanced using errcode = 'check_violation';
      end if;
      return null;
    end $$`);
  await runner.query(`
    create trigger entries_sum_to_zero after insert on entries
    referencing new table as added for each statement execute function refuse_unbalanced()`);
}
