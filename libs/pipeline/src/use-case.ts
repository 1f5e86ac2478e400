import type { Topic } from '@falconpay/choreography/topic';
import type { HeaderPair } from '@falconpay/kafka/kept-record';
import type { Moment } from './moment.js';

/** The kinds of row a service has, by the name of their table. */
export type RowKinds = Readonly<Record<string, object>>;

/** The keys of the rows a message needs, by table. */
export type Needs<Kinds extends RowKinds> = { readonly [Name in keyof Kinds]?: readonly string[] };

/** The rows that were asked for, as the decisions before this one in the same commit left them. */
export interface Rows<Kinds extends RowKinds> {
  /** Undefined when there is none; asking for a row that was not named in `needs` is a bug, and throws. */
  get<Name extends keyof Kinds>(table: Name, key: string): Kinds[Name] | undefined;
}

export interface NewEvent {
  readonly topic: Topic;
  readonly data: object;
  /** The aggregate's version this event stems from. */
  readonly sequence: number;
}

/** A record sent on as it once came, to the byte, and not as an event of ours. */
export interface RecordAsItCame {
  readonly topic: string;
  readonly key: Buffer | undefined;
  readonly value: Buffer | undefined;
  /** Values in base64. */
  readonly headers: readonly HeaderPair[];
}

export interface Reply {
  readonly status: number;
  readonly body: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request the use case turns down, by the code of a registered problem; the edge knows how a problem looks. */
export interface Refusal {
  readonly refused: string;
  readonly detail: string;
  readonly extensions?: Readonly<Record<string, unknown>>;
  /** Of one that may be taken later. */
  readonly retryAfterSeconds?: number;
}

/** What a use case wants to be true: new versions of rows, new rows, events, and an answer when somebody waits for one. */
export interface Decision<Kinds extends RowKinds> {
  readonly put?: { readonly [Name in keyof Kinds]?: readonly Kinds[Name][] };
  readonly events?: readonly NewEvent[];
  readonly records?: readonly RecordAsItCame[];
  readonly reply?: Reply | Refusal;
}

/**
 * The only way to change state. Both functions are pure: no I/O, no time and no randomness of their own. A refusal is a
 * decision; throwing means a bug, changes nothing, and keeps the message for another try.
 */
export interface UseCase<Kinds extends RowKinds, Message> {
  readonly name: string;
  /** How much of a commit a message takes; 1 unless it writes many rows. */
  weightOf?(message: Message): number;
  needs(message: Message): Needs<Kinds>;
  decide(message: Message, rows: Rows<Kinds>, moment: Moment): Decision<Kinds>;
}

/** For use with `satisfies`-like inference: keeps the name literal, so that the saga's table can be checked against it. */
export const defineUseCase =
  <Kinds extends RowKinds>() =>
  <Message, const Name extends string>(
    useCase: UseCase<Kinds, Message> & { readonly name: Name },
  ): UseCase<Kinds, Message> & { readonly name: Name } =>
    useCase;

/** An event for the outbox, checked against its topic's data. */
export const emit = <Data extends object>(topic: Topic<string, Data>, data: Data, sequence: number): NewEvent => ({
  topic,
  data,
  sequence,
});
