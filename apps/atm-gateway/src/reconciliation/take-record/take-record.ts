import { gatewayUseCase } from '../../gateway-rows.js';
import { breakKey, closed, foundAgain, type Break } from '../break.js';
import { nextFetch } from '../business-day.js';
import type { DayComparison } from '../compare-record.js';
import type { DayRecord } from '../read-record.js';
import { recordView } from '../record-view.js';
import { changed, newRecord, recordKey, type RecordPlace, type TakenRecord } from '../taken-record.js';

export interface TakeRecord {
  readonly place: RecordPlace;
  readonly cutOffHour: number;
  /** What came of fetching it. */
  readonly outcome: Comparison | { readonly status: 'REFUSED' | 'UNREACHABLE'; readonly reason: string };
}

interface Comparison {
  readonly status: 'TAKEN';
  readonly record: DayRecord;
  readonly comparison: DayComparison;
}

/** What could not be had, or was refused, is asked for again. */
const retryAfterMs = 3_600_000;

/** Files what a partner's record of a day has come to. The same record again leaves every break as it is. */
export const takeRecord = gatewayUseCase({
  name: 'take-record',
  weightOf: ({ outcome }: TakeRecord) => (outcome.status === 'TAKEN' ? 1 + outcome.record.lines.length : 1),
  needs: ({ place, outcome }: TakeRecord) => ({
    records: [recordKey(place)],
    breaks: outcome.status === 'TAKEN' ? itemsOf(outcome.comparison).map((item) => breakKey({ ...place, item })) : [],
  }),
  decide: ({ place, cutOffHour, outcome }, rows, { now, newId }) => {
    const known = rows.get('records', recordKey(place)) ?? newRecord(place, newId('rec'), now);
    if (outcome.status !== 'TAKEN') {
      const record = changed(known, { ...outcome, nextAt: new Date(now.getTime() + retryAfterMs) }, now);
      return { put: { records: [record] }, reply: { status: 200, body: recordView(record) } };
    }
    const { comparison } = outcome;
    const breaks = comparison.breaks.map((found): Break => {
      const before = rows.get('breaks', breakKey({ ...place, item: found.item }));
      if (before) return foundAgain(before, found, now);
      return { ...place, ...found, id: newId('brk'), status: 'OPEN', version: 1, createdAt: now, updatedAt: now };
    });
    const mended = comparison.mended.flatMap((item) => {
      const before = rows.get('breaks', breakKey({ ...place, item }));
      return before ? [closed(before, now)] : [];
    });
    const record = changed(known, takenAs(outcome, nextFetch(place.date, cutOffHour, now), now), now);
    return { put: { records: [record], breaks: [...breaks, ...mended] }, reply: { status: 200, body: recordView(record, breaks) } };
  },
});

const itemsOf = ({ breaks, mended }: DayComparison): string[] => [...breaks.map(({ item }) => item), ...mended];

const takenAs = ({ record, comparison }: Comparison, nextAt: Date | undefined, now: Date): Partial<TakenRecord> => ({
  ...{ status: 'TAKEN', reason: undefined, takenAt: now, nextAt, lastSeq: record.lines.at(-1)?.seq, newLines: record.lines },
  ...{ totals: comparison.totals, matched: comparison.matched, broken: comparison.breaks.length },
});
