import type { ServiceRuntime } from '@falconpay/service/service-runtime';
import type { Logger } from '@falconpay/telemetry/logger';
import type { LedgerTransaction } from './ledger/ledger.js';
import type { WalletRows } from './wallet-rows.js';

/** One log line per ledger transaction, or per commit of many. */
export function observeLedger(runtime: ServiceRuntime<WalletRows>, logger: Logger): void {
  runtime.onCommitted(({ decisions }) => {
    const transactions = decisions.flatMap(({ put }) => put?.transactions ?? []);
    if (transactions.length > 0) logger.info(summaryOf(transactions), 'ledger');
  });
}

function summaryOf(transactions: readonly LedgerTransaction[]): Record<string, unknown> {
  const [only] = transactions;
  if (transactions.length === 1 && only) return { saga_id: only.id, type: only.type, state: only.status, code: only.code };
  const refused = transactions.filter(({ status }) => status === 'REFUSED').length;
  return { count: transactions.length, posted: transactions.length - refused, refused };
}
