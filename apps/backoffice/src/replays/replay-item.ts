import type { DeadLetter } from '../dead-letters/dead-letter.js';
import type { Verdict } from './verdict.js';

export type ItemState = 'planned' | 'sent' | 'resolved' | 'skipped' | 'failed';

/** One letter of a replay. */
export interface ReplayItem {
  readonly id: string;
  readonly replayId: string;
  readonly number: number;
  readonly letterId: string;
  /** The event that is delivered. */
  readonly eventId: string;
  /** Under which the consumer knows this one delivery. */
  readonly deliveryId: string;
  /** Items of one lane keep their order: the next is sent when the one before it has come through. */
  readonly lane: string;
  /** What was foreseen when the letters were selected. */
  readonly verdict: Verdict['kind'];
  readonly detail: string | undefined;
  readonly state: ItemState;
  /** What became of it, in words. */
  readonly outcome: string | undefined;
  readonly sentAt: Date | undefined;
  readonly version: number;
}

/** Without a key an event has no order; but of one event there may be two letters, as the relay sends at least once. */
export const laneOf = ({ group, topic, key, eventId }: Pick<DeadLetter, 'group' | 'topic' | 'key' | 'eventId'>): string =>
  `${group} ${topic} ${key?.toString('base64') ?? eventId}`;

export const itemId = (replayId: string, number: number): string => `${replayId}/${String(number).padStart(6, '0')}`;

export const movedItem = (item: ReplayItem, change: Partial<Pick<ReplayItem, 'state' | 'outcome' | 'sentAt'>>): ReplayItem => ({
  ...item,
  ...change,
  version: item.version + 1,
});
