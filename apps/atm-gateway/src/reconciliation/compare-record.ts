import { compareItem, type BreakClass, type Comparison, type OurItem, type Settlement } from './compare-item.js';
import { agrees, controlTotals, type ControlTotal } from './control-totals.js';
import type { DayRecord } from './read-record.js';
import type { RecordLine } from './record-line.js';

/** Both sides of a partner's day. */
export interface Sides {
  readonly record: DayRecord;
  /** Our orders that the record speaks of, that were sent on its day, or about which there was a break before. */
  readonly ours: readonly OurItem[];
  /** What records of other days say about these orders. */
  readonly otherDays: readonly RecordLine[];
  /** What there has been a break about before, and still is. */
  readonly brokenBefore: readonly string[];
  /** The last date that was compared, this one included. */
  readonly comparedThrough: string;
}

/** What does not fit. */
export interface FoundBreak {
  /** An order's id; or the day as a whole, see `wholeDay`. */
  readonly item: string;
  readonly class: BreakClass;
  readonly detail: string;
}

export interface DayComparison {
  /** First of all: what each side says about the day as a whole. */
  readonly totals: readonly ControlTotal[];
  readonly totalsAgree: boolean;
  readonly matched: number;
  readonly breaks: readonly FoundBreak[];
  /** Of what was broken before: what fits now. Other days as a whole are not looked at. */
  readonly mended: readonly string[];
  readonly settlements: readonly Settlement[];
  /** Open orders of this day or an earlier one about which the record does not tell. */
  readonly untold: readonly string[];
}

/** A partner's day against our books, per order. Without I/O, time and chance: the same sides give the same breaks, again and again. */
export function compareRecord({ record, ours, otherDays, brokenBefore, comparedThrough }: Sides): DayComparison {
  const ourItems = new Map(ours.map((item) => [item.id, item]));
  const theirItems = groupedById([...otherDays, ...record.lines]);
  const ofTheDay = ours.filter(({ date }) => date === record.date);
  // What neither side knows any more was a mistake of a record that has been corrected since.
  const looked = [...record.lines.map(({ id }) => id), ...ofTheDay.map(({ id }) => id), ...brokenBefore];
  const compared = [...new Set(looked)]
    .filter((id) => ourItems.has(id) || theirItems.has(id))
    .map((id): [string, Comparison] => [id, compareItem(ourItems.get(id), theirItems.get(id) ?? [], comparedThrough)])
    .map(([id, found]): [string, Comparison] => [id, believed(found, record)]);
  const breaks = [
    ...compared.flatMap(([item, found]): FoundBreak[] =>
      found.class === 'MATCHED' ? [] : [{ item, class: found.class, detail: found.detail }],
    ),
    ...lossOf(record),
  ];
  const broken = new Set(breaks.map(({ item }) => item));
  const totals = controlTotals(ofTheDay, record.lines);
  return {
    totals,
    totalsAgree: totals.every(agrees),
    matched: compared.filter(([, found]) => found.class === 'MATCHED').length,
    breaks,
    mended: brokenBefore.filter((item) => !broken.has(item) && (!isWholeDay(item) || item === wholeDay(record.date))),
    settlements: compared.flatMap(([, { settles }]) => settles ?? []),
    untold: breaks.flatMap(({ item, class: found }) =>
      found === 'UNKNOWN_OUTCOME' && ourItems.has(item) && (ourItems.get(item)?.date ?? '') <= record.date ? [item] : [],
    ),
  };
}

/** A record that its own cassettes contradict decides nothing: what is gone may be the cash of just this order. */
const believed = (found: Comparison, { unexplained }: DayRecord): Comparison =>
  found.settles && unexplained.length > 0 ? { class: 'UNKNOWN_OUTCOME', detail: found.detail } : found;

/** No order's id has a space in it. */
export const wholeDay = (date: string): string => `day ${date}`;
const isWholeDay = (item: string): boolean => item.includes(' ');

/** More or less is gone from the cassettes than the lines say: somewhere something moved, and nobody wrote it down. */
function lossOf({ date, unexplained }: DayRecord): FoundBreak[] {
  if (unexplained.length === 0) return [];
  const detail = unexplained.map(({ amount, currency }) => `${amount} ${currency}`).join(', ');
  return [{ item: wholeDay(date), class: 'UNKNOWN_OUTCOME', detail: `gone from the cassettes, and in no line: ${detail}` }];
}

/** By seq within an order: lines of one partner follow each other by it over all days. */
function groupedById(lines: readonly RecordLine[]): Map<string, RecordLine[]> {
  const items = new Map<string, RecordLine[]>();
  for (const line of [...lines].sort((one, other) => one.seq - other.seq)) {
    const own = items.get(line.id);
    if (own) own.push(line);
    else items.set(line.id, [line]);
  }
  return items;
}
