import { maintainDayPartitions } from '@falconpay/postgres/day-partitions';
import type { ServiceRuntime } from '@falconpay/service/service-runtime';
import type { BackofficeRows } from '../backoffice-rows.js';
import { timelinePartitions } from './timeline-event.table.js';

const everyMs = 60 * 60_000;

/** Room for the days to come; days that are past their time go whole. */
export function keepTimelines(runtime: ServiceRuntime<BackofficeRows>, days: number): void {
  runtime.repeat('making room for timelines', everyMs, () => maintainDayPartitions(runtime.source, timelinePartitions(days), Date.now()));
}
