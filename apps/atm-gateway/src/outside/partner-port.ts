import type { Money } from '@falconpay/money/money';

/**
 * The outside world as the gateway sees it: cash machines, banks and card institutions, all through these four calls.
 *
 * A call never rejects and never repeats itself: it ends, within its time limit, in one answer that can be stored as evidence.
 * Whatever is not a clear and fitting answer says `unknown`, never that nothing happened.
 */
export interface PartnerPort {
  /** Moves money there. The caller has committed that it sends this, and does so at most once. */
  command(order: PartnerOrder, command: PartnerCommand, timeoutMs: number): Promise<PartnerAnswer>;
  /**
   * Machine, bank: asks for a tombstone; the answer is `tombstoned`, or what was done already. May be repeated.
   * Institution: the reversal, under `reversalId`, repeated with the same one until `reversed` or `tombstoned` comes back.
   */
  cancel(order: PartnerOrder, timeoutMs: number, reversalId?: string): Promise<PartnerAnswer>;
  /** What became of it. May be repeated. */
  inquire(order: PartnerOrder, timeoutMs: number): Promise<PartnerAnswer>;
  /**
   * The partner's own record of a day: a machine's journal, a bank's statement, an institution's settlement. Whole or not at all.
   * Needs no place that was kept before.
   */
  record(partner: Partner, date: string, timeoutMs: number): Promise<PartnerRecord>;
  /**
   * For how many calls to this partner a place could be kept now. Commands have room of their own, so that a partner whose commands
   * hang can still be asked (`question`: cancel, inquire, record).
   */
  room(partner: Pick<Partner, 'kind' | 'id'>, call?: 'command' | 'question'): number;
  /**
   * Keeps a place for a call of which there is room, until what is returned gives it back; undefined when there is none. Commands,
   * cancels and inquiries are for those who have kept one: they give it back and call in the same turn of the event loop.
   */
  reserve(partner: Pick<Partner, 'kind' | 'id'>, call: 'command' | 'question'): (() => void) | undefined;
  /** Ends the connections; calls under way end as `unknown`. */
  close(): void;
}

export type PartnerKind = 'machine' | 'bank' | 'institution';

export interface Partner {
  readonly kind: PartnerKind;
  /** Ours: `atm_id`, the bank's or the institution's id. */
  readonly id: string;
  /** Where its protocol begins: `http://127.0.0.1:4009/atms/A`. */
  readonly url: string;
}

/** One order at one partner. It knows it under our id: dispense_id, credit_id, cashout_id. */
export interface PartnerOrder {
  readonly partner: Partner;
  readonly id: string;
  readonly amount: Money;
}

/** What a command says beyond the order. A card is held in memory for this one call. */
export type PartnerCommand =
  | { readonly kind: 'machine' }
  | { readonly kind: 'bank'; readonly iban: string; readonly reference: string }
  | { readonly kind: 'institution'; readonly card: Card };

export interface Card {
  readonly number: string;
  readonly pin: string;
}

/** What the partner says, in one vocabulary for all three. */
export type Says =
  /** dispensed, accepted, approved: the whole amount. */
  | 'done'
  /** Some of the amount, `paid`. Machines only. */
  | 'partial'
  /** not_dispensed, rejected, declined: nothing, for good. */
  | 'refused'
  /** Presented and taken back. `paid` is what stayed outside once counted (0: all of it is back); not counted: no `paid`. */
  | 'retracted'
  /** It is working on it. */
  | 'in_progress'
  /** It has not done this and never will. */
  | 'tombstoned'
  /** The institution took it back: reversed, or already_reversed. */
  | 'reversed'
  /** 404 to an inquiry. No evidence while the command may be under way. */
  | 'never_heard'
  /** It does not know, or we do not know what it said: see `doubt`. */
  | 'unknown'
  /** Not one byte of it has left: no connection. For a command, which is sent at most once: nothing will happen. */
  | 'not_sent';

/** Why an answer says `unknown` or `not_sent`. */
export type Doubt =
  | 'partner-does-not-know'
  | 'time-out'
  | 'connection-lost'
  /** Any status that is not in the protocol, 5xx for instance. */
  | 'unexpected-status'
  /** No JSON, too long, an outcome that is not in the protocol, a member of the wrong form. */
  | 'broken-answer'
  /** Another id, another currency, more money than was asked for. */
  | 'answers-another-order'
  /** For a record: as many questions are under way as may be. */
  | 'no-room'
  | 'no-connection';

export interface PartnerAnswer {
  readonly says: Says;
  /** What left the partner's hands for our customer, in minor units of the order's currency. Always with `done` and `partial`; 0 with `refused` and `tombstoned`. */
  readonly paid?: bigint;
  /** machine_ref, bank_ref, institution_ref. */
  readonly partnerRef?: string;
  /** The partner's own words, bounded. */
  readonly reason?: string;
  readonly doubt?: Doubt;
  /** The answer as it came: bounded, printable, without a card in it. Empty when nothing came. */
  readonly raw: string;
  readonly tookMs: number;
}

export type PartnerRecord = { readonly text: string } | { readonly doubt: Doubt };
