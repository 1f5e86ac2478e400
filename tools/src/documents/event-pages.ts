import type { JsonSchema } from '@falconpay/choreography/example-of-schema';
import { servicesHearing } from '@falconpay/choreography/participants';
import type { Saga } from '@falconpay/choreography/saga';
import { cloudEventType, type Topic } from '@falconpay/choreography/topic';
import { consumerGroup, deadLetterTopic, retryTopic, type Service } from '@falconpay/contracts/choreography';
import { code, fenced, generatedNotice, link, page, table } from '../markdown.js';
import { exampleEvent } from './event-examples.js';
import { eventHeaders, schemaAddress, schemaFileName } from './event-headers.js';

/** docs/events: the event contract, for people and for programs. */
export function eventPages(sagas: readonly Saga[], topics: readonly Topic[]): Map<string, string> {
  const pages = new Map([['docs/events/README.md', overview(sagas, topics)]]);
  for (const topic of topics) {
    pages.set(`docs/events/${topic.name}.md`, eventPage(sagas, topic));
    pages.set(`docs/events/${schemaFileName(topic)}`, `${JSON.stringify(publishedSchema(topic), null, 2)}\n`);
  }
  return pages;
}

/** The schema that consumers enforce, with its name and address: nothing else is promised. */
export const publishedSchema = (topic: Topic): object => ({
  $schema: 'http://json-schema.org/draft-07/schema#',
  $id: schemaAddress(topic),
  title: cloudEventType(topic),
  description: topic.about,
  ...topic.schema,
});

interface HearingGroup {
  readonly service: string;
  readonly group: string;
  readonly deadLetters: string;
  readonly sentBack: string;
}

export const hearingGroups = (sagas: readonly Saga[], topic: Topic): HearingGroup[] =>
  servicesHearing(sagas, topic).map((service) => {
    const group = consumerGroup(service as Service);
    return { service, group, deadLetters: deadLetterTopic(topic.name, group), sentBack: retryTopic(topic.name, group) };
  });

/** Who reacts to it; the back office looks on at everything, and who else does is not ours to know. */
export const heardBy = (sagas: readonly Saga[], topic: Topic, form = (service: string) => service): string =>
  servicesHearing(sagas, topic).map(form).join(', ') || 'whoever looks on';

function overview(sagas: readonly Saga[], topics: readonly Topic[]): string {
  const rows = topics.map((topic) => [
    link(topic.name, `${topic.name}.md`),
    String(topic.version),
    topic.publisher,
    heardBy(sagas, topic),
    code(topic.key),
    link('schema', schemaFileName(topic)),
  ]);
  return page(
    generatedNotice,
    '# Events',
    'The public event contract. A topic carries one type of event and has the same name. Records are CloudEvents 1.0 in Kafka binary mode: attributes in the headers, JSON data as the value. ' +
      'Members may be added within a version: ignore what you do not know. Events arrive at least once: deduplicate by `ce_id`. Events of one key arrive in order.',
    table(['topic', 'version', 'published by', 'heard by', 'key', 'data'], rows),
    `For programs: ${link('asyncapi.json', 'asyncapi.json')} (AsyncAPI 3.0).`,
  );
}

function eventPage(sagas: readonly Saga[], topic: Topic): string {
  const example = exampleEvent(topic);
  const headers = eventHeaders(topic, String(example[topic.key]));
  const hearers = hearingGroups(sagas, topic);
  return page(
    generatedNotice,
    `# ${topic.name}`,
    topic.about,
    table(
      ['', ''],
      [
        ['type', code(cloudEventType(topic))],
        ['published by', topic.publisher],
        ['heard by', heardBy(sagas, topic, (service) => `${service} (${code(consumerGroup(service as Service))})`)],
        ['key', `${code(topic.key)}. ${topic.keyWhy}`],
        ['dead letters', hearers.map(({ deadLetters }) => code(deadLetters)).join(', ')],
        ['sent back by operators', hearers.map(({ sentBack }) => code(sentBack)).join(', ')],
        ['schema', link(schemaFileName(topic), schemaFileName(topic))],
      ].filter(([, value]) => value !== ''),
    ),
    '## Data',
    table(['member', 'type', 'required', 'meaning'], memberRows(topic.schema as JsonSchema, '')),
    fenced('json', JSON.stringify(example, null, 2)),
    '## Headers',
    table(
      ['header', 'required', 'meaning', 'example'],
      headers.map(({ name, required, meaning, example: value }) => [code(name), required ? 'yes' : '', meaning, code(value)]),
    ),
  );
}

function memberRows(schema: JsonSchema, path: string): string[][] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, member]) => {
    const required = schema.required?.includes(name) ? 'yes' : '';
    const inner = member.items ?? member;
    const innerPath = member.items ? `${path}${name}[].` : `${path}${name}.`;
    return [[code(`${path}${name}`), describeType(member), required, member.description ?? ''], ...memberRows(inner, innerPath)];
  });
}

function describeType(schema: JsonSchema): string {
  if (schema.enum) return schema.enum.map((value) => code(String(value))).join(', ');
  const limits = [
    schema.format,
    schema.pattern && code(schema.pattern),
    range(schema.minimum, schema.maximum, ''),
    range(schema.minLength, schema.maxLength, ' characters'),
    range(schema.minItems, schema.maxItems, ' items'),
  ].filter((limit) => limit !== undefined);
  return [schema.type ?? 'any', ...limits].join(', ');
}

function range(low: number | undefined, high: number | undefined, unit: string): string | undefined {
  if (low === undefined && high === undefined) return undefined;
  if (high === undefined) return `≥ ${low}${unit}`;
  return low === undefined ? `≤ ${high}${unit}` : `${low} … ${high}${unit}`;
}
