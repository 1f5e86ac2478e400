import type { HeaderPair } from '@falconpay/kafka/kept-record';

/** An event on its way out: everything a record will say, written in the transaction that made it true. */
export interface OutboxEvent {
  readonly id: string;
  readonly topic: string;
  /** The record's key; events of one key keep their order. */
  readonly key: string;
  /** CloudEvents type. */
  readonly type: string;
  readonly time: Date;
  /** JSON; of a record passed on as it came, its bytes in base64. */
  readonly payload: string;
  /** The aggregate's version this event stems from. */
  readonly sequence: number | undefined;
  /** The event or request that caused this one. */
  readonly causationId: string | undefined;
  readonly traceparent: string | undefined;
  /** A record passed on as it came (a dead letter): its own key and headers, to the byte, base64. */
  readonly verbatim: VerbatimRecord | undefined;
}

export interface VerbatimRecord {
  readonly key: string | null;
  /** None at all, which is not the same as an empty one. */
  readonly withoutValue?: boolean;
  readonly headers: readonly HeaderPair[];
}
