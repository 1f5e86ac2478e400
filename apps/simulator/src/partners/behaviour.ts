import type { Kind } from './words.js';

/** What happens to the money. */
export type Act = 'pay' | 'refuse' | 'nothing' | 'unknown' | 'retract-counted' | 'retract-uncounted' | 'retract-partly' | 'power-cut';

/** What happens to the answer. */
export type Delivery = 'plain' | 'none' | 'cut' | 'twice' | 'garbled' | 'error' | 'wrong-id' | 'wrong-currency' | 'too-much';

/** How one command is treated. Read from a text such as `partial:40` or `crash_after_act+cancel_error:3`. */
export interface Behaviour {
  readonly act: Act;
  /** Of the amount: percent up to 100, above it minor units. For `partial` and `retract_partly`. */
  readonly share?: number;
  readonly reason?: string;
  /** In the network: the partner has not heard of it before. */
  readonly hearsAfterMs: number;
  /** It works on it, and cannot be held back any more by a cancel. */
  readonly worksMs: number;
  readonly answersAfterMs: number;
  readonly delivery: Delivery;
  /** Pays all the same, this long after it was tombstoned. */
  readonly paysAfterTombstoneMs?: number;
  /** Says "nothing done" to cancels and inquiries while it works on it. */
  readonly denies: boolean;
  /** So many cancels (reversals) are answered with 503 and not obeyed. */
  readonly cancelErrors: number;
  /** So many cancels (reversals) are obeyed and not answered. */
  readonly cancelsUnanswered: number;
  readonly inquiryErrors: number;
}

export const PLAIN: Behaviour = {
  act: 'pay',
  hearsAfterMs: 0,
  worksMs: 0,
  answersAfterMs: 0,
  delivery: 'plain',
  denies: false,
  cancelErrors: 0,
  cancelsUnanswered: 0,
  inquiryErrors: 0,
};

type Change = Partial<Behaviour>;
interface Meaning {
  readonly argument: 'none' | 'number' | 'optional-number' | 'optional-word';
  readonly kinds?: readonly Kind[];
  change(argument: number, word: string | undefined, kind: Kind): Change;
}

const plain = (change: Change, ...kinds: Kind[]): Meaning => ({
  argument: 'none',
  change: () => change,
  ...(kinds.length > 0 && { kinds }),
});
const counted = (change: (count: number, kind: Kind) => Change, ...kinds: Kind[]): Meaning => ({
  argument: 'number',
  change: (count, _word, kind) => change(count, kind),
  ...(kinds.length > 0 && { kinds }),
});

/** Every behaviour by its name; the README says what each is for. */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  success: plain({}),
  refuse: { argument: 'optional-word', change: (_count, word, kind) => ({ act: 'refuse', reason: word ?? REASONS[kind] }) },
  jam: plain({ act: 'refuse', reason: 'jam' }, 'atms'),
  partial: counted((share) => ({ share }), 'atms'),
  late: counted((ms, kind) => (kind === 'institutions' ? { answersAfterMs: ms } : { worksMs: ms })),
  late_refuse: counted((ms) => ({ act: 'refuse', reason: 'took too long', worksMs: ms })),
  late_answer: counted((ms) => ({ answersAfterMs: ms })),
  delayed: counted((ms) => ({ hearsAfterMs: ms })),
  silent: plain({ act: 'nothing', delivery: 'none' }),
  crash_after_act: plain({ delivery: 'cut' }),
  unknown: plain({ act: 'unknown' }),
  duplicate_answer: plain({ delivery: 'twice' }),
  contradict: counted((ms) => ({ worksMs: ms, denies: true })),
  tombstone_broken: {
    argument: 'optional-number',
    change: (ms) => ({ act: 'pay', delivery: 'plain', paysAfterTombstoneMs: Number.isNaN(ms) ? 1_000 : ms }),
  },
  retract_counted: plain({ act: 'retract-counted' }, 'atms'),
  retract_uncounted: plain({ act: 'retract-uncounted' }, 'atms'),
  retract_partly: counted((share) => ({ act: 'retract-partly', share }), 'atms'),
  power_cut: plain({ act: 'power-cut', delivery: 'cut' }, 'atms'),
  error: plain({ act: 'nothing', delivery: 'error' }),
  error_after_act: plain({ delivery: 'error' }),
  broken_answer: plain({ delivery: 'garbled' }),
  wrong_id: plain({ delivery: 'wrong-id' }),
  wrong_currency: plain({ delivery: 'wrong-currency' }),
  too_much: plain({ delivery: 'too-much' }),
  cancel_error: counted((count) => ({ cancelErrors: count })),
  cancel_lost: counted((count) => ({ cancelsUnanswered: count })),
  inquiry_error: counted((count) => ({ inquiryErrors: count })),
};

const REASONS: Readonly<Record<Kind, string>> = { atms: 'no_cash', banks: 'account_closed', institutions: 'insufficient_funds' };

export const BEHAVIOUR_NAMES: readonly string[] = Object.keys(MEANINGS);

const PART = /^([a-z_]+)(?::([A-Za-z0-9_-]{1,40}))?$/;

/** The behaviour that a text means to a partner of this kind, or undefined. Several are joined by `+`, the later ones on top. */
export function behaviourOf(text: string, kind: Kind): Behaviour | undefined {
  let behaviour = PLAIN;
  for (const part of text.split('+')) {
    const change = changeOf(part, kind);
    if (change === undefined) return undefined;
    behaviour = { ...behaviour, ...change };
  }
  return behaviour;
}

function changeOf(part: string, kind: Kind): Change | undefined {
  const [, name = '', argument] = PART.exec(part) ?? [];
  const meaning = Object.hasOwn(MEANINGS, name) ? MEANINGS[name] : undefined;
  if (meaning === undefined || !(meaning.kinds?.includes(kind) ?? true)) return undefined;
  const number = /^\d{1,9}$/.test(argument ?? '') ? Number.parseInt(argument ?? '', 10) : Number.NaN;
  const fits = {
    none: argument === undefined,
    number: !Number.isNaN(number),
    'optional-number': argument === undefined || !Number.isNaN(number),
    'optional-word': true,
  }[meaning.argument];
  return fits ? meaning.change(number, argument, kind) : undefined;
}
