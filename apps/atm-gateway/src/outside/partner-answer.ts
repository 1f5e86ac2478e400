import { isCurrency } from '@falconpay/money/currency';
import { LARGEST_WIRE_AMOUNT } from '@falconpay/money/money';
import { scrubText } from '@falconpay/telemetry/redaction';
import type { Card, Doubt, PartnerAnswer, PartnerKind, PartnerOrder, Says } from './partner-port.js';

/** What was asked decides what can be answered. */
export type Question = 'command' | 'cancel' | 'inquiry';

/** An answer as the connection brought it. */
export interface WireAnswer {
  readonly status: number;
  readonly text: string;
}

export interface Asked {
  readonly question: Question;
  readonly order: PartnerOrder;
  readonly reversalId?: string | undefined;
  /** Must not be in anything that is kept. */
  readonly card?: Card | undefined;
}

type Outcomes = Readonly<Record<string, Says>>;
type Reading = Omit<PartnerAnswer, 'tookMs'>;

const LONGEST_RAW = 2_000;
const LONGEST_TEXT = 140;

/** The protocols' words; a word that is not here is no answer. */
const OUTCOMES: Readonly<Record<PartnerKind, Readonly<Record<Question, Outcomes>>>> = {
  machine: withLater({ dispensed: 'done', partial: 'partial', not_dispensed: 'refused', unknown: 'unknown' }, { retracted: 'retracted' }),
  bank: withLater({ accepted: 'done', rejected: 'refused', unknown: 'unknown' }, {}),
  institution: {
    ...withLater({ approved: 'done', declined: 'refused', unknown: 'unknown' }, { reversed: 'reversed' }),
    // A reversal has three outcomes, all of which acknowledge it; anything else leaves it open.
    cancel: { reversed: 'reversed', already_reversed: 'reversed', original_unknown: 'tombstoned' },
  },
};

function withLater(command: Outcomes, later: Outcomes): Readonly<Record<Question, Outcomes>> {
  const found: Outcomes = { ...command, ...later, in_progress: 'in_progress', tombstoned: 'tombstoned' };
  return { command, cancel: found, inquiry: found };
}

const NAMES: Readonly<Record<PartnerKind, { readonly id: string; readonly ref: string; readonly amount: string }>> = {
  machine: { id: 'dispense_id', ref: 'machine_ref', amount: 'dispensed' },
  bank: { id: 'credit_id', ref: 'bank_ref', amount: 'amount' },
  institution: { id: 'cashout_id', ref: 'institution_ref', amount: 'amount' },
};

/** What a partner's answer says about an order. Whatever does not fit the protocol and the order in every member is `unknown`. */
export function readAnswer(asked: Asked, { status, text }: WireAnswer): Reading {
  const raw = presentable(text, asked.card, LONGEST_RAW);
  if (status === 404 && asked.question === 'inquiry') return { says: 'never_heard', raw };
  if (status !== 200) return { says: 'unknown', doubt: 'unexpected-status', raw };
  const body = objectIn(text);
  const reading = body === undefined ? 'broken-answer' : readBody(asked, body);
  return typeof reading === 'string' ? { says: 'unknown', doubt: reading, raw } : { ...reading, raw };
}

function readBody(asked: Asked, body: Readonly<Record<string, unknown>>): Omit<Reading, 'raw'> | Doubt {
  const { question, order, card } = asked;
  const { kind } = order.partner;
  const names = NAMES[kind];
  if (question === 'command' && body[names.id] === undefined) return 'broken-answer';
  if (body[names.id] !== undefined && body[names.id] !== order.id) return 'answers-another-order';
  if (body['reversal_id'] !== undefined && body['reversal_id'] !== asked.reversalId) return 'answers-another-order';
  const { outcome } = body;
  const outcomes = OUTCOMES[kind][question];
  const says = typeof outcome === 'string' && Object.hasOwn(outcomes, outcome) ? outcomes[outcome] : undefined;
  const partnerRef = textIn(body[names.ref]);
  const reason = textIn(body['reason']);
  if (says === undefined || partnerRef === null || reason === null) return 'broken-answer';
  const paid = paidIn(says, order, body[names.amount]);
  if (typeof paid === 'string') return paid;
  return {
    says,
    ...(paid === undefined ? {} : { paid }),
    ...(partnerRef === undefined ? {} : { partnerRef: presentable(partnerRef, card, LONGEST_TEXT) }),
    ...(reason === undefined ? {} : { reason: presentable(reason, card, LONGEST_TEXT) }),
    ...(says === 'unknown' ? { doubt: 'partner-does-not-know' as const } : {}),
  };
}

/** What came out, or why that cannot be. A machine says it; with a bank and an institution it follows from the outcome. */
function paidIn(says: Says, { partner, amount }: PartnerOrder, stated: unknown): bigint | undefined | Doubt {
  const paid = amountIn(stated);
  if (paid === 'broken') return 'broken-answer';
  if (paid !== undefined && (paid.currency !== amount.currency || paid.amount > amount.amount)) return 'answers-another-order';
  const isStatedByMachine = partner.kind === 'machine';
  switch (says) {
    case 'done':
      if (paid === undefined) return isStatedByMachine ? 'broken-answer' : amount.amount;
      return paid.amount === amount.amount ? paid.amount : 'broken-answer';
    case 'partial':
      return paid === undefined || paid.amount === 0n || paid.amount === amount.amount ? 'broken-answer' : paid.amount;
    case 'refused':
    case 'tombstoned':
      return paid === undefined || paid.amount === 0n ? 0n : 'broken-answer';
    case 'retracted':
      return paid?.amount;
    default:
      return undefined;
  }
}

function amountIn(stated: unknown): { readonly amount: bigint; readonly currency: string } | undefined | 'broken' {
  if (stated === undefined) return undefined;
  if (typeof stated !== 'object' || stated === null) return 'broken';
  const { amount, currency } = stated as Record<string, unknown>;
  if (typeof amount !== 'number' || !Number.isSafeInteger(amount) || amount < 0 || !isCurrency(currency)) return 'broken';
  const minorUnits = BigInt(amount);
  return minorUnits > LARGEST_WIRE_AMOUNT ? 'broken' : { amount: minorUnits, currency };
}

/** Absent: undefined. No text: null. */
function textIn(value: unknown): string | undefined | null {
  if (value === undefined) return undefined;
  return typeof value === 'string' ? value : null;
}

function objectIn(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** Fit to be kept and shown: bounded, printable, and without the card, should a partner have echoed it. */
function presentable(text: string, card: Card | undefined, longest: number): string {
  const withoutCard = card === undefined ? text : text.replaceAll(card.number, '[hidden]').replaceAll(card.pin, '[hidden]');
  return scrubText(
    withoutCard
      .slice(0, longest)
      .replace(/[^\x20-\x7e\u00a0-\ufffc]/g, ' ')
      .toWellFormed(),
  );
}
