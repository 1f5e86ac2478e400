import type { OurItem } from './compare-item.js';
import type { RecordLine } from './record-line.js';

export interface CountAndSum {
  readonly count: number;
  readonly sum: bigint;
}

/** What each side says about the day as a whole, of one currency. */
export interface ControlTotal {
  readonly currency: string;
  /** What we have paid for of what was sent on that day. */
  readonly ours: CountAndSum;
  /** What left them on that day, and what came back. */
  readonly out: CountAndSum;
  readonly back: CountAndSum;
}

const none: CountAndSum = { count: 0, sum: 0n };
const plus = ({ count, sum }: CountAndSum, amount: bigint): CountAndSum => ({ count: count + 1, sum: sum + amount });

/** Per currency and sign, before any item is looked at: where they agree and items do not, two mistakes hide each other. */
export function controlTotals(ours: readonly OurItem[], lines: readonly RecordLine[]): ControlTotal[] {
  const totals = new Map<string, ControlTotal>();
  const change = (currency: string, by: (total: ControlTotal) => Partial<ControlTotal>): void => {
    const total = totals.get(currency) ?? { currency, ours: none, out: none, back: none };
    totals.set(currency, { ...total, ...by(total) });
  };
  for (const { state, currency, paid } of ours) if (state === 'paid') change(currency, (total) => ({ ours: plus(total.ours, paid) }));
  for (const { effect, currency, amount } of lines) {
    if (effect === 'out') change(currency, ({ out }) => ({ out: plus(out, amount) }));
    if (effect === 'back' || effect === 'back-uncounted') change(currency, ({ back }) => ({ back: plus(back, amount) }));
  }
  return [...totals.values()].sort((one, other) => (one.currency < other.currency ? -1 : 1));
}

export const agrees = ({ ours, out, back }: ControlTotal): boolean => ours.sum === out.sum - back.sum;
