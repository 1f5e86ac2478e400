import { toWireTotal } from '@falconpay/money/money';
import type { Statement } from '@falconpay/postgres/transaction';
import { partnerOf, type PartnerRecord } from '../../outside/partner.table.js';
import { machineView } from '../machine-view.js';

interface Counts {
  readonly requests: number;
  readonly successful: number;
  readonly failed: number;
  readonly refunded: bigint;
  readonly stuck: number;
}
export type MachineRecord = PartnerRecord & Counts;
export type TotalRecord = Counts & { readonly currency: string };

/** Stuck: people have to look, or it has gone on for five minutes. */
const counts = `count(*)::int as requests, (count(*) filter (where status = 'COMPLETED'))::int as successful,
  (count(*) filter (where status in ('FAILED', 'REFUNDED')))::int as failed,
  coalesce(sum(amount) filter (where status = 'REFUNDED'), 0)::bigint as refunded,
  (count(*) filter (where status = 'MANUAL_REVIEW' or status not in ('COMPLETED', 'REFUSED', 'REFUNDED')
    and created_at < clock_timestamp() - interval '5 minutes'))::int as stuck`;

export const machinesWithCounts: Statement = {
  name: 'list machines',
  text: `select partners.*, counted.* from partners
    cross join lateral (select ${counts} from orders where kind = 'withdrawal' and partner = partners.id) as counted
    where kind = 'machine' and id > $1 order by id limit $2`,
};

export const totals: Statement = {
  name: 'total of machines',
  text: `select currency, ${counts} from orders where kind = 'withdrawal' group by currency order by currency`,
};

const countsView = ({ requests, successful, failed, stuck }: Counts) => ({ requests, successful, failed, stuck });

export const machineWithCounts = (record: MachineRecord) => ({
  ...machineView(partnerOf(record)),
  metrics: { ...countsView(record), refunded: { amount: toWireTotal(record.refunded), currency: record.currency } },
});

/** Of all machines; what was refunded, in each currency. */
export function totalView(records: readonly TotalRecord[]) {
  const sum = (of: (record: TotalRecord) => number): number => records.reduce((total, record) => total + of(record), 0);
  return {
    ...countsView({
      ...{ requests: sum(({ requests }) => requests), successful: sum(({ successful }) => successful) },
      ...{ failed: sum(({ failed }) => failed), stuck: sum(({ stuck }) => stuck), refunded: 0n },
    }),
    refunded: records.map(({ refunded, currency }) => ({ amount: toWireTotal(refunded), currency })),
  };
}
