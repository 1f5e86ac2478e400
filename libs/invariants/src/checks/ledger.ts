import type { BooksDatabase } from '../books-database.js';
import type { Findings, Invariant } from '../report.js';

interface Check {
  readonly invariant: Invariant;
  /** Rows of `subject` and `detail`. */
  readonly finds: string;
}

/** A customer's account goes by its number; the bank's own by their names. */
const accountSubject = (entry: string): string => `'account ' || coalesce(a.number, ${entry}.account_id)`;

/** What holds in the wallet's database at every moment, as each commit keeps it. */
const checks: readonly Check[] = [
  {
    invariant: 'I1',
    finds: `select 'transaction ' || transaction_id as subject, 'its entries sum to ' || sum(amount) || ' ' || currency as detail
      from entries group by transaction_id, currency having sum(amount) <> 0`,
  },
  {
    invariant: 'I1',
    finds: `select 'currency ' || currency as subject, 'all entries sum to ' || sum(amount) as detail from entries group by currency having sum(amount) <> 0`,
  },
  {
    invariant: 'I1',
    finds: `select 'entry ' || e.id as subject, 'in ' || e.currency || ', on account ' || coalesce(a.number, e.account_id) || ' in ' ||
        coalesce(a.currency, right(e.account_id, 3)) as detail
      from entries e left join accounts a on a.id = e.account_id
      where e.currency <> case when e.account_id like 'sys\\_%' then right(e.account_id, 3) else a.currency end`,
  },
  {
    invariant: 'I2',
    finds: `with customers as (select currency, sum(posted) as money from accounts group by 1),
        ours as (select right(account_id, 3) as currency, sum(amount) as money from entries where account_id like 'sys\\_%' group by 1)
      select 'currency ' || currency as subject,
        'customers have ' || coalesce(c.money, 0) || ', the bank''s own accounts ' || coalesce(o.money, 0) || ': together not zero' as detail
      from customers c full join ours o using (currency) where coalesce(c.money, 0) + coalesce(o.money, 0) <> 0`,
  },
  {
    invariant: 'I2',
    finds: `with customers as (select currency, sum(posted) as money from accounts group by 1),
        funded as (select currency, sum(amount) as money from entries
          where account_id not like 'sys\\_%' and type not in ('transfer', 'refund') group by 1)
      select 'currency ' || currency as subject,
        'customers have ' || coalesce(c.money, 0) || ', and ' || coalesce(f.money, 0) || ' was paid in' as detail
      from customers c full join funded f using (currency) where coalesce(c.money, 0) <> coalesce(f.money, 0)`,
  },
  {
    invariant: 'I3',
    finds: `select 'account ' || number as subject, 'posted ' || posted || ', held ' || held || ', unreleased ' || unreleased as detail
      from accounts where held < 0 or unreleased < 0 or posted - held - unreleased < 0`,
  },
  {
    invariant: 'I4',
    finds: `select 'account ' || coalesce(a.number, e.account_id) as subject,
        case when a.id is null then 'has entries of ' || e.sum || ', and does not exist'
        else 'stored balance ' || a.posted || ', its entries sum to ' || coalesce(e.sum, 0) end as detail
      from accounts a full join (select account_id, sum(amount) as sum from entries where account_id not like 'sys\\_%' group by 1) e
        on e.account_id = a.id
      where a.id is null or a.posted <> coalesce(e.sum, 0)`,
  },
  {
    // A lost entry breaks the link to the one before, and all sums after it; so only the entry where both break is named.
    invariant: 'I4',
    finds: `select ${accountSubject('e')} as subject,
        'entry ' || e.id || ' leaves a balance of ' || e.balance_after || ', it should be ' || e.fold as detail
      from (select account_id, id, balance_after, sum(amount) over upto as fold,
          amount + coalesce(lag(balance_after) over upto, 0) as linked
        from entries where account_id not like 'sys\\_%'
        window upto as (partition by account_id order by account_version, id rows unbounded preceding)) e
      left join accounts a on a.id = e.account_id
      where e.balance_after is distinct from e.linked and e.balance_after is distinct from e.fold`,
  },
  {
    invariant: 'I12',
    finds: `select ${accountSubject('e')} as subject,
        'entry ' || e.id || ' made version ' || e.account_version || ', the one before it ' || e.before as detail
      from (select account_id, id, account_version, coalesce(lag(account_version) over (partition by account_id order by account_version, id), 0) as before
        from entries where account_id not like 'sys\\_%') e
      left join accounts a on a.id = e.account_id where e.account_version <= e.before`,
  },
  {
    // An entry, an operator's word, a hold that is placed and one that is given back make one version each; a capture is an entry.
    invariant: 'I12',
    finds: `select 'account ' || a.number as subject, 'is at version ' || a.version || ', and ' || coalesce(c.changes, 0) || ' changes are known' as detail
      from accounts a left join (
        select account_id, sum(changes) as changes from (
          select account_id, count(distinct account_version) as changes from entries where account_id not like 'sys\\_%' group by 1
          union all select account_id, count(*) from account_events group by 1
          union all select account_id, count(*) + count(*) filter (where status in ('RELEASED', 'EXPIRED')) from holds group by 1) known
        group by 1) c on c.account_id = a.id
      where a.version <> coalesce(c.changes, 0)`,
  },
  {
    invariant: 'I7',
    finds: `select 'transaction ' || id as subject, 'is ' || status || ' with code ' || coalesce(code, 'none') as detail
      from transactions where status not in ('POSTED', 'REFUSED') or (status = 'REFUSED') <> (code is not null)
      union all select 'account ' || number, 'is ' || status || ', with ' || posted || ' posted' from accounts
        where status not in ('OPEN', 'FROZEN', 'CLOSED') or (status = 'CLOSED' and posted <> 0)`,
  },
  {
    invariant: 'I6',
    finds: `select 'entry ' || e.id as subject, 'belongs to transaction ' || e.transaction_id || ', which does not exist' as detail
      from entries e where not exists (select 1 from transactions t where t.id = e.transaction_id)
      union all
      select 'entry ' || e.id, 'is a ' || e.type || ', its transaction ' || t.id || ' a ' || t.type
      from entries e join transactions t on t.id = e.transaction_id where t.type <> e.type`,
  },
  {
    // Those of transfers are compared with the transfers themselves.
    invariant: 'I8',
    finds: `select 'transaction ' || t.id as subject, t.type || ' ' || t.status || ' with ' || coalesce(e.legs, 0) || ' entries' as detail
      from transactions t left join (select transaction_id, count(*) as legs from entries group by 1) e on e.transaction_id = t.id
      where t.type not in ('transfer', 'refund') and coalesce(e.legs, 0) <> case t.status when 'POSTED' then 2 else 0 end`,
  },
];

const firstOnes = 20;

export async function checkLedger(wallet: BooksDatabase, findings: Findings): Promise<void> {
  for (const { invariant, finds } of checks) await collect(wallet, findings, invariant, finds);
}

/** Adds what a query of `subject` and `detail` finds: all of it counted, the first ones kept. */
export async function collect(
  books: BooksDatabase,
  findings: Findings,
  invariant: Invariant,
  finds: string,
  values: readonly unknown[] = [],
): Promise<void> {
  const rows = await books.query<{ subject: string; detail: string; total: number }>(
    `with found as materialized (${finds}) select subject, detail, (select count(*)::int from found) as total from found order by subject limit ${firstOnes}`,
    values,
  );
  findings.addAll(invariant, rows, rows[0]?.total ?? 0);
}
