import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { Ajv, ValidateFunction } from 'ajv';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { cloudEventType, type Topic } from '@falconpay/choreography/topic';
import type { Reaction } from '@falconpay/choreography/saga';
import { ContractViolation, NewerSchemaVersion, UnknownEventType, type Failure } from '@falconpay/dead-letters/failure';
import { headerOf, type InboundRecord } from '@falconpay/kafka/inbound-record';
import { failureOf } from './classify-failure.js';
import type { Intake } from './intake.js';
import { commandIn, recordSentBack } from './operator-command.js';
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
  readonly topic: Topic;
  readonly type: string;
  readonly isValid: ValidateFunction;
  readonly reaction: RunsUseCase<Kinds, unknown, unknown, string>;
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Turns records into work. What breaks its published contract becomes work too: the work of setting it aside. */
export class EventIntake<Kinds extends RowKinds> implements Intake<Kinds> {
  private readonly contracts = new Map<string, Contract<Kinds>>();

  constructor(subscriptions: Readonly<Record<string, Reaction>>, topics: readonly Topic[]) {
    const ajv: Ajv = new Ajv2020.default({ allErrors: false, strict: true });
    addFormats.default(ajv, { mode: 'full', formats: ['date-time'] });
    for (const topic of topics) {
      const reaction = subscriptions[topic.name] as RunsUseCase<Kinds, unknown, unknown, string> | undefined;
      if (reaction) this.contracts.set(topic.name, { topic, type: cloudEventType(topic), isValid: ajv.compile(topic.schema), reaction });
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
      todo:
        eventId === undefined
          ? failureOf(new ContractViolation(`ce_id is ${id === undefined ? 'missing' : 'not a UUID'}`))
          : this.callFor(record),
    };
  }

  /** A record that an operator sent to this group alone; undefined when it does not say what is wanted. */
  understandCommand(record: InboundRecord, topic: string): EventWork<Kinds> | undefined {
    const command = commandIn(record);
    if (!command) return undefined;
    const work = this.understand(recordSentBack(record, topic));
    // What is sent back as it was keeps its id, also when that came from its place; what is edited is another event.
    return { ...work, command, ...(command.kind !== 'edit' && { eventId: command.headId }) };
  }

  private callFor(record: InboundRecord): Call<Kinds> | Failure {
    const contract = this.contracts.get(record.topic);
    const type = headerOf(record, 'ce_type');
    if (!contract || type !== contract.type) return failureOf(unknownType(contract?.topic, type, record.topic));
    // Decoded all the same, it would be another text than the one that was sent.
    if (record.value && !isUtf8(record.value)) return failureOf(new ContractViolation('not UTF-8'));
    try {
      const data: unknown = JSON.parse(record.value?.toString('utf8') ?? '');
      if (!contract.isValid(data)) {
        const [fault] = contract.isValid.errors ?? [];
        return failureOf(new ContractViolation(`${fault?.instancePath || '/'} ${fault?.message ?? 'is invalid'}`));
      }
      return { useCase: contract.reaction.useCase, message: contract.reaction.toMessage(data) };
    } catch (error) {
      const notJson = error instanceof SyntaxError ? 'not JSON: ' : '';
      return failureOf(new ContractViolation(notJson + (error instanceof Error ? `${error.name}: ${error.message}` : String(error))));
    }
  }
}

function unknownType(topic: Topic | undefined, type: string | undefined, topicName: string): Error {
  const message = `${type ?? 'no ce_type'} on ${topicName}`;
  const prefix = topic && cloudEventType(topic).replace(/\d+$/, '');
  const version = prefix !== undefined && type?.startsWith(prefix) ? type.slice(prefix.length) : '';
  const isNewer = topic !== undefined && /^\d{1,6}$/.test(version) && Number.parseInt(version, 10) > topic.version;
  return isNewer ? new NewerSchemaVersion(message) : new UnknownEventType(message);
}

/** A record without an id of its own is known by its place, so that a redelivery of it is still a duplicate. */
function idOfPlace({ topic, partition, offset }: InboundRecord): string {
  const hex = createHash('sha256').update(`${topic}/${partition}/${offset}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
