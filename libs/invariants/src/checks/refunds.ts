import type { BooksDatabase } from '../books-database.js';
import type { Findings } from '../report.js';
import { collect } from './ledger.js';

/** What a refund holds of its transfer: its amount, unless it has failed. Accepting and failing it change the total in one commit. */
export async function checkRefunds(payment: BooksDatabase, findings: Findings): Promise<void> {
  await collect(
    payment,
    findings,
    'I15',
    `with refunds as (select refund_of as id, sum(amount) filter (where status <> 'FAILED') as sum from transfers where kind = 'refund' group by 1)
      select 'transfer ' || coalesce(r.id, s.id) as subject, case
        when coalesce(r.sum, 0) > t.amount then 'its refunds sum to ' || r.sum || ' of ' || t.amount
        else 'has ' || coalesce(s.refunded::text, 'nothing') || ' as refunded, its refunds sum to ' || coalesce(r.sum, 0) end as detail
      from refunds r full join refund_totals s on s.id = r.id left join transfers t on t.id = coalesce(r.id, s.id)
      where coalesce(r.sum, 0) > t.amount or s.refunded is distinct from coalesce(r.sum, 0)
      union all
      select 'refund ' || r.id, case when t.id is null then 'is of ' || r.refund_of || ', which does not exist'
        else 'is of a ' || t.kind || ' that is ' || t.status || ', ' || t.from_account || ' to ' || t.to_account || ' in ' || t.currency
          || ', and itself ' || r.from_account || ' to ' || r.to_account || ' in ' || r.currency end
      from transfers r left join transfers t on t.id = r.refund_of
      where r.kind = 'refund' and not coalesce(t.kind = 'transfer' and t.status = 'COMPLETED'
        and r.from_account = t.to_account and r.to_account = t.from_account and r.currency = t.currency, false)`,
  );
}
