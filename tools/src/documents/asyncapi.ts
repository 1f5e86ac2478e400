import type { JsonSchema } from '@falconpay/choreography/example-of-schema';
import { reactionsTo } from '@falconpay/choreography/participants';
import type { Saga } from '@falconpay/choreography/saga';
import { cloudEventType, type Topic } from '@falconpay/choreography/topic';
import { exampleEvent } from './event-examples.js';
import { eventHeaders } from './event-headers.js';
import { hearingGroups } from './event-pages.js';

const bindingVersion = '0.5.0';

/** docs/events/asyncapi.json: the same contract for programs, AsyncAPI 3.0 with Kafka bindings. */
export function asyncApi(sagas: readonly Saga[], topics: readonly Topic[], version: string): Map<string, string> {
  const document = {
    asyncapi: '3.0.0',
    info: {
      title: 'FalconPay events',
      version,
      description: 'What the services of FalconPay say to each other, and to services of your own. CloudEvents 1.0, Kafka binary mode.',
      license: { name: 'Apache-2.0' },
    },
    defaultContentType: 'application/json',
    servers: {
      local: { host: '127.0.0.1:4092', protocol: 'kafka', description: 'The broker that npm start starts' },
    },
    channels: { ...mapOf(topics, (topic) => [[topic.name, channel(topic)]]), ...deadLetterChannels(sagas, topics) },
    operations: mapOf(topics, (topic) => [sends(topic), ...receives(sagas, topic), ...setsAside(sagas, topic)]),
    components: { messages: mapOf(topics, (topic) => [[messageName(topic), message(topic)]]) },
  };
  return new Map([['docs/events/asyncapi.json', `${JSON.stringify(document, null, 2)}\n`]]);
}

const mapOf = (topics: readonly Topic[], entries: (topic: Topic) => [string, object][]): Record<string, object> =>
  Object.fromEntries(topics.flatMap(entries));

const messageName = (topic: Topic): string => `${topic.name}.v${topic.version}`;
/** Names within a reference: slashes and tildes are the only characters that need care, and topics have none. */
const refTo = (...path: string[]) => ({ $ref: `#/${path.join('/')}` });
const messageOf = (channelName: string, topic: Topic) => refTo('channels', channelName, 'messages', messageName(topic));

const channel = (topic: Topic): object => ({
  address: topic.name,
  summary: topic.about,
  description: `Keyed by ${topic.key}. ${topic.keyWhy}`,
  messages: { [messageName(topic)]: refTo('components', 'messages', messageName(topic)) },
  bindings: { kafka: { topic: topic.name, bindingVersion } },
});

function deadLetterChannels(sagas: readonly Saga[], topics: readonly Topic[]): Record<string, object> {
  return mapOf(topics, (topic) =>
    hearingGroups(sagas, topic).flatMap(({ group, deadLetters, sentBack }) => [
      recordsOf(
        topic,
        deadLetters,
        `Records of ${topic.name} that ${group} set aside`,
        'Key, value and headers are untouched; headers beginning with x-dlq- say where the record came from and why it is here.',
      ),
      recordsOf(
        topic,
        sentBack,
        `Records of ${topic.name} that operators send back to ${group}`,
        'As they were set aside, or edited; headers beginning with fp- say which dead letter it is about and what is wanted.',
      ),
    ]),
  );
}

const recordsOf = (topic: Topic, address: string, summary: string, description: string): [string, object] => [
  address,
  {
    address,
    summary,
    description,
    messages: { [messageName(topic)]: refTo('components', 'messages', messageName(topic)) },
    bindings: { kafka: { topic: address, bindingVersion } },
  },
];

const sends = (topic: Topic): [string, object] => [
  `${topic.publisher}.send.${topic.name}`,
  {
    action: 'send',
    channel: refTo('channels', topic.name),
    summary: `${topic.publisher} publishes ${topic.name}`,
    tags: [{ name: topic.publisher }],
    messages: [messageOf(topic.name, topic)],
    bindings: { kafka: { bindingVersion } },
  },
];

const receives = (sagas: readonly Saga[], topic: Topic): [string, object][] =>
  hearingGroups(sagas, topic).map(({ service, group }) => [
    `${service}.receive.${topic.name}`,
    {
      action: 'receive',
      channel: refTo('channels', topic.name),
      summary: `${service} reacts: ${reactionsTo(sagas, service, topic.name).join(', ')}`,
      tags: [{ name: service }],
      messages: [messageOf(topic.name, topic)],
      bindings: { kafka: { groupId: { type: 'string', const: group }, bindingVersion } },
    },
  ]);

const setsAside = (sagas: readonly Saga[], topic: Topic): [string, object][] =>
  hearingGroups(sagas, topic).flatMap(({ service, group, deadLetters, sentBack }): [string, object][] => [
    [
      `${service}.send.${deadLetters}`,
      {
        action: 'send',
        channel: refTo('channels', deadLetters),
        summary: `${service} sets aside what it cannot process`,
        tags: [{ name: service }, { name: 'dead-letters' }],
        messages: [messageOf(deadLetters, topic)],
        bindings: { kafka: { bindingVersion } },
      },
    ],
    [
      `${service}.receive.${sentBack}`,
      {
        action: 'receive',
        channel: refTo('channels', sentBack),
        summary: `${service} tries again, or lets go, what operators send back`,
        tags: [{ name: service }, { name: 'dead-letters' }],
        messages: [messageOf(sentBack, topic)],
        bindings: { kafka: { groupId: { type: 'string', const: group }, bindingVersion } },
      },
    ],
  ]);

function message(topic: Topic): object {
  const example = exampleEvent(topic);
  const headers = eventHeaders(topic, String(example[topic.key]));
  const keySchema = (topic.schema as JsonSchema).properties?.[topic.key] ?? { type: 'string' };
  return {
    name: cloudEventType(topic),
    title: topic.name,
    summary: topic.about,
    contentType: 'application/json',
    correlationId: { location: '$message.header#/ce_correlationid', description: 'The saga' },
    headers: {
      type: 'object',
      properties: Object.fromEntries(headers.map(({ name, schema, meaning }) => [name, { ...schema, description: meaning }])),
      required: headers.filter(({ required }) => required).map(({ name }) => name),
    },
    payload: topic.schema,
    bindings: { kafka: { key: keySchema, bindingVersion } },
    examples: [{ headers: Object.fromEntries(headers.map(({ name, example: value }) => [name, value])), payload: example }],
  };
}
