import { read, type Statement } from '@falconpay/postgres/transaction';
import type { ServiceRuntime } from '@falconpay/service/service-runtime';
import type { Logger } from '@falconpay/telemetry/logger';
import type { Metrics } from '@falconpay/telemetry/metrics';
import type { PaymentRows } from './payment-rows.js';
import type { Transfer } from './transfers/transfer.js';
import type { TransferWatch } from './transfers/transfer-watch.js';

const open: Statement = {
  name: 'open transfers',
  text: `select kind, count(*)::int as count, (count(*) filter (where expires_at < clock_timestamp() - interval '1 minute'))::int as stuck,
      extract(epoch from clock_timestamp() - min(created_at))::float as oldest_seconds
    from open_transfers join transfers using (id) group by kind`,
};

const kinds = ['transfer', 'refund'] as const satisfies readonly Transfer['kind'][];

/** What the service tells of its transfers: who waits, the metrics, and one log line per change, or per commit of many. */
export function observeTransfers(runtime: ServiceRuntime<PaymentRows>, watch: TransferWatch, metrics: Metrics, logger: Logger): void {
  const finished = Object.fromEntries(
    kinds.map((kind) => [kind, { COMPLETED: seriesOf(metrics, kind, 'completed'), FAILED: seriesOf(metrics, kind, 'declined') }]),
  );
  runtime.onCommitted(({ decisions }) => {
    const transfers = decisions.flatMap(({ put }) => put?.transfers ?? []);
    if (transfers.length === 0) return;
    for (const transfer of transfers) {
      watch.tell(transfer);
      if (transfer.status !== 'PENDING') finished[transfer.kind]?.[transfer.status](transfer);
    }
    logger.info(summaryOf(transfers), 'transfers');
  });
  const pending = metrics.gauge('falconpay_sagas_open');
  const oldest = metrics.gauge('falconpay_saga_oldest_open_seconds');
  const stuck = metrics.gauge('falconpay_saga_stuck');
  pending.onScrape(async () => {
    const rows = await read<{ kind: string; count: number; stuck: number; oldest_seconds: number }>(runtime.source, open);
    for (const type of kinds) {
      const row = rows.find(({ kind }) => kind === type);
      pending.with({ type, state: 'PENDING' }).set(row?.count ?? 0);
      stuck.with({ type, state: 'PENDING' }).set(row?.stuck ?? 0);
      oldest.with({ type, state: 'PENDING' }).set(row?.oldest_seconds ?? 0);
    }
  });
}

/** A refusal by the wallet is a decline: it is its job to refuse, and no failure of the system. */
function seriesOf(metrics: Metrics, type: Transfer['kind'], outcome: 'completed' | 'declined'): (transfer: Transfer) => void {
  const finished = metrics.counter('falconpay_payments_finished_total').with({ type, outcome });
  const duration = metrics.histogram('falconpay_saga_duration_seconds').with({ type, outcome });
  return (transfer) => {
    finished.add();
    duration.observe((transfer.updatedAt.getTime() - transfer.createdAt.getTime()) / 1000);
  };
}

function summaryOf(transfers: readonly Transfer[]): Record<string, unknown> {
  const [only] = transfers;
  if (transfers.length === 1 && only) return { saga_id: only.id, state: only.status, code: only.failure?.code };
  const count = (status: Transfer['status']) => transfers.filter((transfer) => transfer.status === status).length;
  return { count: transfers.length, accepted: count('PENDING'), completed: count('COMPLETED'), failed: count('FAILED') };
}
