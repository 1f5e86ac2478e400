/** What a line of a partner's record did to the money, whatever the partner's word for it. */
export type Effect =
  /** The amount left its hands for our customer. */
  | 'out'
  /** The amount came back into its hands. */
  | 'back'
  /** Something came back, and nobody has counted how much. */
  | 'back-uncounted'
  /** Nothing moved, and nothing will. */
  | 'nothing'
  /** It does not know. */
  | 'unknown';

/** One line of a partner's own record: a machine's journal, a bank's statement, an institution's settlement. */
export interface RecordLine {
  /** Where it stands: lines follow each other by this, never by time. */
  readonly seq: number;
  /** Our id of the order, as the partner wrote it. */
  readonly id: string;
  readonly event: string;
  readonly effect: Effect;
  readonly amount: bigint;
  readonly currency: string;
  readonly ref: string;
  /** It came twice, the same in every member. */
  readonly isRepeated: boolean;
}

/** What all lines about one order come to. */
export type TheirOutcome =
  /** So much stayed outside; 0 where nothing did. */
  | { readonly kind: 'known'; readonly paid: bigint; readonly currency: string | undefined }
  /** They do not know, or have not counted. */
  | { readonly kind: 'unclear'; readonly currency: string | undefined }
  /** It left more than once, or a line of it came twice. */
  | { readonly kind: 'twice'; readonly currency: string | undefined }
  /** In one currency and back in another: nothing that could be added up. */
  | { readonly kind: 'mixed' };

/** The lines of one order, of whatever day, added up. That it was tombstoned does not undo that it left all the same. */
export function outcomeOf(lines: readonly RecordLine[]): TheirOutcome {
  const moving = lines.filter(({ effect }) => effect === 'out' || effect === 'back' || effect === 'back-uncounted');
  const currencies = new Set(moving.map(({ currency }) => currency));
  if (currencies.size > 1) return { kind: 'mixed' };
  const [currency] = currencies;
  const out = moving.filter(({ effect }) => effect === 'out');
  const paid = moving.reduce((sum, { effect, amount }) => sum + (effect === 'out' ? amount : -amount), 0n);
  if (out.length > 1 || lines.some(({ isRepeated }) => isRepeated)) return { kind: 'twice', currency };
  // Part of it taken, the rest back: as unclear as with an answer that says so.
  if (moving.length > out.length && paid !== 0n) return { kind: 'unclear', currency };
  if (moving.some(({ effect }) => effect === 'back-uncounted')) return { kind: 'unclear', currency };
  if (out.length === 0 && !lines.some(({ effect }) => effect === 'nothing')) return { kind: 'unclear', currency };
  return { kind: 'known', paid, currency };
}
