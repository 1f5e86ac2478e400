import { exponentOf, type Currency } from '@falconpay/money/currency';
import type { Behaviour } from './behaviour.js';
import { fullCassettes, notesFor, payableUpTo, without, type Cassette } from './cassettes.js';
import type { BesideLine, Entry, Line, Unwritten } from './entry.js';
import { GOOD_SETTINGS, type Settings } from './script.js';
import { fateOf, signOf, wordOf, WORDS, type Fate, type Kind } from './words.js';

export interface OrderMoney {
  readonly amount: number;
  readonly currency: string;
}

/** What became of an order. */
export interface Order extends OrderMoney {
  readonly fate: Fate;
  /** What stayed with the customer; undefined where nobody knows. */
  readonly paid: number | undefined;
  readonly ref: string;
  readonly reason?: string | undefined;
  readonly reversalId?: string | undefined;
}

/** Heard of and not decided. Lives in memory: after a power cut nothing of it has happened. */
export interface UnderWay extends OrderMoney {
  readonly behaviour: Behaviour;
}

/** What the answer to a cancel, a reversal or an inquiry is about. */
export type Found = { readonly order: Order } | { readonly underWay: UnderWay } | undefined;

/** ISO 4217 for "no currency": of an order that was tombstoned before it was heard of. */
const NO_CURRENCY = 'XXX';
const LINES_SHOWN = 20;

/**
 * A machine, bank or institution: the sum of its entries, and the decisions that make new ones. Without time and chance of its
 * own; whoever calls it applies the entries it returns, after or before they are on disk, always in this order.
 */
export class Partner {
  readonly orders = new Map<string, Order>();
  readonly underWay = new Map<string, UnderWay>();
  /** By currency: what left minus what came back, as its record says. */
  readonly recorded = new Map<string, number>();
  /** By currency: what left besides, which only the cassettes know. */
  readonly unrecorded = new Map<string, number>();
  settings: Settings = GOOD_SETTINGS;
  cassettes: readonly Cassette[] = [];
  seq = 0;
  /** For a look at it, newest first. */
  readonly lastLines: Line[] = [];

  constructor(
    readonly kind: Kind,
    readonly id: string,
  ) {}

  apply(entry: Entry): void {
    if ('settings' in entry) this.settings = entry.settings;
    else if ('used' in entry) this.settings = { ...this.settings, next: this.settings.next.slice(entry.used) };
    else if ('cassettes' in entry) this.cassettes = entry.cassettes;
    else if ('unwritten' in entry) this.applyUnwritten(entry.unwritten);
    else this.applyLine(entry.line, entry);
  }

  /** What carrying out a command comes to. */
  act(id: string, { behaviour, amount, currency }: UnderWay, now: number): Entry[] {
    const tombstoned = this.orders.get(id)?.fate === 'tombstoned';
    if ((tombstoned && behaviour.paysAfterTombstoneMs === undefined) || behaviour.act === 'nothing') return [];
    if (behaviour.act === 'refuse')
      return [this.line(id, 'refused', 0, currency, now, behaviour.reason === undefined ? {} : { reason: behaviour.reason })];
    if (behaviour.act === 'unknown') return [this.line(id, 'unknown', 0, currency, now, {})];
    if (this.kind !== 'atms') return [this.line(id, 'done', amount, currency, now, {})];
    return this.actWithNotes(id, behaviour, { amount, currency }, now);
  }

  /** A tombstone when nothing has been done and nothing is in motion. */
  cancel(id: string, now: number): Entry[] {
    const underWay = this.underWay.get(id);
    if (this.orders.has(id) || (underWay !== undefined && isInMotion(underWay))) return [];
    return [this.line(id, 'tombstoned', 0, underWay?.currency ?? NO_CURRENCY, now, {})];
  }

  /** An institution's: an approved cash-out is taken back, anything else will never be one. */
  reverse(id: string, reversalId: string, now: number): Entry[] {
    const order = this.orders.get(id);
    if (order?.fate === 'done') return [this.line(id, 'reversed', order.amount, order.currency, now, { reversalId })];
    if (order !== undefined) return [];
    return [this.line(id, 'tombstoned', 0, this.underWay.get(id)?.currency ?? NO_CURRENCY, now, { reversalId })];
  }

  /** Somebody fills the cassettes. */
  stock(cassettes: readonly Cassette[], now: number): Entry {
    return { cassettes, at: this.clock(now) };
  }

  find(id: string): Found {
    const order = this.orders.get(id);
    if (order !== undefined) return { order };
    const underWay = this.underWay.get(id);
    return underWay && { underWay };
  }

  private clock(now: number): string {
    return new Date(now + this.settings.clock_offset_hours * 3_600_000).toISOString();
  }

  private actWithNotes(id: string, behaviour: Behaviour, { amount, currency }: OrderMoney, now: number): Entry[] {
    const stocked: Entry[] = this.cassettes.length > 0 ? [] : [this.stock(fullCassettes(currency, minorUnitsOf(currency)), now)];
    const cassettes = stocked.length > 0 ? fullCassettes(currency, minorUnitsOf(currency)) : this.cassettes;
    const own = cassettes.filter((cassette) => cassette.currency === currency);
    if (own.length === 0) return [this.line(id, 'refused', 0, currency, now, { reason: 'wrong_currency' })];
    const isPart = behaviour.act === 'pay' && behaviour.share !== undefined;
    const leaving = isPart ? payableUpTo(own, shareOf(amount, behaviour.share)) : amount;
    const notes = notesFor(own, leaving);
    if (notes === undefined || leaving === 0) return [...stocked, this.line(id, 'refused', 0, currency, now, { reason: 'no_cash' })];
    if (behaviour.act === 'power-cut') return [...stocked, { unwritten: { at: this.clock(now), id, notes, amount: leaving, currency } }];
    if (behaviour.act === 'pay')
      return [...stocked, this.line(id, leaving < amount ? 'partial' : 'done', leaving, currency, now, { notes })];
    const presented = this.line(id, 'presented', amount, currency, now, { notes });
    return [...stocked, presented, this.takenBack(id, behaviour, { amount, currency }, now)];
  }

  private takenBack(id: string, { act, share }: Behaviour, { amount, currency }: OrderMoney, now: number): Entry {
    if (act === 'retract-uncounted') return this.line(id, 'retracted', 0, currency, now, { uncounted: true, reason: 'not_counted' }, 2);
    const kept = act === 'retract-partly' ? shareOf(amount, share) : 0;
    return this.line(id, 'retracted', amount - kept, currency, now, { reason: kept > 0 ? 'partly_taken' : 'not_taken' }, 2);
  }

  private line(
    id: string,
    fate: Fate | 'presented',
    amount: number,
    currency: string,
    now: number,
    beside: BesideLine,
    ahead = 1,
  ): { line: Line } & BesideLine {
    const seq = this.seq + ahead;
    const { refPrefix } = WORDS[this.kind];
    const ref = this.orders.get(id)?.ref ?? `${refPrefix}-${this.id}-${fate === 'retracted' ? seq - 1 : seq}`;
    const event = fate === 'presented' ? fate : wordOf(this.kind, fate);
    return { line: { seq, at: this.clock(now), id, event, amount, currency, ref }, ...beside };
  }

  private applyLine(line: Line, { notes, reason, uncounted, reversalId }: BesideLine): void {
    this.seq = line.seq;
    this.lastLines.unshift(line);
    if (this.lastLines.length > LINES_SHOWN) this.lastLines.pop();
    if (notes !== undefined) this.cassettes = without(this.cassettes, notes);
    const fate = fateOf(this.kind, line.event);
    add(this.recorded, line.currency, signOf(fate) * line.amount);
    const before = this.orders.get(line.id);
    const underWay = this.underWay.get(line.id);
    const { amount, currency } = before?.amount ? before : (underWay ?? line);
    const kept = fate === 'retracted' ? (before?.paid ?? 0) - line.amount : fate === 'reversed' ? 0 : line.amount;
    this.orders.set(line.id, {
      fate: fate === 'presented' ? 'done' : fate,
      amount,
      currency,
      paid: uncounted || fate === 'unknown' ? undefined : kept,
      ref: line.ref,
      reason,
      reversalId: reversalId ?? before?.reversalId,
    });
    this.underWay.delete(line.id);
  }

  private applyUnwritten({ id, notes, amount, currency }: Unwritten): void {
    this.cassettes = without(this.cassettes, notes);
    add(this.unrecorded, currency, amount);
    this.orders.set(id, { fate: 'unknown', amount, currency, paid: undefined, ref: '', reason: 'power_cut' });
    this.underWay.delete(id);
  }
}

/** Moving already: only time ends that. One that hangs, or waits to be tombstoned, is not. */
export const isInMotion = ({ behaviour }: UnderWay): boolean => behaviour.act !== 'nothing' && behaviour.paysAfterTombstoneMs === undefined;

/** Percent up to 100, minor units above; never all of it. */
const shareOf = (amount: number, share = 0): number => Math.min(amount - 1, share <= 100 ? Math.floor((amount * share) / 100) : share);

const minorUnitsOf = (currency: string): number => 10 ** exponentOf(currency as Currency);

const add = (sums: Map<string, number>, currency: string, amount: number): void => {
  if (amount !== 0) sums.set(currency, (sums.get(currency) ?? 0) + amount);
};
