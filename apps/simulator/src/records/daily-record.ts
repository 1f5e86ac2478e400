import { without, type Cassette } from '../partners/cassettes.js';
import type { Entry, Line } from '../partners/entry.js';
import type { Settings } from '../partners/script.js';
import { WORDS, type Kind } from '../partners/words.js';

export const RECORD_TYPE = 'application/x-ndjson; charset=utf-8';

type Fault = Settings['record_fault'];
type WireLine = Record<string, unknown> & { currency: string };

/** What a partner hands out about a day, or about all days: JSON lines, and a closing one with what they come to. */
export class DailyRecord {
  private readonly lines: Line[] = [];
  private readonly loaded = new Map<string, number>();
  private cassettes: readonly Cassette[] = [];
  private opening: readonly Cassette[] | undefined;
  private closing: readonly Cassette[] = [];

  constructor(
    private readonly kind: Kind,
    /** By the partner's own clock; all days when not given. */
    private readonly date: string | undefined,
  ) {}

  /** All entries of the partner from the first on: the cassettes of a day follow from the days before. */
  add(entry: Entry): void {
    const at = 'line' in entry ? entry.line.at : 'at' in entry ? entry.at : 'unwritten' in entry ? entry.unwritten.at : undefined;
    if (at === undefined) return;
    const isMeant = this.date === undefined || at.startsWith(this.date);
    if (isMeant) this.opening ??= this.cassettes;
    if ('line' in entry && isMeant) this.lines.push(entry.line);
    if ('cassettes' in entry) this.load(entry.cassettes, isMeant);
    const notes = 'line' in entry ? entry.notes : 'unwritten' in entry ? entry.unwritten.notes : undefined;
    if (notes !== undefined) this.cassettes = without(this.cassettes, notes);
    if (isMeant) this.closing = this.cassettes;
  }

  text(fault: Fault): string {
    const wire = this.lines.map((line) => this.wireLine(line));
    const lines = spoiled(wire, fault, WORDS[this.kind].id).map(jsonLine).join('');
    const closing = jsonLine(this.closingLine(fault));
    return fault === 'truncated' ? (lines || closing).slice(0, Math.floor((lines || closing).length * 0.6)) : lines + closing;
  }

  private wireLine({ seq, at, id, event, amount, currency, ref }: Line): WireLine {
    const words = WORDS[this.kind];
    return { seq, at, [words.id]: id, event, amount, currency, [words.ref]: ref };
  }

  private closingLine(fault: Fault): Record<string, unknown> {
    const counts: Record<string, number> = {};
    const sums: Record<string, Record<string, number>> = {};
    for (const { event, amount, currency } of this.lines) {
      counts[event] = (counts[event] ?? 0) + 1;
      if (amount === 0) continue;
      const ofCurrency = (sums[currency] ??= {});
      ofCurrency[event] = (ofCurrency[event] ?? 0) + amount;
    }
    return {
      closing: true,
      date: this.date ?? null,
      lines: this.lines.length + (fault === 'wrong_total' ? 1 : 0),
      first_seq: this.lines[0]?.seq ?? null,
      last_seq: this.lines.at(-1)?.seq ?? null,
      counts,
      sums,
      ...(this.kind === 'atms' && { cassettes: this.cassettesOfTheDay() }),
    };
  }

  /** What is gone is `opening + loaded - closing`: as much as the lines say was paid or presented, unless the machine forgot some. */
  private cassettesOfTheDay(): unknown[] {
    const opening = this.opening ?? this.cassettes;
    const closing = this.opening === undefined ? this.cassettes : this.closing;
    return [...new Map([...opening, ...closing].map((cassette) => [keyOf(cassette), cassette])).values()].map((cassette) => ({
      note: cassette.note,
      currency: cassette.currency,
      opening: countIn(opening, cassette),
      loaded: this.loaded.get(keyOf(cassette)) ?? 0,
      closing: countIn(closing, cassette),
    }));
  }

  private load(filled: readonly Cassette[], isMeant: boolean): void {
    if (isMeant) {
      for (const cassette of [...filled, ...this.cassettes.filter((old) => !filled.some((one) => keyOf(one) === keyOf(old)))]) {
        const difference = countIn(filled, cassette) - countIn(this.cassettes, cassette);
        this.loaded.set(keyOf(cassette), (this.loaded.get(keyOf(cassette)) ?? 0) + difference);
      }
    }
    this.cassettes = filled;
  }
}

const jsonLine = (line: object): string => `${JSON.stringify(line)}\n`;
const keyOf = ({ note, currency }: Cassette): string => `${currency} ${note}`;
const countIn = (cassettes: readonly Cassette[], like: Cassette): number =>
  cassettes.find((cassette) => keyOf(cassette) === keyOf(like))?.count ?? 0;

/** The line in the middle is what goes wrong. */
function spoiled(lines: readonly WireLine[], fault: Fault, idName: string): WireLine[] {
  const middle = Math.floor(lines.length / 2);
  const line = lines[middle];
  if (line === undefined) return [...lines];
  const replacements: Partial<Record<Fault, WireLine[]>> = {
    gap: [],
    duplicate: [line, line],
    unknown_id: [{ ...line, [idName]: 'never-heard-of' }],
    wrong_currency: [{ ...line, currency: line.currency === 'JPY' ? 'KRW' : 'JPY' }],
  };
  return lines.toSpliced(middle, 1, ...(replacements[fault] ?? [line]));
}
