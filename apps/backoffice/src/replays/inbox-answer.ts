import { wouldBeKnown } from '@falconpay/pipeline/operator-command';

/** An event as a consumer is asked about it. */
export interface AskedEvent {
  readonly id: string;
  readonly topic: string;
  readonly key: Buffer | undefined;
}

/** The key of a topic that does not go on, since the event at its head could not be taken in. */
export interface BlockedLine {
  readonly state: 'retrying' | 'dead';
  readonly headId: string;
  readonly attempts: number;
  readonly errorClass: string;
  readonly errorMessage: string;
  /** The delivery by which the head died last. */
  readonly deliveryId: string | undefined;
  readonly waiting: number;
}

/** What a consumer's inbox says about an event; `unknown`: it was never taken in, or that is forgotten. */
export interface EventStanding {
  readonly state: 'processed' | 'blocked' | 'waiting' | 'unknown';
  readonly outcome: string | undefined;
  readonly line: BlockedLine | undefined;
}

export interface InboxAnswer {
  readonly remembersSince: Date;
  /** How often it lets one dead letter be sent back. */
  readonly replayCountMax: number;
  readonly events: ReadonlyMap<string, EventStanding>;
}

/** Taken in for good, and not by somebody's word that it need not be. */
export const isProcessed = (standing: EventStanding | undefined): boolean =>
  standing?.state === 'processed' && (standing.outcome === undefined || standing.outcome === 'done');

/** Whether its consumer cannot tell that it never had the event. */
export const isForgotten = (eventId: string, { remembersSince }: InboxAnswer): boolean => !wouldBeKnown(eventId, remembersSince.getTime());
