/** One thing that is wrong: which promise is broken, where, and how. */
export interface Violation {
  readonly invariant: Invariant;
  /** `account 1001`, `transfer pay_…`, `event 0198…`. */
  readonly subject: string;
  readonly detail: string;
}

/** The promises, by their number. */
export const promises = {
  I1: 'The entries of every transaction sum to zero, in one currency each',
  I2: "The customers' money is what was paid in, and the bank's own accounts hold the other side of it",
  I3: 'Nobody has less than nothing available; what is held and unreleased is what holds and deposits say',
  I4: 'Every balance is the sum of its entries, after each of them',
  I5: 'A hold ends once: what is captured of it is posted, the rest is given back',
  I6: 'A request, and a payment, takes effect once, and as it was ordered',
  I7: 'Only legal states, reached by legal moves',
  I8: 'Every transfer ends; completed means posted, failed means refused, a bulk ends as one',
  I9: 'Each change of state has one outbox row, each row is on its topic, nothing else is',
  I10: 'Each event is taken in once by each service that hears it',
  I11: 'What went out through a partner is paid for, by evidence alone; what is held waits for an order that is not over',
  I12: "An account's versions follow each other without gaps",
  I13: 'What was acknowledged is there',
  I14: 'A card is charged and its account credited, or the charge is taken back: by clear words of the institution alone',
  I15: 'Refunds go back where the money came from, and are never more than was paid',
  I16: 'What an account with limits spends is counted, and never more than it may',
} as const;

export type Invariant = keyof typeof promises;

/** A record that a consumer set aside. Not a violation: somebody has to look at it. */
export interface DeadLetter {
  readonly topic: string;
  /** Where the original lies: `payment.created/3/17`. */
  readonly original: string;
  readonly errorClass: string;
  readonly message: string;
}

export interface InvariantResult {
  readonly invariant: Invariant;
  readonly promise: string;
  /** `at-any-moment`: the system was at work, and only what holds even then was checked. */
  readonly checked: 'fully' | 'at-any-moment' | 'not-checked';
  /** All there are; `Report.violations` holds the first ones. */
  readonly violations: number;
}

export interface BookCounts {
  readonly accounts: number;
  readonly transfers: number;
  readonly completed: number;
  readonly failed: number;
  readonly pending: number;
  readonly orders: number;
  readonly transactions: number;
  readonly entries: number;
  readonly events: number;
  /** On the topics; more than events when some were sent again. */
  readonly records: number;
}

export interface Report {
  readonly ok: boolean;
  /** Nothing was under way while the books were read, so all of each promise could be checked. */
  readonly quiescent: boolean;
  /** What was under way, when something was. */
  readonly pending: readonly string[];
  readonly invariants: readonly InvariantResult[];
  readonly violations: readonly Violation[];
  readonly deadLetters: { readonly count: number; readonly first: readonly DeadLetter[] };
  readonly counts: BookCounts;
  /** The customers' money, in minor units by currency. */
  readonly money: Readonly<Record<string, bigint>>;
  readonly tookMs: number;
}

/** Violations as they are found: all are counted, the first ones of each check are kept. */
export class Findings {
  readonly kept: Violation[] = [];
  private readonly counts = new Map<Invariant, number>();

  constructor(private readonly keepPerInvariant: number) {}

  add(invariant: Invariant, subject: string, detail: string): void {
    const count = this.of(invariant);
    if (count < this.keepPerInvariant) this.kept.push({ invariant, subject, detail });
    this.counts.set(invariant, count + 1);
  }

  /** Some that were counted where they were found. */
  addAll(invariant: Invariant, first: readonly { readonly subject: string; readonly detail: string }[], total: number): void {
    for (const { subject, detail } of first) this.add(invariant, subject, detail);
    this.counts.set(invariant, this.of(invariant) + total - first.length);
  }

  of(invariant: Invariant): number {
    return this.counts.get(invariant) ?? 0;
  }

  get total(): number {
    return [...this.counts.values()].reduce((sum, count) => sum + count, 0);
  }
}
