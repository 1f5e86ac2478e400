import type { Currency } from '@falconpay/money/currency';
import type { DataSource } from 'typeorm';
import { read, type Statement } from '@falconpay/postgres/transaction';
import { clockOf, untilSettled } from '../../ledger/settled-past.js';
import { currencyOfSystemAccount } from '../../ledger/system-accounts.js';
import { accountNotFound, readAccount } from '../read-account.js';

/** What an account has, or had. Without a lock: no writer waits for a reader. */
export interface Balance {
  readonly account: string;
  readonly currency: Currency;
  readonly posted: bigint;
  readonly held: bigint;
  readonly unreleased: bigint;
  readonly asOf: Date;
}

/** The entries, holds and releases of that instant. The last entry knows the fold of all before it. */
const atInstant: Statement = {
  name: 'balance at an instant',
  text: `
    select accounts.id as account, currency,
      coalesce((select balance_after from entries where account_id = accounts.id and created_at <= $2
        order by created_at desc, id desc limit 1), 0)::bigint as posted,
      (select coalesce(sum(amount), 0)::bigint from holds
        where account_id = accounts.id and created_at <= $2 and (ended_at is null or ended_at > $2)) as held,
      (select coalesce(sum(amount), 0)::bigint from releases
        where account_id = accounts.id and created_at <= $2 and release_at > $2) as unreleased
    from accounts where id = $1 or number = $1`,
};

/** A system account has no row, so that nobody waits for it: its balance is the sum of its entries, whenever somebody asks. */
const ofSystemAccount: Statement = {
  name: 'balance of a system account',
  text: `select coalesce(sum(amount), 0)::bigint as posted from entries where account_id = $1 and created_at <= $2`,
};

export async function balanceOf(source: DataSource, key: string, at: Date | undefined): Promise<Balance> {
  const currency = currencyOfSystemAccount(key);
  // The entries of a system account are written side by side: even its balance of this instant has to be waited for.
  if (currency) return balanceOfSystemAccount(source, key, currency, at);
  if (!at) {
    const { account, asOf } = await readAccount(source, key);
    return { ...account, account: account.id, asOf };
  }
  await untilSettled(source, at);
  const [record] = await read<Omit<Balance, 'asOf'>>(source, atInstant, [key, at]);
  if (!record) throw accountNotFound(key);
  return { ...record, asOf: at };
}

async function balanceOfSystemAccount(source: DataSource, account: string, currency: Currency, at: Date | undefined): Promise<Balance> {
  const asOf = at ?? (await clockOf(source));
  await untilSettled(source, asOf);
  const [sum] = await read<{ posted: bigint }>(source, ofSystemAccount, [account, asOf]);
  return { account, currency, posted: sum?.posted ?? 0n, held: 0n, unreleased: 0n, asOf };
}
