import type { Currency } from '@falconpay/money/currency';
import type { Table } from '@falconpay/pipeline/table';
import { insertInto, timeText } from '@falconpay/postgres/set-based';
import type { Statement, Transaction } from '@falconpay/postgres/transaction';
import type { Account } from './account.js';

/** A part of what an account has, that can be spent from an instant on. Nobody has to touch it then: the instant passes. */
export interface Release {
  readonly depositId: string;
  readonly accountId: string;
  readonly amount: bigint;
  readonly currency: Currency;
  readonly releaseAt: Date;
  readonly createdAt: Date;
}

export const releasesTable: Table<Release> = {
  keysOf: () => [],
  insert: insertInto<Release>('releases', {
    deposit_id: { type: 'text', of: (release) => release.depositId },
    account_id: { type: 'text', of: (release) => release.accountId },
    amount: { type: 'bigint', of: (release) => release.amount },
    currency: { type: 'text', of: (release) => release.currency },
    release_at: { type: 'timestamptz', of: (release) => timeText(release.releaseAt) },
    created_at: { type: 'timestamptz', of: (release) => timeText(release.createdAt) },
  }),
};

/**
 * The clock in milliseconds, as instants are stored; read once, so that it can bound the index: of all the releases that wait,
 * only those that have matured since the last time are read.
 */
export const clockNow = `clock as materialized (select date_trunc('milliseconds', clock_timestamp()) as now)`;

const sumMatured: Statement = {
  name: 'sum matured releases',
  text: `with ${clockNow}
    select waiting.id, matured.amount, clock.now as through
    from unnest($1::text[], $2::timestamptz[]) as waiting(id, since) cross join clock cross join lateral (
      select coalesce(sum(amount), 0)::bigint as amount from releases
      where account_id = waiting.id and release_at > waiting.since and release_at <= clock.now) matured`,
};

/** Asked after the accounts are locked, so that no release can come that is not seen here; by account. */
export async function maturedReleases(
  tx: Transaction,
  accounts: readonly Account[],
): Promise<ReadonlyMap<string, { readonly amount: bigint; readonly through: Date }>> {
  const rows = await tx.query<{ id: string; amount: bigint; through: Date }>(sumMatured, [
    accounts.map(({ id }) => id),
    accounts.map(({ releasedThrough }) => timeText(releasedThrough)),
  ]);
  return new Map(rows.map((row) => [row.id, row]));
}
