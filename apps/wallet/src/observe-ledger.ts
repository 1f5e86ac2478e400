import { read, type Statement } from '@falconpay/postgres/transaction';
import type { ServiceRuntime } from '@falconpay/service/service-runtime';
import type { Logger } from '@falconpay/telemetry/logger';
import type { Metrics } from '@falconpay/telemetry/metrics';
import type { Hold } from './holds/hold.js';
import { LedgerImbalance } from './ledger/ledger-imbalance.js';
import type { LedgerTransaction } from './ledger/ledger.js';
import type { WalletRows } from './wallet-rows.js';

const countActive: Statement = {
  name: 'count active holds',
  text: `select currency, count(*)::int as count from holds where status = 'ACTIVE' group by currency`,
};

/** One log line per ledger transaction or hold, or per commit of many; and whether the ledger balances, and what is held, when that is asked for. */
export function observeLedger(runtime: ServiceRuntime<WalletRows>, metrics: Metrics, logger: Logger): void {
  const expired = metrics.counter('falconpay_holds_expired_total').with({});
  runtime.onCommitted(({ decisions }) => {
    const transactions = decisions.flatMap(({ put }) => put?.transactions ?? []);
    if (transactions.length > 0) logger.info(summaryOf(transactions), 'ledger');
    const holds = decisions.flatMap(({ put }) => put?.holds ?? []);
    if (holds.length > 0) logger.info(summaryOfHolds(holds), 'holds');
    for (const { status } of holds) if (status === 'EXPIRED') expired.add();
  });
  const imbalance = metrics.gauge('falconpay_ledger_imbalance_minor_units');
  const ledger = new LedgerImbalance(runtime.source);
  imbalance.onScrape(async () => {
    for (const [currency, sum] of (await ledger.perCurrency()) ?? []) imbalance.with({ currency }).set(Number(sum));
  });
  const active = metrics.gauge('falconpay_holds_active');
  active.onScrape(async () => {
    active.reset();
    for (const { currency, count } of await read<{ currency: string; count: number }>(runtime.source, countActive))
      active.with({ currency }).set(count);
  });
}

function summaryOf(transactions: readonly LedgerTransaction[]): Record<string, unknown> {
  const [only] = transactions;
  if (transactions.length === 1 && only) return { saga_id: only.id, type: only.type, state: only.status, code: only.code };
  const refused = transactions.filter(({ status }) => status === 'REFUSED').length;
  return { count: transactions.length, posted: transactions.length - refused, refused };
}

function summaryOfHolds(holds: readonly Hold[]): Record<string, unknown> {
  const [only] = holds;
  return holds.length === 1 && only ? { saga_id: only.id, state: only.status } : { count: holds.length };
}
