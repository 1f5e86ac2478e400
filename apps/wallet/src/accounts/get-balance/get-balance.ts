import type { Currency } from '@falconpay/money/currency';
import type { DataSource } from 'typeorm';
import { Problem } from '@falconpay/http/problem';
import { read, type Statement } from '@falconpay/postgres/transaction';
import { currencyOfSystemAccount } from '../../ledger/system-accounts.js';
import { accountNotFound, readAccount } from '../read-account.js';
import { clockNow } from '../release.table.js';

/** What an account has, or had. Nobody waits for anybody: each is one statement, without a lock. */
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
  text: `with ${clockNow}
    select accounts.id as account, currency, clock.now,
      coalesce((select balance_after from entries where account_id = accounts.id and created_at <= $2
        order by created_at desc, id desc limit 1), 0)::bigint as posted,
      (select coalesce(sum(amount), 0)::bigint from holds
        where account_id = accounts.id and created_at <= $2 and (ended_at is null or ended_at > $2)) as held,
      (select coalesce(sum(amount), 0)::bigint from releases
        where account_id = accounts.id and created_at <= $2 and release_at > $2) as unreleased
    from accounts cross join clock where id = $1 or number = $1`,
};

/** A system account has no row, so that nobody waits for it: its balance is the sum of its entries, whenever somebody asks. */
const ofSystemAccount: Statement = {
  name: 'balance of a system account',
  text: `with ${clockNow}
    select clock.now, coalesce(sum(amount), 0)::bigint as posted
    from clock left join entries on account_id = $1 and created_at <= coalesce($2, 'infinity'::timestamptz) group by clock.now`,
};

export async function balanceOf(source: DataSource, key: string, at: Date | undefined): Promise<Balance> {
  const currency = currencyOfSystemAccount(key);
  if (currency) {
    const [record] = await read<{ posted: bigint; now: Date }>(source, ofSystemAccount, [key, at ?? null]);
    return { account: key, currency, posted: record?.posted ?? 0n, held: 0n, unreleased: 0n, asOf: instantOf(at, record?.now) };
  }
  if (!at) {
    const { account, asOf } = await readAccount(source, key);
    return { ...account, account: account.id, asOf };
  }
  const [record] = await read<Omit<Balance, 'asOf'> & { now: Date }>(source, atInstant, [key, at]);
  if (!record) throw accountNotFound(key);
  return { ...record, asOf: instantOf(at, record.now) };
}

/** What is to come nobody knows. */
function instantOf(at: Date | undefined, now = new Date(Number.NaN)): Date {
  if (at && at > now) {
    const errors = [{ pointer: 'at', detail: 'must not be in the future' }];
    throw new Problem('validation-failed', 'The request is not valid.', { errors });
  }
  return at ?? now;
}
