import { deadLetterLifecycle, type DeadLetterEvent, type DeadLetterState } from './dead-letter.lifecycle.js';

/** A header as it came: name, and its bytes in base64. A list, as names may repeat and their order is kept. */
export type RawHeader = readonly [name: string, value: string];

/** What an operator made of a record: delivered in its place, as an event of its own. */
export interface Replacement {
  readonly eventId: string;
  readonly value: Buffer;
}

/** A record that a consumer group could not take in: as it came, to the byte, and what is known about why. */
export interface DeadLetter {
  readonly id: string;
  /** Where the record was first, and who could not take it in. */
  readonly topic: string;
  readonly group: string;
  readonly partition: number;
  readonly offset: string;
  /** By which the group knows the record: the event's own id, or one made of its place. */
  readonly eventId: string;
  /** The key as text: the payment, withdrawal … it is about. */
  readonly sagaId: string;
  readonly key: Buffer | undefined;
  readonly value: Buffer | undefined;
  readonly headers: readonly RawHeader[];
  /** `poison`, `transient`, `unknown-type`, `newer-schema`. */
  readonly kind: string;
  /** The use case that was to take it in; undefined when it was not understood. */
  readonly handler: string | undefined;
  readonly serviceVersion: string | undefined;
  readonly errorClass: string;
  readonly errorMessage: string;
  readonly errorStack: string | undefined;
  readonly fingerprint: string;
  readonly attempts: number;
  readonly firstFailedAt: Date;
  readonly failedAt: Date;
  /** The delivery by which it failed again, when it did. */
  readonly replayId: string | undefined;
  readonly state: DeadLetterState;
  /** How often it has been sent again. */
  readonly replays: number;
  readonly replacement: Replacement | undefined;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** The same letter after the event; itself when that changes nothing. */
export function moved(letter: DeadLetter, event: DeadLetterEvent, now: Date): DeadLetter {
  const transition = deadLetterLifecycle.transition(letter.state, event);
  if (typeof transition === 'string') return letter;
  return { ...letter, state: transition.to, version: letter.version + 1, updatedAt: now };
}

/** The event a replay delivers: that of the record, unless somebody has edited it. */
export const deliveredId = ({ replacement, eventId }: DeadLetter): string => replacement?.eventId ?? eventId;
