import { read, type Statement } from '@falconpay/postgres/transaction';
import type { ServiceRuntime } from '@falconpay/service/service-runtime';
import type { GatewayRows } from '../gateway-rows.js';
import type { PartnerKind } from '../outside/partner-port.js';
import { claimRecord } from './claim-record/claim-record.js';
import type { Reconciler } from './reconciler.js';

const atOnceMax = 20;

/** Yesterday's records from the cut-off hour on, and those of the day before once more; of partners that were there by then. */
const due: Statement = {
  name: 'due records',
  text: `select partners.kind, partners.id, partners.url, day.date from partners
    cross join lateral (select to_char(clock_timestamp() at time zone 'UTC' - make_interval(hours => $1, days => back), 'YYYY-MM-DD') as date
      from unnest(array[1, 2]) as back) as day
    left join records on records.kind = partners.kind and records.partner = partners.id and records.date = day.date
    where partners.created_at < (day.date::date + 1)::timestamp at time zone 'UTC'
      and (records.id is null or records.next_at <= clock_timestamp())
    order by day.date, partners.kind, partners.id limit $2`,
};

interface DueRecord {
  readonly kind: PartnerKind;
  readonly id: string;
  readonly url: string;
  readonly date: string;
}

/** The daily comparison, by itself: any instance looks, the first one that claims a record does it. */
export function reconcileDaysBy(runtime: ServiceRuntime<GatewayRows>, reconciler: Reconciler, cutOffHour: number, everyMs: number): void {
  let isStopping = false;
  runtime.onStop(async () => void (isStopping = true));
  const takeIfFirst = async ({ date, ...partner }: DueRecord): Promise<void> => {
    const { isClaimed } = (await runtime.run(claimRecord, { kind: partner.kind, partner: partner.id, date })) as { isClaimed: boolean };
    if (isClaimed) await reconciler.reconcile(partner, date);
  };
  runtime.repeat('reconciling', everyMs, async () => {
    for (let found = atOnceMax; found === atOnceMax && !isStopping;) {
      const records = await read<DueRecord>(runtime.source, due, [cutOffHour, atOnceMax]);
      found = records.length;
      // Day by day: a record has to go on where the one before ended.
      for (const date of new Set(records.map((record) => record.date)))
        await Promise.all(records.filter((record) => record.date === date).map(takeIfFirst));
    }
  });
}
