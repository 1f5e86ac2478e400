import type { PartnerKind } from '../outside/partner-port.js';
import type { ControlTotal } from './control-totals.js';
import type { RecordLine } from './record-line.js';

export const recordStatuses = ['DUE', 'TAKEN', 'REFUSED', 'UNREACHABLE'] as const;

/** A partner's record of one day, and what became of it here. */
export interface TakenRecord {
  readonly id: string;
  readonly kind: PartnerKind;
  readonly partner: string;
  readonly date: string;
  /** How the last attempt ended. What was taken before it stays. */
  readonly status: (typeof recordStatuses)[number];
  /** Why it was refused, or could not be had. */
  readonly reason: string | undefined;
  readonly takenAt: Date | undefined;
  /** From then on it is to be fetched by whoever claims it first; undefined: not by itself. */
  readonly nextAt: Date | undefined;
  readonly lastSeq: number | undefined;
  readonly totals: readonly ControlTotal[];
  readonly matched: number;
  readonly broken: number;
  /** Those that were just taken, in place of all before; undefined when none were. */
  readonly newLines: readonly RecordLine[] | undefined;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export type RecordPlace = Pick<TakenRecord, 'kind' | 'partner' | 'date'>;

export const recordKey = ({ kind, partner, date }: RecordPlace): string => `${kind}/${partner}/${date}`;

export const newRecord = (place: RecordPlace, id: string, now: Date): TakenRecord => ({
  ...{ id, kind: place.kind, partner: place.partner, date: place.date, status: 'DUE', reason: undefined, takenAt: undefined },
  ...{ nextAt: undefined, lastSeq: undefined, totals: [], matched: 0, broken: 0, newLines: undefined },
  ...{ version: 1, createdAt: now, updatedAt: now },
});

export const changed = (record: TakenRecord, change: Partial<TakenRecord>, now: Date): TakenRecord => ({
  ...{ ...record, newLines: undefined, ...change },
  ...{ version: record.version + 1, updatedAt: now },
});
