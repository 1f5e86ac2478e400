import type { BooksDatabase } from '../books-database.js';
import { compareSets, type Difference } from '../compare-sets.js';
import type { Findings } from '../report.js';
import type { Service } from '../under-way.js';
import { collect } from './ledger.js';

/** Stored answers are kept for seven days: what is younger than six must still have its own. */
const answersKept = `interval '6 days'`;

/** What holds in each database at every moment: legal states, and one effect per request. */
export async function checkTransfers(
  { payment, wallet, 'atm-gateway': gateway }: Readonly<Record<Service, BooksDatabase>>,
  findings: Findings,
): Promise<void> {
  await collect(
    payment,
    findings,
    'I7',
    `select 'transfer ' || id as subject, 'is ' || status || ' at version ' || version || ', with failure ' || coalesce(failure_code, 'none') as detail
      from transfers where status not in ('PENDING', 'COMPLETED', 'FAILED')
        or version <> case status when 'PENDING' then 1 else 2 end or (status = 'FAILED') <> (failure_code is not null)`,
  );
  await payment.query(`
    create temp table answered on commit drop as
      select key, body::jsonb ->> 'id' as effect from idempotency_keys
        where route in ('POST /v1/transfers', 'POST /v1/transfers/:id/refunds') and status = 202
      union all
      select key, item ->> 'id' from idempotency_keys, jsonb_array_elements(body::jsonb -> 'transfers') as item
      where route = 'POST /v1/transfers/bulk' and status = 202 and item ? 'id'`);
  await wallet.query(`
    create temp table answered on commit drop as
      select key, body::jsonb ->> 'id' as effect from idempotency_keys where status = 201 and route in
        ('POST /v1/accounts/:account/deposits', 'POST /v1/accounts/:account/withdrawals', 'POST /v1/accounts/:account/holds')`);
  await collect(payment, findings, 'I6', oneEffectPerKey('transfer', `select id, created_at from transfers`));
  const effects = `select id, created_at from transactions where type in ('deposit', 'withdrawal')
    union all select id, created_at from holds where source = 'request'`;
  await collect(wallet, findings, 'I6', oneEffectPerKey('effect', effects));
  await gateway.query(`
    create temp table answered on commit drop as
      select key, body::jsonb ->> 'id' as effect from idempotency_keys where route in ('POST /v1/withdrawals', 'POST /v1/payouts', 'POST /v1/redemptions') and status = 202`);
  await collect(gateway, findings, 'I6', oneEffectPerKey('order', `select id, created_at from orders`));
}

const oneEffectPerKey = (what: string, effects: string): string => `
  select '${what} ' || coalesce(e.id, k.effect) as subject, case
    when e.id is null then 'was the answer to idempotency key ' || k.keys || ', and does not exist'
    when k.effect is null then 'was the answer to no idempotency key'
    else 'was the answer to ' || k.count || ' idempotency keys: ' || k.keys end as detail
  from (${effects}) e
  full join (select effect, count(*) as count, string_agg(key, ', ' order by key) as keys from answered group by 1) k on k.effect = e.id
  where e.id is null or k.count > 1 or (k.effect is null and e.created_at > now() - ${answersKept})`;

/** A bulk's members are told apart by payment alone, and end one after the other: it is even when all is at rest. */
export async function checkBulks(payment: BooksDatabase, findings: Findings): Promise<void> {
  await collect(
    payment,
    findings,
    'I8',
    `select 'bulk ' || bulk_id as subject, 'is atomic, and ended as ' || string_agg(distinct status || coalesce(' ' || failure_code, ''), ', ') as detail
      from transfers where bulk_id is not null group by bulk_id having count(distinct status || coalesce(' ' || failure_code, '')) > 1`,
  );
}

/**
 * Each transfer against what the ledger did about it. Both sides are written as the same sentence: type, outcome, legs.
 * While the system is at work only finished transfers are looked at: payment's snapshot is the older one, so the ledger
 * knows at least those.
 */
export async function compareWithLedger(payment: BooksDatabase, wallet: BooksDatabase, atRest: boolean, findings: Findings): Promise<void> {
  await noteTransactions(wallet);
  await noteAccountNames(payment, wallet);
  const transfers = `
    select t.id as key, t.kind || ' ' || case t.status
      when 'COMPLETED' then 'POSTED [' || coalesce(f.id, t.from_account) || ' -' || t.amount || ' ' || t.currency || ', '
        || coalesce(p.id, t.to_account) || ' ' || t.amount || ' ' || t.currency || ']'
      when 'FAILED' then 'REFUSED ' || t.failure_code || ' []'
      else 'PENDING []' end as fact
    from transfers t left join account_names f on f.name = t.from_account left join account_names p on p.name = t.to_account
    ${atRest ? '' : `where t.status <> 'PENDING'`}`;
  const ledger = `select id as key, type || ' ' || status || coalesce(' ' || code, '') || ' [' || coalesce(legs, '') || ']' as fact from noted_transactions`;
  for await (const difference of compareSets([{ books: payment, sql: transfers }], [{ books: wallet, sql: ledger }])) {
    if (difference.left === undefined && !atRest) continue;
    name(difference, findings);
  }
}

const noteTransactions = (wallet: BooksDatabase): Promise<unknown> =>
  wallet.query(`
    create temp table noted_transactions on commit drop as
    select t.id, t.type, t.status, t.code, e.legs from transactions t
    left join (select transaction_id, string_agg(account_id || ' ' || amount || ' ' || currency, ', ' order by amount, account_id) as legs
      from entries group by 1) e on e.transaction_id = t.id
    where t.type in ('transfer', 'refund')`);

/** Transfers name accounts by id or number, entries by id. */
async function noteAccountNames(payment: BooksDatabase, wallet: BooksDatabase): Promise<void> {
  await payment.query(`create temp table account_names (name text collate "C", id text) on commit drop`);
  const names = async function* (): AsyncGenerator<readonly string[]> {
    for await (const { number, id } of wallet.stream<{ number: string; id: string }>(`select number, id from accounts`)) yield [number, id];
  };
  await payment.fill('account_names', ['name', 'id'], names());
}

function name({ key, left, right }: Difference, findings: Findings): void {
  const subject = `transfer ${key}`;
  if (left === undefined) return findings.add('I8', subject, `the ledger has it as "${right}", payment does not have it`);
  const transfer = parse(left);
  if (right === undefined) {
    const what = transfer.outcome === 'PENDING' ? 'PENDING, and nothing is under way' : `"${left}" in payment, unknown to the ledger`;
    return findings.add('I8', subject, what);
  }
  const ledger = parse(right);
  const both = `payment has it as "${left}", the ledger as "${right}"`;
  if (transfer.outcome !== ledger.outcome) return findings.add('I8', subject, both);
  const expected = transfer.legs.length;
  if (ledger.legs.length > expected)
    return findings.add('I6', subject, `${ledger.legs.length} entries instead of ${expected}, more than one effect: ${both}`);
  if (ledger.legs.length < expected) return findings.add('I8', subject, `${ledger.legs.length} entries instead of ${expected}: ${both}`);
  findings.add('I6', subject, `it was posted otherwise than ordered: ${both}`);
}

interface ParsedFact {
  /** `POSTED`, `REFUSED insufficient-funds`, `PENDING`. */
  readonly outcome: string;
  readonly legs: readonly string[];
}

function parse(fact: string): ParsedFact {
  const [, outcome = '', legs = ''] = /^\S+ (.*) \[(.*)\]$/s.exec(fact) ?? [];
  return { outcome, legs: legs === '' ? [] : legs.split(', ') };
}

/** What was answered with 2xx is there; `ids` are transfers. */
export async function checkAcknowledged(payment: BooksDatabase, ids: Iterable<string>, findings: Findings): Promise<void> {
  await payment.query(`create temp table acknowledged (id text collate "C") on commit drop`);
  const rows = async function* (): AsyncGenerator<readonly string[]> {
    for (const id of ids) yield [id];
  };
  await payment.fill('acknowledged', ['id'], rows());
  await collect(
    payment,
    findings,
    'I13',
    `select 'transfer ' || a.id as subject, 'was acknowledged, and does not exist' as detail
      from (select distinct id from acknowledged) a where not exists (select 1 from transfers t where t.id = a.id)`,
  );
}

/** Transfers that have waited for longer than anybody should. */
export async function checkStuck(payment: BooksDatabase, waitedMs: number, findings: Findings): Promise<void> {
  await collect(
    payment,
    findings,
    'I8',
    `select 'transfer ' || id as subject, 'PENDING since ' || created_at as detail
      from transfers where status = 'PENDING' and created_at < clock_timestamp() - make_interval(secs => $1)`,
    [waitedMs / 1_000],
  );
  await collect(
    payment,
    findings,
    'I8',
    `select 'transfer ' || id as subject, case when o.id is null then 'PENDING, and not listed as open' else 'listed as open, and has ended' end as detail
      from (select id from transfers where status = 'PENDING') as t full join open_transfers o using (id) where t.id is null or o.id is null`,
  );
}
