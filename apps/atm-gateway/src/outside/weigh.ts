import { evidenceSources, type Evidence } from './evidence.js';
import type { Says } from './partner-port.js';

/** What the evidence amounts to. */
export type Verdict =
  /** Nothing is known yet that money could be decided by. */
  | { readonly kind: 'open' }
  /** This much has left, and no more will. */
  | { readonly kind: 'paid'; readonly amount: bigint }
  /** Nothing has left, and nothing will. */
  | { readonly kind: 'unpaid'; readonly reason: string }
  /** Only people can tell: cash was taken back and not counted, or witnesses of equal rank contradict each other. */
  | { readonly kind: 'unclear'; readonly reason: string };

export interface Conclusion {
  readonly verdict: Verdict;
  /** What the weightiest witness of a payment says has left, whatever others say: money that is out must not be forgotten. */
  readonly claimed: bigint | undefined;
  /** Somebody said otherwise. */
  readonly contradicted: boolean;
}

/** What one witness says, by itself. */
export function verdictOf({ says, paid, reason }: Pick<Evidence, 'says' | 'paid' | 'reason'>): Verdict {
  if (saysNothing.has(says)) return { kind: 'open' };
  if (says === 'retracted' && paid !== 0n)
    return { kind: 'unclear', reason: paid === undefined ? 'the cash was taken back and not counted' : 'part of the cash was taken' };
  if (says === 'done' || says === 'partial') {
    if (paid === undefined || paid < 1n) throw new TypeError(`${says} without an amount is no answer`);
    return { kind: 'paid', amount: paid };
  }
  return { kind: 'unpaid', reason: reason ?? nothingBecause[says] ?? says };
}

/** `never_heard` is no evidence: the command may still be on its way. */
const saysNothing: ReadonlySet<Says> = new Set<Says>(['in_progress', 'never_heard', 'unknown']);

const nothingBecause: Partial<Readonly<Record<Says, string>>> = {
  refused: 'it was refused there',
  retracted: 'all of it was taken back, and counted',
  tombstoned: 'it had not begun, and will not any more',
  reversed: 'it was taken back',
  not_sent: 'it could not be reached, and nothing was sent',
};

/** The weightiest witness decides; equals that contradict each other decide nothing. */
export function weigh(evidence: readonly Evidence[]): Conclusion {
  const heard = evidence
    .map((piece) => ({ rank: evidenceSources.indexOf(piece.source), verdict: verdictOf(piece) }))
    .filter(({ verdict }) => verdict.kind !== 'open')
    // Of equals the first one stays first.
    .sort((one, other) => other.rank - one.rank);
  const [top] = heard;
  if (!top) return { verdict: { kind: 'open' }, claimed: undefined, contradicted: false };
  const equals = heard.filter(({ rank }) => rank === top.rank);
  const contradicts = ({ verdict }: (typeof heard)[number]): boolean => !isSameVerdict(verdict, top.verdict);
  return {
    verdict: equals.some(contradicts) ? { kind: 'unclear', reason: 'what was said contradicts itself' } : top.verdict,
    claimed: heard.map(({ verdict }) => (verdict.kind === 'paid' ? verdict.amount : undefined)).find((amount) => amount !== undefined),
    contradicted: heard.some(contradicts),
  };
}

const isSameVerdict = (one: Verdict, other: Verdict): boolean =>
  one.kind === other.kind && (one.kind !== 'paid' || other.kind !== 'paid' || one.amount === other.amount);
