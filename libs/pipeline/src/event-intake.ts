import { createHash } from 'node:crypto';
import type { Ajv, ValidateFunction } from 'ajv';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { cloudEventType, type Topic } from '@falconpay/choreography/topic';
import type { Reaction } from '@falconpay/choreography/saga';
import type { SetAsideReason } from '@falconpay/dead-letters/dead-letter';
import { headerOf, type InboundRecord } from '@falconpay/kafka/inbound-record';
import type { RowKinds, UseCase } from './use-case.js';
import type { Call, EventWork } from './work.js';

/** A use case as the reaction to an event: how the event's data becomes the use case's message. */
export interface RunsUseCase<Kinds extends RowKinds, Data, Message, Name extends string> extends Reaction<Data> {
  readonly useCase: UseCase<Kinds, Message> & { readonly name: Name };
  readonly toMessage: (data: Data) => Message;
}

export const on = <Kinds extends RowKinds, Data, Message, const Name extends string>(
  useCase: UseCase<Kinds, Message> & { readonly name: Name },
  toMessage: (data: Data) => Message,
): RunsUseCase<Kinds, Data, Message, Name> => ({ useCase, toMessage });

interface Contract<Kinds extends RowKinds> {
  readonly type: string;
  readonly isValid: ValidateFunction;
  readonly reaction: RunsUseCase<Kinds, unknown, unknown, string>;
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Turns records into work. What breaks its published contract becomes work too: the work of setting it aside. */
export class EventIntake<Kinds extends RowKinds> {
  private readonly contracts = new Map<string, Contract<Kinds>>();

  constructor(subscriptions: Readonly<Record<string, Reaction>>, topics: readonly Topic[]) {
    const ajv: Ajv = new Ajv2020.default({ allErrors: false, strict: true });
    addFormats.default(ajv, { mode: 'full', formats: ['date-time'] });
    for (const topic of topics) {
      const reaction = subscriptions[topic.name] as RunsUseCase<Kinds, unknown, unknown, string> | undefined;
      if (reaction) this.contracts.set(topic.name, { type: cloudEventType(topic), isValid: ajv.compile(topic.schema), reaction });
    }
  }

  get topics(): string[] {
    return [...this.contracts.keys()];
  }

  understand(record: InboundRecord): EventWork<Kinds> {
    const id = headerOf(record, 'ce_id');
    const eventId = id !== undefined && uuid.test(id) ? id : undefined;
    return {
      kind: 'event',
      record,
      eventId: eventId ?? idOfPlace(record),
      traceparent: headerOf(record, 'traceparent'),
      todo: eventId === undefined ? violation(`ce_id is ${id === undefined ? 'missing' : 'not a UUID'}`) : this.callFor(record),
    };
  }

  private callFor(record: InboundRecord): Call<Kinds> | SetAsideReason {
    const contract = this.contracts.get(record.topic);
    const type = headerOf(record, 'ce_type');
    if (!contract || type !== contract.type)
      return { errorClass: 'UnknownEventType', message: `${type ?? 'no ce_type'} on ${record.topic}` };
    let data: unknown;
    try {
      data = JSON.parse(record.value?.toString('utf8') ?? '');
    } catch (error) {
      return violation(`not JSON: ${error instanceof Error ? error.message : String(error)}`);
    }
    if (!contract.isValid(data)) {
      const [fault] = contract.isValid.errors ?? [];
      return violation(`${fault?.instancePath || '/'} ${fault?.message ?? 'is invalid'}`);
    }
    try {
      return { useCase: contract.reaction.useCase, message: contract.reaction.toMessage(data) };
    } catch (error) {
      return violation(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
    }
  }
}

const violation = (message: string): SetAsideReason => ({ errorClass: 'ContractViolation', message });

/** A record without an id of its own is known by its place, so that a redelivery of it is still a duplicate. */
function idOfPlace({ topic, partition, offset }: InboundRecord): string {
  const hex = createHash('sha256').update(`${topic}/${partition}/${offset}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
