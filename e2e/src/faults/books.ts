import { checkBooks } from '@falconpay/invariants/check-books';
import { databaseUrlsOf } from '@falconpay/invariants/under-way';
import type { Patience } from '@falconpay/testing/eventually';
import type { RunningSystem } from '@falconpay/testing/running-system';

interface Finding {
  readonly what: string;
}

const ofPayment: Readonly<Record<string, string>> = {
  'a transfer has not ended': `select id as what from transfers where status = 'PENDING'`,
};

const ofWallet: Readonly<Record<string, string>> = {
  'a balance is not the sum of its entries': `
    select a.id || ' has ' || a.posted || ', its entries ' || coalesce(sum(e.amount), 0) as what
    from accounts a left join entries e on e.account_id = a.id group by a.id having a.posted <> coalesce(sum(e.amount), 0)`,
  'an account was changed more or less often than it has entries': `
    select account_id || ' version ' || account_version as what from entries
    where account_version is not null group by account_id, account_version having count(*) > 1`,
  'a balance ran differently from its entries': `
    select account_id || ' version ' || account_version as what from (
      select account_id, account_version, balance_after, sum(amount) over (partition by account_id order by account_version, id) as ran
      from entries where account_version is not null) as e where balance_after <> ran`,
  'entries of a currency do not sum to zero': `select currency || ' ' || sum(amount) as what from entries group by currency having sum(amount) <> 0`,
  'the entries of a transaction do not sum to zero': `
    select transaction_id as what from entries group by transaction_id, currency having sum(amount) <> 0`,
  'a posted transaction has not two legs, or a refused one has any': `
    select t.id as what from transactions t left join entries e on e.transaction_id = t.id
    group by t.id having count(e.id) <> case t.status when 'POSTED' then 2 else 0 end`,
  'entries belong to no transaction': `select transaction_id as what from entries where transaction_id not in (select id from transactions)`,
  'an account is overdrawn': `select id as what from accounts where posted - held < 0`,
};

interface TransferRow {
  readonly id: string;
  readonly status: string;
  readonly amount: bigint;
  readonly currency: string;
  readonly failure_code: string | null;
}
interface TransactionRow {
  readonly id: string;
  readonly status: string;
  readonly code: string | null;
  readonly moved: bigint | null;
  readonly currencies: string[] | null;
}

const expected: Readonly<Record<string, string>> = { COMPLETED: 'POSTED', FAILED: 'REFUSED' };

/** What is wrong with the books, in sentences; nothing when all is well. Everything is looked at from outside, by SQL. */
export async function wrongInTheBooks(system: RunningSystem): Promise<string[]> {
  const found: string[] = [];
  for (const [service, checks] of [['payment', ofPayment] as const, ['wallet', ofWallet] as const]) {
    for (const [sentence, query] of Object.entries(checks)) {
      for (const { what } of await system.sql<Finding>(service, query)) found.push(`${sentence}: ${what}`);
    }
  }
  const transfers = await system.sql<TransferRow>('payment', 'select id, status, amount, currency, failure_code from transfers');
  const transactions = await system.sql<TransactionRow>(
    'wallet',
    `select t.id, t.status, t.code, sum(e.amount) filter (where e.amount > 0)::bigint as moved, array_agg(distinct e.currency) as currencies
     from transactions t left join entries e on e.transaction_id = t.id where t.type in ('transfer', 'refund') group by t.id`,
  );
  const byId = new Map(transactions.map((transaction) => [transaction.id, transaction]));
  for (const transfer of transfers) {
    const transaction = byId.get(transfer.id);
    byId.delete(transfer.id);
    found.push(...disagreement(transfer, transaction));
  }
  return [...found, ...[...byId.keys()].map((id) => `the ledger moved money for ${id}, which payment does not know`)];
}

function disagreement(transfer: TransferRow, transaction: TransactionRow | undefined): string[] {
  const { id, status, amount, currency, failure_code } = transfer;
  if (status === 'PENDING') return [];
  if (!transaction) return [`${id} is ${status}, and the ledger knows nothing of it`];
  if (transaction.status !== expected[status]) return [`${id} is ${status}, and the ledger has it ${transaction.status}`];
  if (status === 'FAILED')
    return failure_code === transaction.code ? [] : [`${id} failed for ${failure_code}, in the ledger for ${transaction.code}`];
  const same = transaction.moved === amount && transaction.currencies?.join() === currency;
  return same ? [] : [`${id} is of ${amount} ${currency}, the ledger moved ${transaction.moved} ${transaction.currencies?.join()}`];
}

/** What is wrong with the events: each transfer's are announced once, under one id, and of nothing that did not happen. */
export async function wrongInTheTopics(system: RunningSystem): Promise<string[]> {
  const found: string[] = [];
  const records = await system.consumeAll('payment.created', 'payment.completed', 'payment.failed');
  const ids = new Map<string, Set<string>>();
  for (const { topic, key, headers } of records) {
    const place = `${topic} of ${key}`;
    ids.set(place, (ids.get(place) ?? new Set()).add(headers['ce_id'] ?? ''));
  }
  for (const [place, under] of ids) if (under.size > 1) found.push(`${place} was made ${under.size} times`);
  for (const { id, status } of await system.sql<TransferRow>('payment', 'select id, status from transfers')) {
    const outcome = status === 'COMPLETED' ? 'payment.completed' : 'payment.failed';
    for (const topic of ['payment.created', ...(status === 'PENDING' ? [] : [outcome])]) {
      if (!ids.delete(`${topic} of ${id}`)) found.push(`there is no ${topic} of ${id}`);
    }
  }
  return [...found, ...[...ids.keys()].map((place) => `${place} tells of what did not happen`)];
}

/** Resolves when no transfer is under way any more. */
export async function allEnded(system: RunningSystem, patience: Patience = {}): Promise<void> {
  await system.eventually(
    'every transfer ends',
    async () => (await system.sql<Finding>('payment', `select id as what from open_transfers limit 1`)).length === 0,
    { everyMs: 50, ...patience },
  );
}

/** The same question to the checker that everybody has (`falconpay verify`): every promise it names broken, and every record set aside. */
export async function brokenPromises(
  system: RunningSystem,
  options: { readonly refuseDeadLetters?: boolean } & Pick<Patience, 'withinMs'> = {},
): Promise<string[]> {
  const { violations } = await checkBooks({
    databaseUrls: databaseUrlsOf(system.local.databaseUrls),
    brokers: system.local.brokers.split(','),
    ...(system.topics.prefix === '' ? {} : { prefix: system.topics.prefix }),
    waitForQuiescenceMs: options.withinMs ?? 60_000,
    refuseDeadLetters: options.refuseDeadLetters ?? true,
  });
  return violations.map(({ invariant, subject, detail }) => `${invariant} ${subject}: ${detail}`);
}
