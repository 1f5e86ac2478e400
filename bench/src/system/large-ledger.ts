import type pg from 'pg';

const TRANSACTIONS_PER_STATEMENT = 250_000;
const AMOUNT = 7;

// What would have been written if each account had been given a little money over and over since its last entry. In the order
// of time, not of accounts: the lines of one account's page lie far apart, as they do in a ledger that has grown by itself.
const GROW = `
  with grown as materialized (
    select a.id as account_id, a.currency, $2 || lpad(to_hex($3 + row_number() over (order by n, a.id)), 22, '0') as transaction_id,
      a.posted + n * $5 as balance_after, a.version + n as account_version,
      date_trunc('milliseconds', a.updated_at + (statement_timestamp() - a.updated_at) * n / ($4 + 1)) as created_at
    from accounts a cross join generate_series(1, $4::int) as n where a.id = any($1)),
  noted as (
    insert into transactions (id, type, status, created_at)
    select transaction_id, 'opening', 'POSTED', created_at from grown order by transaction_id),
  posted as (
    insert into entries (account_id, transaction_id, type, amount, currency, balance_after, account_version, created_at)
    select account_id, transaction_id, 'opening', amount, currency, balance_after, account_version, created_at from (
      select 'sys_equity_' || currency as account_id, transaction_id, -$5 as amount, currency,
        null::bigint as balance_after, null::int as account_version, created_at from grown
      union all
      select account_id, transaction_id, $5, currency, balance_after, account_version, created_at from grown) as legs
    order by transaction_id, amount)
  update accounts set posted = last.balance_after, version = last.account_version, updated_at = last.created_at
  from (select account_id, max(balance_after) as balance_after, max(account_version) as account_version, max(created_at) as created_at
    from grown group by 1) as last
  where accounts.id = last.account_id`;

/** Entries that are there without having been posted one by one. The books agree with them. Returns how many were added. */
export async function growLedger(wallet: pg.Client, accounts: readonly string[], entries: number): Promise<number> {
  const perAccount = Math.ceil(entries / 2 / accounts.length);
  const perStatement = Math.max(1, Math.floor(TRANSACTIONS_PER_STATEMENT / accounts.length));
  const run = `opn_${Date.now().toString(16).slice(-4)}`;
  for (let done = 0; done < perAccount; done += perStatement) {
    const now = Math.min(perStatement, perAccount - done);
    await wallet.query(GROW, [accounts, run, done * accounts.length, now, AMOUNT]);
  }
  for (const table of ['entries', 'transactions', 'accounts']) await wallet.query(`vacuum (analyze) ${table}`);
  return 2 * perAccount * accounts.length;
}
