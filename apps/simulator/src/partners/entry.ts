import type { Cassette, Notes } from './cassettes.js';
import type { Settings } from './script.js';

/** One event of a partner's own record, in its protocol's words. The amount is what moved with it: 0 where nothing did. */
export interface Line {
  readonly seq: number;
  /** By the partner's clock, which may be wrong. */
  readonly at: string;
  readonly id: string;
  readonly event: string;
  readonly amount: number;
  readonly currency: string;
  readonly ref: string;
}

/** What is known beside the line and not shown in it. */
export interface BesideLine {
  readonly notes?: Notes;
  readonly reason?: string;
  /** Taken back, and nobody has counted how much. */
  readonly uncounted?: true;
  readonly reversalId?: string;
}

/** Everything that is kept, in the order in which it happened. A partner is what its entries make of it. */
export type Entry =
  | ({ readonly line: Line } & BesideLine)
  /** Cash left and the power went before the machine could write that down: only its cassettes know. */
  | { readonly unwritten: Unwritten }
  | { readonly settings: Settings }
  /** The first of `next` is used up. */
  | { readonly used: 1 }
  /** Filled by somebody, or for the first time. */
  | { readonly cassettes: readonly Cassette[]; readonly at: string };

export interface Unwritten {
  readonly at: string;
  readonly id: string;
  readonly notes: Notes;
  readonly amount: number;
  readonly currency: string;
}
