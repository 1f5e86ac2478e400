/** A stack of notes of one value, in minor units. */
export interface Cassette {
  readonly note: number;
  readonly currency: string;
  readonly count: number;
}

/** How many of each note: `{"5000": 2}`. */
export type Notes = Readonly<Record<string, number>>;

const FULL = 100_000;
const GIVEN_BACK = 5;
const NOTES_OF_THE_WHOLE_UNIT = [100, 50, 20, 10, 5, 1];

/** What a machine has when nobody said otherwise: notes of 1 to 100, halves, tenths, and coins, so that it can pay any amount. */
export function fullCassettes(currency: string, minorUnits: number): Cassette[] {
  const notes = NOTES_OF_THE_WHOLE_UNIT.map((note) => note * minorUnits);
  const small = [minorUnits / 2, minorUnits / 10, 1].filter((note) => Number.isInteger(note) && note >= 1);
  return [...new Set([...notes, ...small])].map((note) => ({ note, currency, count: FULL }));
}

/** The notes that make up exactly this amount, larger ones preferred; undefined when the cassettes cannot. */
export function notesFor(cassettes: readonly Cassette[], amount: number): Notes | undefined {
  return notesFrom(largestFirst(cassettes), 0, amount);
}

function notesFrom(sorted: readonly Cassette[], from: number, amount: number): Notes | undefined {
  if (amount === 0) return {};
  const largest = sorted[from];
  if (largest === undefined) return undefined;
  const most = Math.min(largest.count, Math.floor(amount / largest.note));
  // Giving back a few of the larger notes is enough: 60 is 3 x 20 where 50 leads nowhere.
  for (let taken = most; taken >= Math.max(0, most - GIVEN_BACK); taken -= 1) {
    const rest = notesFrom(sorted, from + 1, amount - taken * largest.note);
    if (rest !== undefined) return taken === 0 ? rest : { [String(largest.note)]: taken, ...rest };
  }
  return undefined;
}

/** The largest amount up to this one that the cassettes can pay. */
export function payableUpTo(cassettes: readonly Cassette[], amount: number): number {
  let left = amount;
  for (const { note, count } of largestFirst(cassettes)) left -= Math.min(count, Math.floor(left / note)) * note;
  return amount - left;
}

const largestFirst = (cassettes: readonly Cassette[]): Cassette[] => [...cassettes].sort((one, other) => other.note - one.note);

export function without(cassettes: readonly Cassette[], notes: Notes): Cassette[] {
  return cassettes.map((cassette) => ({ ...cassette, count: cassette.count - (notes[String(cassette.note)] ?? 0) }));
}
