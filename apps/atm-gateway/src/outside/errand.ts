import type { PartnerAnswer } from './partner-port.js';

/** The command is given once, ever. All else is cancel and inquiry, and may be repeated. */
export type ErrandStep = 'command' | 'cancel' | 'inquire';

/** What is still to be done with a partner about one order. */
export interface Errand {
  readonly orderId: string;
  /** What kind of order: who claims it, and who hears the answer. */
  readonly kind: string;
  /** Key of the partner: `machine/A`. */
  readonly partner: string;
  readonly step: ErrandStep;
  /** From then on whoever comes first claims it. Undefined: there is nothing left to do. */
  readonly dueAt: Date | undefined;
  /** How often it was asked what became of it. */
  readonly tries: number;
  readonly version: number;
}

export interface Patience {
  /** How long the answer to a command is waited for before somebody asks. */
  readonly answerWithinMs: number;
  /** How long it is asked before people have to look. */
  readonly reviewAfterMs: number;
}

export const newErrand = (order: Pick<Errand, 'orderId' | 'kind' | 'partner'>, step: ErrandStep, dueAt: Date): Errand => ({
  ...order,
  step,
  dueAt,
  tries: 0,
  version: 1,
});

/**
 * Claiming an errand writes what is to happen should no answer ever come, before anything is sent. So a crash at any moment
 * afterwards leads to a cancel and to inquiries by itself, and of two who want one errand only the first finds it due.
 */
export function claimed(errand: Errand, patience: Patience, now: Date): Errand {
  if (errand.step === 'command') return moved(errand, { step: 'cancel', dueAt: after(now, patience.answerWithinMs) });
  return moved(errand, { dueAt: after(now, waitMs(errand, patience)), tries: errand.tries + 1 });
}

/** When the answer decided nothing. */
export function afterAnswer(errand: Errand, asked: ErrandStep, { says, doubt }: Pick<PartnerAnswer, 'says' | 'doubt'>, now: Date): Errand {
  if (asked === 'command') return says === 'in_progress' ? errand : moved(errand, { step: 'cancel', dueAt: now });
  // Whoever has never heard of it may still hear, and who did not take in the cancel may still begin: it is sent again.
  if (says === 'never_heard') return moved(errand, { step: 'cancel' });
  const wasTakenIn = says !== 'unknown' || doubt === 'partner-does-not-know';
  return asked === 'cancel' && wasTakenIn ? moved(errand, { step: 'inquire' }) : errand;
}

/** The same errand, for something else or for later. */
export const postponed = (errand: Errand, step: ErrandStep, dueAt: Date, tries: number): Errand => moved(errand, { step, dueAt, tries });

export const done = (errand: Errand): Errand => moved(errand, { dueAt: undefined });

/** 5, 10, 20, 40, 60 s and on, at most 5 min, when an answer may take 30 s; in that proportion otherwise. */
const sixthsOfPatience = [1, 2, 4, 8, 12, 24, 48, 60];

function waitMs({ orderId, tries }: Errand, { answerWithinMs }: Patience): number {
  const sixths = sixthsOfPatience[Math.min(tries, sixthsOfPatience.length - 1)] ?? 1;
  return Math.round((answerWithinMs / 6) * sixths * jitter(orderId, tries));
}

/** From 0.8 to 1.2, by the order and the try: those that fell silent together do not ask together for ever. */
function jitter(orderId: string, tries: number): number {
  let hash = tries + 1;
  for (let index = 0; index < orderId.length; index += 1) hash = (hash * 31 + orderId.charCodeAt(index)) % 65_521;
  return 0.8 + (0.4 * hash) / 65_521;
}

const moved = (errand: Errand, change: Partial<Pick<Errand, 'step' | 'dueAt' | 'tries'>>): Errand => ({
  ...errand,
  ...change,
  version: errand.version + 1,
});

const after = (now: Date, ms: number): Date => new Date(now.getTime() + ms);
