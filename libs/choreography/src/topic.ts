/** A topic carries one type of event. Its schema is the whole contract: published, and enforced on every event consumed. */
export interface Topic<Name extends string = string, Data = unknown> {
  /** Topic name and event type in one. */
  readonly name: Name;
  /** The only service that may publish it. */
  readonly publisher: string;
  /** Grows when a change is not additive; consumers set aside what they do not know. */
  readonly version: number;
  readonly about: string;
  /** Which member of the data the record is keyed by: events of one key stay in order. */
  readonly key: string;
  readonly keyWhy: string;
  readonly schema: object;
  /** Nobody of ours reacts to it: it is for whoever looks on. */
  readonly forOnlookers?: true;
  /** Never set: carries the data's type. */
  readonly data?: Data;
}

export type DataOf<T> = T extends Topic<string, infer Data> ? Data : never;

export function defineTopic<Data>() {
  return <const Name extends string>(topic: Omit<Topic<Name, Data>, 'data'> & { readonly key: keyof Data }): Topic<Name, Data> => topic;
}

/** The CloudEvents type: the topic's name and version under our domain. */
export const cloudEventType = (topic: Topic): string => `com.falconpay.${topic.name}.v${topic.version}`;

/** Where a consumer group sets aside what it cannot take in. */
export const deadLetterTopic = (topic: string, group: string): string => `${topic}.${group}.dlq`;
export const isDeadLetterTopic = (name: string): boolean => name.endsWith('.dlq');

/** Where operators send a consumer group, and it alone, what it set aside: to be tried again, or to be let go. */
export const retryTopic = (topic: string, group: string): string => `${topic}.${group}.retry`;
