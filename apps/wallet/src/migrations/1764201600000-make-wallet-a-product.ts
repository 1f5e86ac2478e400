import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Money that is released later, holds, what happened to accounts, limits, and an order of entries that follows time. */
export class MakeWalletAProduct1764201600000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await extendAccounts(runner);
    await orderEntriesByTime(runner);
    await createReleases(runner);
    await createHolds(runner);
    await createAccountEvents(runner);
    await createClientLimits(runner);
    await createLedgerBlocks(runner);
    for (const table of ['releases', 'account_events', 'ledger_blocks']) await makeAppendOnly(runner, table);
  }

  down(): Promise<void> {
    throw new Error('a ledger is not forgotten: restore a backup instead');
  }
}

/**
 * `unreleased` is what was not released at `released_through`, so it is never less than the truth, and every write brings it up to
 * its own moment: the sum below holds for each row as it is stored.
 */
async function extendAccounts(runner: QueryRunner): Promise<void> {
  await runner.query(`
    alter table accounts
      add column unreleased bigint not null default 0 check (unreleased >= 0),
      add column released_through timestamptz not null default 'epoch',
      add column limits jsonb,
      add column usage jsonb,
      drop constraint accounts_check,
      add constraint accounts_available check (posted - held - unreleased >= 0),
      drop constraint accounts_status_check,
      add constraint accounts_status check (status in ('OPEN', 'FROZEN', 'CLOSED')),
      add constraint accounts_closed_empty check (status <> 'CLOSED' or (posted = 0 and held = 0 and unreleased = 0))`);
}

/** One index serves pages of history, ranges of time and balances of the past; blocks of the ledger are read by position. */
async function orderEntriesByTime(runner: QueryRunner): Promise<void> {
  await runner.query(`alter table entries drop constraint entries_pkey, add primary key (account_id, created_at, id)`);
  await runner.query(`create index entries_by_id on entries using brin (id) with (autosummarize = on)`);
}

async function createReleases(runner: QueryRunner): Promise<void> {
  await runner.query(`
    create table releases (
      deposit_id text collate "C" not null,
      account_id text collate "C" not null,
      amount bigint not null check (amount > 0),
      currency text not null,
      release_at timestamptz not null,
      created_at timestamptz not null,
      primary key (account_id, release_at, deposit_id),
      check (release_at > created_at)
    )`);
}

async function createHolds(runner: QueryRunner): Promise<void> {
  await runner.query(`
    create table holds (
      id text collate "C" primary key,
      account_id text collate "C" not null,
      amount bigint not null check (amount > 0),
      currency text not null,
      status text not null check (status in ('ACTIVE', 'CAPTURED', 'RELEASED', 'EXPIRED')),
      captured bigint not null,
      counter_account text collate "C" not null,
      reference text,
      source text not null,
      expires_at timestamptz,
      version int not null,
      created_at timestamptz not null,
      updated_at timestamptz not null,
      ended_at timestamptz,
      constraint holds_captured check (captured between 0 and amount and (status = 'CAPTURED') = (captured > 0)),
      constraint holds_ended check ((status = 'ACTIVE') = (ended_at is null))
    )`);
  await runner.query(`create index holds_by_account on holds (account_id, ended_at)`);
  await runner.query(`create index holds_by_expiry on holds (expires_at) where status = 'ACTIVE' and expires_at is not null`);
  await runner.query(`
    create function refuse_second_end() returns trigger language plpgsql as $$
    begin
      raise exception 'hold % is % and cannot change so', old.id, old.status using errcode = 'check_violation';
    end $$`);
  await runner.query(`
    create trigger holds_end_once before update on holds for each row
    when (old.status <> 'ACTIVE' or new.amount <> old.amount or new.currency <> old.currency or new.account_id <> old.account_id)
    execute function refuse_second_end()`);
}

/** What operators did to an account and why, beside its entries and holds: with them, every version of an account has its cause. */
async function createAccountEvents(runner: QueryRunner): Promise<void> {
  await runner.query(`
    create table account_events (
      account_id text collate "C" not null,
      account_version int not null,
      event text not null,
      reason text,
      created_at timestamptz not null,
      primary key (account_id, account_version)
    )`);
}

async function createClientLimits(runner: QueryRunner): Promise<void> {
  await runner.query(`
    create table client_limits (
      client text collate "C" primary key,
      limits jsonb,
      usage jsonb,
      version int not null,
      created_at timestamptz not null,
      updated_at timestamptz not null
    ) with (fillfactor = 50)`);
}

async function createLedgerBlocks(runner: QueryRunner): Promise<void> {
  await runner.query(`
    create table ledger_blocks (
      number bigint primary key,
      first_id bigint not null,
      last_id bigint not null,
      entries int not null,
      digests bytea not null,
      previous_hash bytea not null,
      hash bytea not null,
      sealed_at timestamptz not null,
      check (last_id >= first_id),
      check (length(digests) = 8 * entries)
    )`);
}

async function makeAppendOnly(runner: QueryRunner, table: string): Promise<void> {
  await runner.query(
    `create trigger ${table}_append_only before update or delete or truncate on ${table} for each statement execute function refuse_change()`,
  );
  await runner.query(`revoke update, delete, truncate on ${table} from public, current_user`);
}
