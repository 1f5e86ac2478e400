import pg from 'pg';
import type { Posting } from './counter-errands.js';
import type { KnownHold } from './hold-errands.js';
import type { AcceptedOrder } from './partner-errands.js';
import type { AcceptedRefund } from './transfer-errands.js';

/** What clients were answered with 2xx, beside the ids of transfers. */
export interface Answers {
  readonly postings: readonly Posting[];
  readonly holds: readonly KnownHold[];
  readonly refunds: readonly AcceptedRefund[];
  readonly orders: readonly AcceptedOrder[];
}

type Urls = Readonly<Record<'payment' | 'wallet' | 'gateway', string>>;

/** Longer than the wallet needs to see that a hold has expired. */
const expiryPatience = `interval '10 seconds'`;

/** Whatever was acknowledged is in the books as it was ordered. Violations, one line each. */
export async function answersNotInBooks(databaseUrls: Urls, answers: Answers): Promise<string[]> {
  const { postings, holds, refunds, orders } = answers;
  return [
    ...(await ask(databaseUrls.wallet, postingsNotInLedger, postings)),
    ...(await ask(databaseUrls.wallet, holdsNotAsTold, holds.map(asTold))),
    ...(await ask(databaseUrls.payment, refundsNotAsAccepted, refunds)),
    ...(await ask(databaseUrls.gateway, ordersNotAsAccepted, orders)),
  ];
}

/** What nobody was told of, when every request was answered: more effects than answers. */
export async function effectsWithoutAnswer({ wallet, gateway }: Urls, { postings, holds, orders }: Answers): Promise<string[]> {
  const ids = [...postings, ...holds].map(({ id }) => ({ id }));
  return [...(await ask(wallet, effectsUnknown, ids)), ...(await ask(gateway, ordersUnknown, orders))];
}

const postingsNotInLedger = `
  with told as (select * from jsonb_to_recordset($1) as told(id text, type text, account text, amount bigint, "releaseAt" timestamptz)),
  legs as (select transaction_id as id, account_id, count(*) as count, min(type) as type, sum(amount) as amount from entries
    where type in ('deposit', 'withdrawal') and account_id not like 'sys\\_%' group by 1, 2)
  select 'I13 ' || told.type || ' ' || told.id || ': acknowledged as ' || told.amount || ' on ' || told.account || ', and the ledger has '
    || coalesce(legs.type || ' of ' || legs.amount || ' in ' || legs.count || ' entries', 'nothing') as fault
  from told left join legs on legs.id = told.id and legs.account_id = told.account
  where (legs.type, legs.amount, legs.count) is distinct from (told.type, told.amount, 1)
  union all
  select 'I13 deposit ' || coalesce(told.id, r.deposit_id) || ': acknowledged as released ' || coalesce(told."releaseAt"::text, 'at once')
    || ', and it is ' || coalesce(r.release_at::text, 'at once')
  from (select * from told where type = 'deposit') told left join releases r on r.deposit_id = told.id
  where told."releaseAt" is distinct from r.release_at`;

const holdsNotAsTold = `
  with told as (select * from jsonb_to_recordset($1) as told(id text, account text, amount bigint, status text, captured bigint))
  select 'I13 hold ' || told.id || ': acknowledged as ' || told.status || ' with ' || told.captured || ' of ' || told.amount || ' on ' || told.account
    || ', and it is ' || coalesce(h.status || ' with ' || h.captured || ' of ' || h.amount || ' on ' || h.account_id, 'not there') as fault
  from told left join holds h on h.id = told.id
  where (h.account_id, h.amount, h.captured) is distinct from (told.account, told.amount, told.captured)
    or (h.status <> told.status
      and not (told.status = 'EXPIRED' and h.status = 'ACTIVE' and coalesce(h.expires_at > clock_timestamp() - ${expiryPatience}, false)))`;

const refundsNotAsAccepted = `
  with told as (select * from jsonb_to_recordset($1) as told(id text, "refundOf" text, amount bigint))
  select 'I13 refund ' || told.id || ': accepted as ' || told.amount || ' of ' || told."refundOf" || ', and it is '
    || coalesce(t.kind || ' of ' || t.amount || ' of ' || coalesce(t.refund_of, 'nothing'), 'not there') as fault
  from told left join transfers t on t.id = told.id
  where (t.kind, t.refund_of, t.amount) is distinct from ('refund', told."refundOf", told.amount)`;

const ordersNotAsAccepted = `
  with told as (select * from jsonb_to_recordset($1) as told(id text, kind text, account text, amount bigint))
  select 'I13 ' || told.kind || ' ' || told.id || ': accepted as ' || told.amount || ' with ' || told.account || ', and it is '
    || coalesce(o.kind || ' of ' || o.amount || ' with ' || o.account, 'not there') as fault
  from told left join orders o on o.id = told.id
  where (o.kind, o.account, o.amount) is distinct from (told.kind, told.account, told.amount)`;

const ordersUnknown = `
  select 'I6 ' || kind || ' ' || id || ': nobody was told of it' as fault from orders
  where id not in (select id from jsonb_to_recordset($1) as told(id text))`;

const effectsUnknown = `
  select 'I6 ' || type || ' ' || id || ': nobody was told of it' as fault from (
    select id, type from transactions where type in ('deposit', 'withdrawal')
      union all select id, 'hold' from holds where source = 'request') effects
  where id not in (select id from jsonb_to_recordset($1) as told(id text))`;

/** A hold that was placed to expire has, unless somebody was told that it ended otherwise. */
function asTold({ id, account, amount, expires, end, wasOver }: KnownHold) {
  const { status, captured } = end ?? { status: expires || wasOver ? 'EXPIRED' : 'ACTIVE', captured: 0 };
  return { id, account, amount, status, captured };
}

async function ask(connectionString: string, statement: string, told: readonly object[]): Promise<string[]> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    const { rows } = await client.query<{ fault: string }>(`${statement} limit 20`, [JSON.stringify(told)]);
    return rows.map(({ fault }) => fault);
  } finally {
    await client.end();
  }
}
