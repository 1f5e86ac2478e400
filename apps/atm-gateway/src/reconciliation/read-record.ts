import type { PartnerKind } from '../outside/partner-port.js';
import type { Effect, RecordLine } from './record-line.js';

/** What a partner's record of one day says: all of it, or it was refused. */
export interface DayRecord {
  readonly date: string;
  /** Each once, in their order. */
  readonly lines: readonly RecordLine[];
  /** Of a machine: what is gone from its cassettes beyond what its lines say (negative: what there is too much). */
  readonly unexplained: readonly { readonly currency: string; readonly amount: bigint }[];
}

export type RecordReading = DayRecord | { readonly refused: string };

interface Words {
  readonly id: string;
  readonly ref: string;
  readonly effects: Readonly<Record<string, Effect>>;
}

/** Each protocol's words. Another kind of partner is another line here. */
const WORDS: Readonly<Record<PartnerKind, Words>> = {
  machine: {
    id: 'dispense_id',
    ref: 'machine_ref',
    effects: {
      ...{ dispensed: 'out', partial: 'out', presented: 'out', retracted: 'back' },
      ...{ not_dispensed: 'nothing', tombstoned: 'nothing', unknown: 'unknown' },
    },
  },
  bank: {
    id: 'credit_id',
    ref: 'bank_ref',
    effects: { accepted: 'out', rejected: 'nothing', tombstoned: 'nothing', unknown: 'unknown' },
  },
  institution: {
    id: 'cashout_id',
    ref: 'institution_ref',
    effects: { approved: 'out', reversed: 'back', declined: 'nothing', tombstoned: 'nothing', unknown: 'unknown' },
  },
};

class Refused extends Error {}

/** Lines go on from day to day: what is between this record and that of the day before is in neither. */
export function gapBefore({ lines: [first] }: DayRecord, lastSeqBefore: number | undefined): string | undefined {
  if (first === undefined || lastSeqBefore === undefined || first.seq <= lastSeqBefore + 1) return undefined;
  return `it begins with line ${first.seq}, and the record of the day before ended with line ${lastSeqBefore}`;
}

/**
 * A record is taken whole or not at all: whoever leaves out a line that cannot be read takes the rest for all there was. Lines
 * must follow each other without a gap, and the closing line must say of them what they are.
 */
export function readRecord(kind: PartnerKind, date: string, text: string): RecordReading {
  try {
    return recordIn(WORDS[kind], date, text);
  } catch (error) {
    if (error instanceof Refused) return { refused: error.message };
    throw error;
  }
}

function recordIn(words: Words, date: string, text: string): DayRecord {
  if (!text.endsWith('\n')) throw new Refused('it breaks off: its last line does not end');
  const objects = text.slice(0, -1).split('\n').map(objectIn);
  const closing = objects.pop();
  if (closing?.['closing'] !== true) throw new Refused('it has no closing line');
  const lines = withoutRepetitions(objects.map((object, index) => lineIn(words, object, index + 1)));
  refuseGaps(lines);
  compareWithClosing(closing, date, lines);
  return { date, lines, unexplained: closing['cassettes'] === undefined ? [] : unexplainedBy(closing['cassettes'], lines) };
}

function objectIn(line: string, index: number): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(line);
    if (isObject(value)) return value;
  } catch {
    // Said below.
  }
  throw new Refused(`line ${index + 1} is no JSON object`);
}

function lineIn(words: Words, object: Readonly<Record<string, unknown>>, place: number): RecordLine {
  const { seq, event, amount, currency, [words.id]: id, [words.ref]: ref } = object;
  const wrong = (what: string): Refused => new Refused(`line ${place} has no proper ${what}`);
  if (!isCount(seq) || seq === 0) throw wrong('seq');
  if (typeof id !== 'string' || !/^[\x21-\x7e]{1,200}$/.test(id)) throw wrong(words.id);
  if (typeof ref !== 'string' || !/^[\x20-\x7e]{0,200}$/.test(ref)) throw wrong(words.ref);
  const effect = typeof event === 'string' && Object.hasOwn(words.effects, event) ? words.effects[event] : undefined;
  if (effect === undefined || typeof event !== 'string') throw wrong('event');
  if (!isCount(amount) || (effect === 'out' && amount === 0) || (effect === 'nothing' && amount !== 0)) throw wrong('amount');
  if (typeof currency !== 'string' || !/^[A-Z]{3}$/.test(currency)) throw wrong('currency');
  const counted = effect === 'back' && amount === 0 ? 'back-uncounted' : effect;
  return { seq, id, event, effect: counted, amount: BigInt(amount), currency, ref, isRepeated: false };
}

/** The same line again is one line, and noted; another line under the same number is none that could be trusted. */
function withoutRepetitions(lines: readonly RecordLine[]): RecordLine[] {
  const bySeq = new Map<number, RecordLine>();
  for (const line of lines) {
    const known = bySeq.get(line.seq);
    if (known && !isSame(known, line)) throw new Refused(`two different lines have the number ${line.seq}`);
    bySeq.set(line.seq, { ...line, isRepeated: known !== undefined });
  }
  return [...bySeq.values()].sort((one, other) => one.seq - other.seq);
}

const isSame = (one: RecordLine, other: RecordLine): boolean =>
  ([...comparedMembers] as const).every((member) => one[member] === other[member]);
const comparedMembers = ['id', 'event', 'amount', 'currency', 'ref'] as const;

function refuseGaps(lines: readonly RecordLine[]): void {
  lines.forEach(({ seq }, index) => {
    const before = lines[index - 1]?.seq ?? seq - 1;
    if (seq !== before + 1) throw new Refused(`between line ${before} and line ${seq} there is a gap`);
  });
}

/** Each statement of the closing line is worked out again. */
function compareWithClosing(closing: Readonly<Record<string, unknown>>, date: string, lines: readonly RecordLine[]): void {
  const counts = new Map<string, bigint>();
  const sums = new Map<string, bigint>();
  const add = (to: Map<string, bigint>, key: string, by: bigint): unknown => to.set(key, (to.get(key) ?? 0n) + by);
  for (const { event, amount, currency } of lines) {
    add(counts, event, 1n);
    if (amount > 0n) add(sums, `${currency} ${event}`, amount);
  }
  const stated: [string, unknown, unknown][] = [
    ['date', closing['date'], date],
    ['lines', closing['lines'], lines.length],
    ['first_seq', closing['first_seq'], lines[0]?.seq ?? null],
    ['last_seq', closing['last_seq'], lines.at(-1)?.seq ?? null],
    ['counts', flat(closing['counts']), flatOf(counts)],
    ['sums', flatOfCurrencies(closing['sums']), flatOf(sums)],
  ];
  for (const [what, said, found] of stated)
    if (said !== found) throw new Refused(`its closing line says ${what} ${String(said)}, and its lines come to ${String(found)}`);
}

/** What is gone from the cassettes, less what the lines say has left. */
function unexplainedBy(cassettes: unknown, lines: readonly RecordLine[]): DayRecord['unexplained'] {
  if (!Array.isArray(cassettes)) throw new Refused('its closing line has no proper cassettes');
  const gone = new Map<string, bigint>();
  const add = (currency: string, by: bigint): unknown => gone.set(currency, (gone.get(currency) ?? 0n) + by);
  for (const cassette of cassettes as unknown[]) {
    const { note, currency, opening, loaded, closing } = isObject(cassette) ? cassette : {};
    if (!isCount(note) || typeof currency !== 'string' || !isCount(opening) || !Number.isSafeInteger(loaded) || !isCount(closing))
      throw new Refused('its closing line has no proper cassettes');
    add(currency, BigInt(note) * (BigInt(opening) + BigInt(loaded as number) - BigInt(closing)));
  }
  for (const { effect, currency, amount } of lines) if (effect === 'out') add(currency, -amount);
  return [...gone].flatMap(([currency, amount]) => (amount === 0n ? [] : [{ currency, amount }]));
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isCount = (value: unknown): value is number => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

/** In one order, so that two of them can be compared as text. */
const flatOf = (numbers: ReadonlyMap<string, bigint>): string =>
  [...numbers]
    .map(([key, number]) => `${key} ${number}`)
    .sort()
    .join(', ');

const flat = (numbers: unknown): unknown => {
  if (!isObject(numbers)) return numbers;
  const entries = Object.entries(numbers);
  return entries.every(([, number]) => isCount(number))
    ? flatOf(new Map(entries.map(([key, number]) => [key, BigInt(number as number)])))
    : 'something that is no number';
};

const flatOfCurrencies = (sums: unknown): unknown =>
  isObject(sums) && Object.values(sums).every(isObject)
    ? flat(
        Object.fromEntries(
          Object.entries(sums).flatMap(([currency, own]) =>
            Object.entries(own as object).map(([event, sum]): [string, unknown] => [`${currency} ${event}`, sum]),
          ),
        ),
      )
    : sums;
