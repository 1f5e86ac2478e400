import type { DeadLetterRecord } from './dead-letter-record.js';
import { deadLetterLifecycle, type DeadLetterEvent, type DeadLetterState } from './dead-letter.lifecycle.js';

/** What an operator made of a record: delivered in its place, as an event of its own. */
export interface Replacement {
  readonly eventId: string;
  readonly value: Buffer;
}

/** A record that a consumer group could not take in, and what has become of it here. */
export interface DeadLetter extends DeadLetterRecord {
  readonly id: string;
  readonly state: DeadLetterState;
  readonly replacement: Replacement | undefined;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** A letter without what it says: however large they are, many of them are shown and chosen from. */
export interface LetterSummary extends Omit<DeadLetter, 'key' | 'value' | 'headers' | 'errorStack' | 'replacement'> {
  readonly replacement: Pick<Replacement, 'eventId'> | undefined;
}

/** The same letter after the event; itself when that changes nothing. */
export function moved(letter: DeadLetter, event: DeadLetterEvent, now: Date): DeadLetter {
  const transition = deadLetterLifecycle.transition(letter.state, event);
  if (typeof transition === 'string') return letter;
  return { ...letter, state: transition.to, version: letter.version + 1, updatedAt: now };
}

/** The event a replay delivers: that of the record, unless somebody has edited it. */
export const deliveredId = ({ replacement, eventId }: LetterSummary): string => replacement?.eventId ?? eventId;
