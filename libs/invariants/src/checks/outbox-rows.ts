import type { BooksDatabase } from '../books-database.js';
import type { Findings } from '../report.js';
import { collect } from './ledger.js';

/** Each change of state has exactly one row, and each row its change: one commit wrote both, so it holds at every moment. */
export async function checkPaymentOutbox(payment: BooksDatabase, sinceMs: number, findings: Findings): Promise<void> {
  await collect(
    payment,
    findings,
    'I9',
    rowPerChange('transfer', `select id, 'payment.created' as topic from transfers where created_at >= $1`, `'payment.created'`),
    [new Date(sinceMs)],
  );
  const bulks = `select distinct bulk_id as id, 'bulk.created' as topic from transfers where bulk_id is not null and created_at >= $1`;
  await collect(payment, findings, 'I9', rowPerChange('bulk', bulks, `'bulk.created'`), [new Date(sinceMs)]);
}

export async function checkWalletOutbox(wallet: BooksDatabase, sinceMs: number, findings: Findings): Promise<void> {
  const outcomes = `select id, case status when 'POSTED' then 'payment.completed' else 'payment.failed' end as topic
    from transactions where type in ('transfer', 'refund') and created_at >= $1`;
  await collect(wallet, findings, 'I9', rowPerChange('transaction', outcomes, `'payment.completed', 'payment.failed'`), [
    new Date(sinceMs),
  ]);
}

const rowPerChange = (what: string, changes: string, topics: string): string => `
  select '${what} ' || coalesce(c.id, o.aggregateid) as subject, case
    when c.id is null then o.rows || ' ' || o.topic || ' in the outbox, without the change it tells of'
    else coalesce(o.rows, 0) || ' rows of ' || c.topic || ' in the outbox instead of one' end as detail
  from (${changes}) c
  full join (select aggregateid, aggregatetype as topic, count(*) as rows from outbox
      where aggregatetype in (${topics}) and verbatim is null and time >= $1 group by 1, 2) o
    on o.aggregateid = c.id and o.topic = c.topic
  where c.id is null or coalesce(o.rows, 0) <> 1`;
