import type { IdempotentRequest } from '@falconpay/idempotency/idempotency-key';
import type { StoredAnswer } from '@falconpay/idempotency/idempotency-table';
import type { InboundRecord } from '@falconpay/kafka/inbound-record';
import type { SetAsideReason } from '@falconpay/dead-letters/dead-letter';
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
  readonly todo: Call<Kinds> | SetAsideReason;
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
  | { readonly kind: 'set-aside'; readonly reason: SetAsideReason }
  | { readonly kind: 'answered'; readonly answer: StoredAnswer; readonly replayed: boolean }
  | { readonly kind: 'key-reused' }
  /** Nothing was committed for it. */
  | { readonly kind: 'failed'; readonly error: unknown };

export const isCall = <Kinds extends RowKinds>(todo: Call<Kinds> | SetAsideReason): todo is Call<Kinds> => 'useCase' in todo;
