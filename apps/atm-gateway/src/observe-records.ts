import { read, type Statement } from '@falconpay/postgres/transaction';
import type { ServiceRuntime } from '@falconpay/service/service-runtime';
import type { Logger } from '@falconpay/telemetry/logger';
import { fillTogether } from '@falconpay/telemetry/metric-families';
import type { Metrics } from '@falconpay/telemetry/metrics';
import type { GatewayRows } from './gateway-rows.js';

const open: Statement = {
  name: 'open breaks by class',
  text: `select kind, class, count(*)::int as count, extract(epoch from clock_timestamp() - min(created_at))::float as oldest_seconds
    from breaks where status = 'OPEN' group by 1, 2`,
};

/** A partner that has just been made known has nothing to compare yet. */
const last: Statement = {
  name: 'last reconciliations',
  text: `select partners.kind, extract(epoch from min(coalesce(taken.at, partners.created_at)))::float as at from partners
    cross join lateral (select max(taken_at) as at from records where kind = partners.kind and partner = partners.id) as taken group by 1`,
};

/** Days further back than this are in nobody's record any more. */
const clearingDays = 35;

/** What a partner's record has confirmed is settled. The rest is a day whose record we never had, or an order that differs. */
const unsettled: Statement = {
  name: 'oldest unsettled days',
  text: `select kind, extract(epoch from clock_timestamp() - min(since))::float as oldest_seconds from (
      select partners.kind, day.since from partners cross join lateral (
        select (date_trunc('day', clock_timestamp() at time zone 'UTC') - make_interval(days => back)) at time zone 'UTC' as since
        from generate_series(1, $1) as back) as day
      where partners.created_at < day.since + interval '1 day' and not exists (select 1 from records
        where kind = partners.kind and partner = partners.id and date = to_char(day.since at time zone 'UTC', 'YYYY-MM-DD') and taken_at is not null)
      union all select kind, date::timestamp at time zone 'UTC' from breaks where status = 'OPEN') as days
    group by 1`,
};

/** What does not fit between partners' records and our books: a log line when it is found, and the metrics. */
export function observeRecords(runtime: ServiceRuntime<GatewayRows>, metrics: Metrics, logger: Logger): void {
  runtime.onCommitted(({ decisions, at }) => {
    for (const { id, item, class: code, status, updatedAt } of decisions.flatMap(({ put }) => put?.breaks ?? []))
      if (updatedAt.getTime() === at.getTime()) logger.warn({ saga_id: item, code, state: status, break_id: id }, 'a record and our books');
    for (const { status, reason, kind, partner, date } of decisions.flatMap(({ put }) => put?.records ?? []))
      if (reason !== undefined) logger.error({ state: status, reason, partner: `${kind}/${partner}`, date }, 'a record was not taken');
  });
  const breaks = metrics.gauge('falconpay_recon_breaks');
  const oldest = metrics.gauge('falconpay_recon_oldest_break_seconds');
  const success = metrics.gauge('falconpay_recon_last_success_timestamp_seconds');
  const clearing = metrics.gauge('falconpay_clearing_oldest_seconds');
  clearing.onScrape(async () => {
    const rows = await read<{ kind: string; oldest_seconds: number }>(runtime.source, unsettled, [clearingDays]);
    clearing.reset();
    for (const { kind, oldest_seconds } of rows) clearing.with({ kind }).set(oldest_seconds);
  });
  fillTogether([breaks, oldest], async () => {
    const rows = await read<{ kind: string; class: string; count: number; oldest_seconds: number }>(runtime.source, open);
    for (const gauge of [breaks, oldest]) gauge.reset();
    for (const { kind, class: found, count, oldest_seconds } of rows) {
      breaks.with({ kind, class: found }).set(count);
      oldest.with({ kind, class: found }).set(oldest_seconds);
    }
  });
  success.onScrape(async () => {
    for (const { kind, at } of await read<{ kind: string; at: number }>(runtime.source, last)) success.with({ kind }).set(at);
  });
}
