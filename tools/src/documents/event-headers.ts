import { cloudEventType, type Topic } from '@falconpay/choreography/topic';

export interface EventHeader {
  readonly name: string;
  readonly required: boolean;
  readonly meaning: string;
  readonly schema: Readonly<Record<string, unknown>>;
  readonly example: string;
}

export const schemaFileName = (topic: Topic): string => `${topic.name}.v${topic.version}.schema.json`;
/** As the relay writes it into ce_dataschema. */
export const schemaAddress = (topic: Topic): string => `https://falconpay.dev/events/${schemaFileName(topic)}`;

const text = { type: 'string' };

/** CloudEvents 1.0, Kafka binary mode: the attributes are record headers, the value is the data alone. */
export function eventHeaders(topic: Topic, key: string): EventHeader[] {
  const constant = (value: string) => ({ type: 'string', const: value });
  return [
    { name: 'ce_specversion', required: true, meaning: 'CloudEvents version', schema: constant('1.0'), example: '1.0' },
    {
      name: 'ce_id',
      required: true,
      meaning: 'Id of the event, the same on every redelivery and replay: deduplicate by it',
      schema: { type: 'string', format: 'uuid' },
      example: '019c12d4-7a00-7000-8000-000000000001',
    },
    {
      name: 'ce_source',
      required: true,
      meaning: 'The service that published it',
      schema: { type: 'string', format: 'uri-reference' },
      example: `/services/${topic.publisher}`,
    },
    {
      name: 'ce_type',
      required: true,
      meaning: 'Topic and version',
      schema: constant(cloudEventType(topic)),
      example: cloudEventType(topic),
    },
    {
      name: 'ce_time',
      required: true,
      meaning: 'When it was decided, RFC 3339, UTC',
      schema: { type: 'string', format: 'date-time' },
      example: '2026-01-31T12:00:00.000Z',
    },
    { name: 'ce_subject', required: true, meaning: `The record's key, ${topic.key}`, schema: text, example: key },
    {
      name: 'ce_dataschema',
      required: true,
      meaning: 'Names the JSON Schema of the data',
      schema: constant(schemaAddress(topic)),
      example: schemaAddress(topic),
    },
    { name: 'content-type', required: true, meaning: 'Of the value', schema: constant('application/json'), example: 'application/json' },
    { name: 'ce_correlationid', required: true, meaning: 'The saga it belongs to', schema: text, example: key },
    {
      name: 'ce_causationid',
      required: false,
      meaning: 'Id of the event it was decided on',
      schema: text,
      example: '019c12d4-7a00-7000-8000-000000000000',
    },
    {
      name: 'ce_sequence',
      required: false,
      meaning: "The aggregate's version",
      schema: { type: 'string', pattern: '^[0-9]+$' },
      example: '1',
    },
    {
      name: 'traceparent',
      required: false,
      meaning: 'W3C trace context of the request it stems from',
      schema: { type: 'string', pattern: '^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$' },
      example: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    },
  ];
}
