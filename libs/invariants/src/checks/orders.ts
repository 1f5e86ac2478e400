import type { BooksDatabase } from '../books-database.js';
import { compareSets } from '../compare-sets.js';
import type { Findings, Invariant } from '../report.js';
import { ordersAtWork } from '../under-way.js';
import { collect } from './ledger.js';

const finished = `'COMPLETED', 'REFUSED', 'REFUNDED', 'DECLINED', 'REVERSED'`;
const states = `${finished}, 'REQUESTED', 'RESERVED', 'ACTING', 'RECONCILING', 'MANUAL_REVIEW', 'CAPTURING', 'FAILED',
  'CASHING_OUT', 'CREDITING', 'REVERSING'`;
/** What says that nothing has left, and that nothing will. */
const saysNothing = `(e.says in ('refused', 'tombstoned', 'reversed', 'not_sent') or e.says = 'retracted' and e.paid = 0)`;

/** What holds in the gateway's database at every moment: each order's state, its errand and its evidence are one commit. */
const checks: readonly { readonly invariant: Invariant; readonly finds: string }[] = [
  {
    invariant: 'I7',
    finds: `select 'order ' || id as subject, 'is ' || status || ', with failure ' || coalesce(failure_code, 'none') || ' and '
        || coalesce(paid::text, 'nothing') || ' paid of ' || amount as detail
      from orders where status not in (${states}) or paid < 1 or paid > amount
        or (status in ('REFUSED', 'FAILED', 'REFUNDED') and failure_code is null)
        or (status in ('CAPTURING', 'COMPLETED') and paid is null) or (status in ('REQUESTED', 'RESERVED', 'REFUSED') and sent_at is not null)`,
  },
  {
    invariant: 'I8',
    finds: `select 'order ' || id as subject, case when o.id is null then 'is not over, and not listed as open' else 'is listed as open, and over' end as detail
      from (select id from orders where status not in (${finished})) as t full join open_orders o using (id) where t.id is null or o.id is null`,
  },
  {
    invariant: 'I8',
    finds: `select 'order ' || id as subject, case when e.id is null then 'waits for a partner, and nobody asks' else 'waits for no partner, and has an errand' end as detail
      from (select id from orders where status in ('RESERVED', 'ACTING', 'RECONCILING', 'CASHING_OUT', 'REVERSING')
        or kind = 'redemption' and status = 'REQUESTED') as t full join errands e using (id) where t.id is null or e.id is null`,
  },
  {
    invariant: 'I11',
    finds: `select 'order ' || o.id as subject, 'has been paid for with ' || o.paid || ', and nobody said that this much had left' as detail
      from orders o where o.paid is not null
        and not exists (select 1 from evidence e where e.order_id = o.id and e.says in ('done', 'partial') and e.paid = o.paid)`,
  },
  {
    invariant: 'I14',
    finds: `select 'redemption ' || o.id as subject, 'is ' || o.status || ', and the institution never said so' as detail
      from orders o where o.kind = 'redemption' and (o.status = 'REVERSED' and not exists (
          select 1 from evidence e where e.order_id = o.id and e.source = 'reply' and e.says in ('reversed', 'tombstoned'))
        or o.status in ('CREDITING', 'COMPLETED') and not exists (select 1 from evidence e where e.order_id = o.id and e.says = 'done')
        or o.status = 'DECLINED' and not exists (select 1 from evidence e where e.order_id = o.id and e.says in ('refused', 'tombstoned', 'reversed', 'not_sent')))`,
  },
  {
    // The hold may end because nothing was ever sent: then the order was never sent.
    invariant: 'I11',
    finds: `select 'order ' || o.id as subject, 'has been given back, and nobody said that nothing had left' as detail
      from orders o where o.status in ('FAILED', 'REFUNDED') and o.sent_at is not null
        and not exists (select 1 from evidence e where e.order_id = o.id and ${saysNothing})`,
  },
  {
    // Unless people have weighed the one against the other.
    invariant: 'I11',
    finds: `select 'order ' || o.id as subject, 'has been given back, and nobody looks into it that ' || max(e.paid) || ' is said to have left' as detail
      from orders o join evidence e on e.order_id = o.id and e.says in ('done', 'partial')
      where o.status in ('FAILED', 'REFUNDED') and not exists (select 1 from cases c where c.order_id = o.id) group by o.id`,
  },
];

export async function checkOrders(gateway: BooksDatabase, findings: Findings): Promise<void> {
  for (const { invariant, finds } of checks) await collect(gateway, findings, invariant, finds);
}

/**
 * Each order against what the wallet did about it, both written as the same sentence: what has left the account or the bank,
 * or is still set apart. At work only what is complete is looked at: the gateway's snapshot is the older one.
 */
export async function compareWithHolds(gateway: BooksDatabase, wallet: BooksDatabase, atRest: boolean, findings: Findings): Promise<void> {
  const ordered = `account_id || ' ' || amount || ' ' || currency`;
  const orders = `
    select id as key, ${ordered} || ': ' || case when status in ('COMPLETED', 'CAPTURING') or status = 'MANUAL_REVIEW' and paid is not null
      then 'paid ' || paid when status = 'REFUNDED' then 'given back' else 'held' end as fact
    from orders where kind <> 'redemption' and ${atRest ? `status not in ('REFUSED', 'REQUESTED')` : `status = 'COMPLETED'`}`;
  const holds = `
    select id as key, ${ordered} || ': ' || case when status = 'ACTIVE' then 'held' when status = 'CAPTURED' then 'paid ' || captured
      when s.short is not null then 'paid ' || s.short else 'given back' end as fact
    from holds left join (select transaction_id, sum(amount) as short from entries where type = 'shortage' and amount > 0 group by 1) s
      on s.transaction_id = holds.id
    where source <> 'request'`;
  for await (const { key, left, right } of compareSets([{ books: gateway, sql: orders }], [{ books: wallet, sql: holds }])) {
    if (left === undefined && !atRest) continue;
    const inGateway = left === undefined ? 'the gateway has no order that it is for' : `the gateway has it as "${left}"`;
    const inWallet = right === undefined ? 'the wallet has nothing of it' : `the wallet as "${right}"`;
    findings.add('I11', `order ${key}`, `${inGateway}, ${inWallet}`);
  }
}

/**
 * Each redemption against what the wallet did about it: credited once the gateway has it as completed, and never otherwise. At work
 * only what is complete is looked at: the gateway's snapshot is the older one.
 */
export async function compareWithCredits(
  gateway: BooksDatabase,
  wallet: BooksDatabase,
  atRest: boolean,
  findings: Findings,
): Promise<void> {
  const completed = `select id as key, amount || ' ' || currency as fact from orders where kind = 'redemption' and status = 'COMPLETED'`;
  const credited = `select t.id as key, coalesce(sum(e.amount), 0) || ' ' || coalesce(min(e.currency), '') as fact
    from transactions t left join entries e on e.transaction_id = t.id and e.amount > 0
    where t.type = 'redemption' and t.status = 'POSTED' group by t.id`;
  for await (const { key, left, right } of compareSets([{ books: gateway, sql: completed }], [{ books: wallet, sql: credited }])) {
    if (left === undefined && !atRest) continue;
    findings.add('I14', `redemption ${key}`, `the gateway has credited "${left ?? 'nothing'}", the wallet "${right ?? 'nothing'}"`);
  }
}

/** Orders that have waited for longer than anybody should; those that wait for evidence or people are not meant. */
export async function checkStuckOrders(gateway: BooksDatabase, waitedMs: number, findings: Findings): Promise<void> {
  await collect(
    gateway,
    findings,
    'I8',
    `select 'order ' || id as subject, status || ' since ' || updated_at as detail
      from open_orders join orders using (id) where ${ordersAtWork} and created_at < clock_timestamp() - make_interval(secs => $1)`,
    [waitedMs / 1_000],
  );
}
