import { outcomeOf, type RecordLine } from './record-line.js';

/** What can be between our books and a partner's record about one order. */
export const itemClasses = [
  'MATCHED',
  /** They have it, we have never heard of it. */
  'MISSING_INTERNAL',
  /** We have paid for it, and their record does not know it. */
  'MISSING_EXTERNAL',
  'AMOUNT_MISMATCH',
  'CURRENCY_MISMATCH',
  /** One of us says that it was paid, the other that it was not. */
  'STATUS_MISMATCH',
  /** A line of theirs twice, or money that left twice. */
  'DUPLICATE_EXTERNAL',
  /** Not in the record of its day: the next day's may have it. */
  'DATE_CUTOFF',
  /** Neither of us knows. */
  'UNKNOWN_OUTCOME',
] as const;
export type ItemClass = (typeof itemClasses)[number];
export type BreakClass = Exclude<ItemClass, 'MATCHED'>;

/** An order as our books have it. */
export interface OurItem {
  readonly id: string;
  /** What was asked for. */
  readonly amount: bigint;
  readonly currency: string;
  /** `open`: the money is set apart until somebody knows. */
  readonly state: 'paid' | 'unpaid' | 'open';
  /** What we paid for; 0 unless `paid`. */
  readonly paid: bigint;
  /** The business date it was sent to the partner on, `YYYY-MM-DD`; undefined: it never was. */
  readonly date: string | undefined;
}

/** What we have not decided and the partner's record knows. */
export interface Settlement {
  readonly id: string;
  /** Of what was asked for; 0: nothing has left, and nothing will. */
  readonly paid: bigint;
  readonly isWhole: boolean;
  /** The lines it follows from. */
  readonly lines: readonly RecordLine[];
}

export interface Comparison {
  readonly class: ItemClass;
  /** Both sides, in words; for people. */
  readonly detail: string;
  /** Of an order that is open with us: the record decides it. */
  readonly settles?: Settlement;
}

/**
 * One order, here and there. They are the same when they have the same id: times and dates decide nothing, but for how long an
 * order may be missing. `theirs` is what all records say that were taken so far, `comparedThrough` the last date of these: the
 * next one may still have it.
 */
export function compareItem(ours: OurItem | undefined, theirs: readonly RecordLine[], comparedThrough: string): Comparison {
  const detail = `${describeOurs(ours)}; ${describeTheirs(theirs)}`;
  const found = (each: ItemClass): Comparison => ({ class: each, detail });
  if (!ours) return found('MISSING_INTERNAL');
  if (theirs.length === 0) return found(withoutTheirs(ours, comparedThrough));
  const outcome = outcomeOf(theirs);
  if (outcome.kind === 'mixed') return found('CURRENCY_MISMATCH');
  if (outcome.currency !== undefined && outcome.currency !== ours.currency) return found('CURRENCY_MISMATCH');
  if (outcome.kind === 'twice') return found('DUPLICATE_EXTERNAL');
  // What nobody there knows, people have settled here.
  if (outcome.kind === 'unclear') return found(ours.state === 'open' ? 'UNKNOWN_OUTCOME' : 'MATCHED');
  const { paid } = outcome;
  if (paid > ours.amount) return found('AMOUNT_MISMATCH');
  if (ours.state === 'open') return { ...found('MATCHED'), settles: { id: ours.id, paid, isWhole: paid === ours.amount, lines: theirs } };
  if ((ours.state === 'paid') !== paid > 0n) return found('STATUS_MISMATCH');
  return found(ours.paid === paid ? 'MATCHED' : 'AMOUNT_MISMATCH');
}

/** Of what was not paid here their record need not speak: it may never have reached them. */
function withoutTheirs({ state, date = '' }: OurItem, comparedThrough: string): ItemClass {
  if (state === 'unpaid') return 'MATCHED';
  if (state === 'open') return 'UNKNOWN_OUTCOME';
  return date < comparedThrough ? 'MISSING_EXTERNAL' : 'DATE_CUTOFF';
}

function describeOurs(ours: OurItem | undefined): string {
  if (!ours) return 'here nothing';
  if (ours.state === 'open') return 'here not decided';
  return ours.state === 'paid' ? `here ${ours.paid} ${ours.currency} paid for` : 'here not paid';
}

function describeTheirs(theirs: readonly RecordLine[]): string {
  if (theirs.length === 0) return 'there nothing';
  return `there ${describeLines(theirs)}`;
}

/** Enough for people: the record itself has them all. */
const describedMax = 8;

export function describeLines(lines: readonly RecordLine[]): string {
  const described = lines
    .slice(0, describedMax)
    .map(({ seq, event, amount, currency, isRepeated }) => `line ${seq} ${event} ${amount} ${currency}${isRepeated ? ' twice' : ''}`);
  return [...described, ...(lines.length > describedMax ? [`${lines.length - describedMax} more`] : [])].join(', ');
}
