import { BooksDatabase } from './books-database.js';
import { checkHolds } from './checks/holds.js';
import { checkInboxes } from './checks/inboxes.js';
import { checkLedger } from './checks/ledger.js';
import { checkLimits } from './checks/limits.js';
import { checkOrders, checkStuckOrders, compareWithCredits, compareWithHolds } from './checks/orders.js';
import { checkGatewayOutbox, checkPaymentOutbox, checkWalletOutbox } from './checks/outbox-rows.js';
import { checkRefunds } from './checks/refunds.js';
import { checkTopics, TopicNotes } from './checks/topics.js';
import { checkAcknowledged, checkBulks, checkStuck, checkTransfers, compareWithLedger } from './checks/transfers.js';
import { checkWaitingLines } from './checks/waiting-lines.js';
import { outboxCompleteSince } from './horizon.js';
import { Findings, promises, type BookCounts, type Invariant, type InvariantResult, type Report } from './report.js';
import { lookAtRest, services, topicOptions, type BooksOptions, type Service } from './under-way.js';

export interface CheckOptions extends BooksOptions {
  /** How long to wait for the system to come to rest; what is not final by then is a violation. Without: checked as it is. */
  readonly waitForQuiescenceMs?: number;
  /** Ids of transfers that were answered with 2xx. */
  readonly acknowledged?: Iterable<string>;
  /** Dead letters count as violations. */
  readonly refuseDeadLetters?: boolean;
  /** Kept per invariant; all are counted. */
  readonly keepViolations?: number;
}

type Books = Record<Service, BooksDatabase>;

/** Only meaningful in part while the system is at work. */
const needRest: ReadonlySet<Invariant> = new Set(['I8', 'I10', 'I11', 'I14', 'I6', 'I9']);

/**
 * Reads the books of a running or stopped system, each database as it stood at one moment, and the topics, and names
 * everything in them that is wrong. Changes nothing.
 */
export async function checkBooks(options: CheckOptions): Promise<Report> {
  const startedAt = performance.now();
  const findings = new Findings(options.keepViolations ?? 50);
  const waitMs = options.waitForQuiescenceMs ?? 0;
  const { look: books, pending } = await lookAtRest(options, waitMs, () => openBooks(options), closeBooks);
  try {
    const atRest = pending.length === 0;
    const notes = await check(books, options, atRest, waitMs, findings);
    if (options.refuseDeadLetters) {
      for (const { original, errorClass, message } of notes.deadLetters)
        findings.add('I8', `record ${original}`, `was set aside: ${errorClass}: ${message}`);
    }
    return {
      ok: findings.total === 0,
      quiescent: atRest,
      pending,
      invariants: resultsOf(findings, atRest, options),
      violations: findings.kept,
      deadLetters: { count: notes.deadLetterCount, first: notes.deadLetters },
      counts: await countsOf(books, notes.records),
      money: await moneyOf(books.wallet),
      tookMs: Math.round(performance.now() - startedAt),
    };
  } finally {
    await closeBooks(books);
  }
}

async function check(books: Books, options: CheckOptions, atRest: boolean, waitMs: number, findings: Findings): Promise<TopicNotes> {
  const { payment, wallet, 'atm-gateway': gateway } = books;
  await checkLedger(wallet, findings);
  await checkHolds(wallet, findings);
  await checkLimits(wallet, findings);
  await checkTransfers(books, findings);
  await checkRefunds(payment, findings);
  await compareWithLedger(payment, wallet, atRest, findings);
  await checkOrders(gateway, findings);
  await compareWithHolds(gateway, wallet, atRest, findings);
  await compareWithCredits(gateway, wallet, atRest, findings);
  if (atRest) await checkBulks(payment, findings);
  else if (waitMs > 0) {
    await checkStuck(payment, waitMs, findings);
    await checkStuckOrders(gateway, waitMs, findings);
  }
  const paymentSince = await outboxCompleteSince(payment, 'transfers');
  const gatewaySince = await outboxCompleteSince(gateway, 'orders');
  const walletSince = await outboxCompleteSince(wallet, 'transactions');
  await checkPaymentOutbox(payment, paymentSince, findings);
  await checkGatewayOutbox(gateway, gatewaySince, findings);
  await checkWalletOutbox(wallet, walletSince, findings);
  const notes = await TopicNotes.take(books, topicOptions(options));
  const since = Math.max(paymentSince, gatewaySince, walletSince);
  await checkTopics(books, notes, since, findings);
  await checkInboxes(books, notes, since, atRest, findings);
  for (const service of services) await checkWaitingLines(books[service], findings);
  if (options.acknowledged) await checkAcknowledged(payment, options.acknowledged, findings);
  return notes;
}

/** The wallet's last: what the others have as finished, the ledger's later snapshot knows. */
async function openBooks({ databaseUrls }: CheckOptions): Promise<Books> {
  const opened: Partial<Books> = {};
  try {
    for (const service of services) opened[service] = await BooksDatabase.open(service, databaseUrls[service]);
    return opened as Books;
  } catch (error) {
    await closeBooks(opened);
    throw error;
  }
}

async function closeBooks(books: Partial<Books>): Promise<void> {
  await Promise.all(Object.values(books).map((each) => each.close()));
}

function resultsOf(findings: Findings, atRest: boolean, options: CheckOptions): InvariantResult[] {
  return (Object.keys(promises) as Invariant[]).map((invariant) => ({
    invariant,
    promise: promises[invariant],
    checked: invariant === 'I13' && !options.acknowledged ? 'not-checked' : atRest || !needRest.has(invariant) ? 'fully' : 'at-any-moment',
    violations: findings.of(invariant),
  }));
}

async function countsOf({ payment, wallet, 'atm-gateway': gateway }: Books, records: number): Promise<BookCounts> {
  const transfers = await payment.one<{ transfers: number; completed: number; failed: number; pending: number; events: number }>(
    `select count(*)::int as transfers, count(*) filter (where status = 'COMPLETED')::int as completed, count(*) filter (where status = 'FAILED')::int as failed,
       count(*) filter (where status = 'PENDING')::int as pending, (select count(*)::int from outbox) as events from transfers`,
  );
  const ledger = await wallet.one<{ accounts: number; transactions: number; entries: number; events: number }>(
    `select (select count(*)::int from accounts) as accounts, (select count(*)::int from transactions) as transactions,
       (select count(*)::int from entries) as entries, (select count(*)::int from outbox) as events`,
  );
  const orders = await gateway.one<{ orders: number; events: number }>(
    `select (select count(*)::int from orders) as orders, (select count(*)::int from outbox) as events`,
  );
  return { ...transfers, ...orders, ...ledger, events: transfers.events + orders.events + ledger.events, records };
}

async function moneyOf(wallet: BooksDatabase): Promise<Record<string, bigint>> {
  const rows = await wallet.query<{ currency: string; money: string }>(
    `select currency, sum(posted)::text as money from accounts group by 1 order by 1`,
  );
  return Object.fromEntries(rows.map(({ currency, money }) => [currency, BigInt(money)]));
}
