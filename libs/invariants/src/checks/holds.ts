import type { BooksDatabase } from '../books-database.js';
import type { Findings, Invariant } from '../report.js';
import { collect } from './ledger.js';

/** What accounts say is set apart or not yet released, against the holds and deposits themselves; each commit keeps it. */
const checks: readonly { readonly invariant: Invariant; readonly finds: string }[] = [
  {
    invariant: 'I3',
    finds: `select 'account ' || coalesce(a.number, h.account_id) as subject,
        'held ' || coalesce(a.held, 0) || ', its active holds sum to ' || coalesce(h.sum, 0) as detail
      from accounts a full join (select account_id, sum(amount) as sum from holds where status = 'ACTIVE' group by 1) h on h.account_id = a.id
      where coalesce(a.held, 0) <> coalesce(h.sum, 0)`,
  },
  {
    invariant: 'I3',
    finds: `select 'account ' || coalesce(a.number, r.account_id) as subject,
        'unreleased ' || coalesce(a.unreleased, 0) || ', the releases it waits for sum to ' || coalesce(r.sum, 0) as detail
      from accounts a full join (
        select r.account_id, sum(r.amount) as sum from releases r left join accounts o on o.id = r.account_id
        where o.id is null or r.release_at > o.released_through group by 1) r on r.account_id = a.id
      where coalesce(a.unreleased, 0) <> coalesce(r.sum, 0)`,
  },
  {
    invariant: 'I4',
    finds: `select 'release of ' || r.deposit_id as subject, 'is of ' || r.amount || ' ' || r.currency || ', ' ||
        case when count(e.id) = 0 then 'and nothing was deposited' else 'the deposit brought ' || sum(e.amount) || ' ' || min(e.currency) end as detail
      from releases r left join entries e
        on e.account_id = r.account_id and e.transaction_id = r.deposit_id and e.type = 'deposit' and e.created_at = r.created_at
      group by r.deposit_id, r.account_id, r.release_at, r.amount, r.currency
      having count(e.id) <> 1 or sum(e.amount) <> r.amount or min(e.currency) <> r.currency`,
  },
  {
    invariant: 'I5',
    finds: `select 'hold ' || id as subject, 'is ' || status || ' with ' || captured || ' of ' || amount || ' captured, ended ' || coalesce(ended_at::text, 'never') as detail
      from holds
      where status not in ('ACTIVE', 'CAPTURED', 'RELEASED', 'EXPIRED') or captured < 0 or captured > amount
        or (status = 'ACTIVE') <> (ended_at is null) or (status = 'CAPTURED') <> (captured > 0)`,
  },
  {
    // It would be given back while nobody knows whether the money has left.
    invariant: 'I5',
    finds: `select 'hold ' || id as subject, 'is of a ' || source || ', and the clock may end it: ' || status || ', expires ' || expires_at as detail
      from holds where source <> 'request' and expires_at is not null and status in ('ACTIVE', 'EXPIRED')`,
  },
  {
    // What a hold says it gave, as the legs of its transaction would say it.
    invariant: 'I5',
    finds: `with said as (
        select h.id, case when h.status = 'CAPTURED' then h.account_id || ' -' || h.captured || ' ' || h.currency || ', '
            || h.counter_account || ' ' || h.captured || ' ' || h.currency else 'nothing' end as legs from holds h),
      did as (
        select t.id, coalesce(string_agg(e.account_id || ' ' || e.amount || ' ' || e.currency, ', ' order by e.amount, e.account_id), 'nothing') as legs
        from transactions t left join entries e on e.transaction_id = t.id where t.type = 'capture' group by t.id)
      select 'hold ' || id as subject, case when said.id is null then 'does not exist' else 'says "' || said.legs || '"' end
        || ', the ledger "' || coalesce(did.legs, 'nothing') || '"' as detail
      from said full join did using (id) where said.legs is distinct from coalesce(did.legs, 'nothing')`,
  },
];

export async function checkHolds(wallet: BooksDatabase, findings: Findings): Promise<void> {
  for (const { invariant, finds } of checks) await collect(wallet, findings, invariant, finds);
}
