import type { IdempotentRequest } from '@falconpay/idempotency/idempotency-key';
import type { StoredAnswer } from '@falconpay/idempotency/idempotency-table';
import type { InboundRecord } from '@falconpay/kafka/inbound-record';
import type { Failure } from '@falconpay/dead-letters/failure';
import type { Refusal, RowKinds, UseCase } from './use-case.js';

/** A use case and the message it is to decide, ready to run. */
export interface Call<Kinds extends RowKinds> {
  readonly useCase: UseCase<Kinds, unknown>;
  readonly message: unknown;
}

/** An event to be taken in: what to run for it, or why it cannot be understood. */
export interface EventWork<Kinds extends RowKinds> {
  readonly kind: 'event';
  readonly record: InboundRecord;
  readonly eventId: string;
  readonly traceparent: string | undefined;
  readonly todo: Call<Kinds> | Failure;
  /** An operator's word on the dead letter that this record was, or takes the place of. */
  readonly command?: OperatorCommand;
}

export interface OperatorCommand {
  readonly kind: 'replay' | 'edit' | 'discard';
  /** The dead letter it is about. */
  readonly headId: string;
  readonly replayId: string;
  /** How often this dead letter has been sent back, this time included. */
  readonly count: number;
}

export interface RequestWork<Kinds extends RowKinds> {
  readonly kind: 'request';
  readonly todo: Call<Kinds>;
  readonly idempotency: IdempotentRequest | undefined;
  readonly requestId: string | undefined;
  readonly traceparent: string | undefined;
  readonly answerRefusal: (refusal: Refusal) => StoredAnswer;
}

export type Work<Kinds extends RowKinds> = EventWork<Kinds> | RequestWork<Kinds>;

/** What became of a piece of work, once its transaction has committed. */
export type Outcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'duplicate' }
  /** It went to the dead letters; its key is blocked until an operator has decided. */
  | { readonly kind: 'set-aside'; readonly failure: Failure }
  /** It is tried again later; its key is blocked until then. */
  | { readonly kind: 'retried-later'; readonly failure: Failure }
  /** It waits behind another of its key. */
  | { readonly kind: 'waiting' }
  /** An operator's command was carried out: what was sent back is taken in, what was discarded is let go. */
  | { readonly kind: 'obeyed' }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'answered'; readonly answer: StoredAnswer; readonly replayed: boolean }
  | { readonly kind: 'key-reused' }
  /** Nothing was committed for it. */
  | { readonly kind: 'failed'; readonly error: unknown };

export const isCall = <Kinds extends RowKinds>(todo: Call<Kinds> | Failure): todo is Call<Kinds> => 'useCase' in todo;
