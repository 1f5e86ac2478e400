import type { PartnerKind } from '../outside/partner-port.js';
import type { BreakClass } from './compare-item.js';
import type { FoundBreak } from './compare-record.js';

/** What does not fit between a partner's record and our books: one break for each order, however often it is found. */
export interface Break {
  readonly id: string;
  readonly kind: PartnerKind;
  readonly partner: string;
  /** The order's id as it is known there or here; or a day as a whole. */
  readonly item: string;
  /** As found at last. */
  readonly class: BreakClass;
  readonly detail: string;
  /** Of the record in which it was found at first. */
  readonly date: string;
  readonly status: 'OPEN' | 'CLOSED';
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

type BreakPlace = Pick<Break, 'kind' | 'partner' | 'item'>;

export const breakKey = ({ kind, partner, item }: BreakPlace): string => `${kind}/${partner}/${item}`;

/** The break that is known, as it was found now; the same one when nothing about it is new. */
export function foundAgain(known: Break, found: FoundBreak, now: Date): Break {
  if (known.status === 'OPEN' && known.class === found.class && known.detail === found.detail) return known;
  return { ...known, class: found.class, detail: found.detail, status: 'OPEN', version: known.version + 1, updatedAt: now };
}

export const closed = (known: Break, now: Date): Break =>
  known.status === 'CLOSED' ? known : { ...known, status: 'CLOSED', version: known.version + 1, updatedAt: now };
