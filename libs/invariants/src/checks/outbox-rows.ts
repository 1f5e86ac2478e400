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
  const credits = `select id, case status when 'POSTED' then 'redemption.credited' else 'redemption.refused' end as topic
    from transactions where type = 'redemption' and created_at >= $1`;
  await collect(wallet, findings, 'I9', rowPerChange('redemption', credits, `'redemption.credited', 'redemption.refused'`), [
    new Date(sinceMs),
  ]);
  // What has expired is given back again when its saga says so; a saga that says nothing is told nothing.
  const ofSagas = `
    select id, 'hold.placed' as topic from holds where source <> 'request' and created_at >= $1
    union all select id, case status when 'CAPTURED' then 'hold.captured' else 'hold.released' end from holds
      where source <> 'request' and ended_at >= $1 and (status in ('CAPTURED', 'RELEASED')
        or exists (select 1 from outbox where aggregatetype = 'hold.released' and aggregateid = holds.id))
    union all select id, 'shortage.posted' from transactions where type = 'shortage' and created_at >= $1`;
  const topics = `'hold.placed', 'hold.captured', 'hold.released', 'shortage.posted'`;
  await collect(wallet, findings, 'I9', rowPerChange('hold', ofSagas, topics), [new Date(sinceMs)]);
}

/** Requested once each. What evidence decided is said once; whoever says it twice has decided twice. */
export async function checkGatewayOutbox(gateway: BooksDatabase, sinceMs: number, findings: Findings): Promise<void> {
  const since = [new Date(sinceMs)];
  const requests = `select id, kind || '.requested' as topic from orders where kind <> 'redemption' and created_at >= $1`;
  await collect(gateway, findings, 'I9', rowPerChange('order', requests, `'withdrawal.requested', 'payout.requested'`), since);
  await collect(
    gateway,
    findings,
    'I9',
    `select 'order ' || aggregateid as subject, 'was said ' || count(*) || ' times to have ended: ' || string_agg(distinct aggregatetype, ', ') as detail
      from outbox where aggregatetype in ('withdrawal.dispensed', 'withdrawal.failed', 'payout.accepted', 'payout.failed', 'redemption.approved') and time >= $1 group by aggregateid having count(*) > 1`,
    since,
  );
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
