import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { exampleOf, type JsonSchema } from '@falconpay/choreography/example-of-schema';
import { topics } from './choreography.js';

const ajv = new Ajv({ strict: true, allErrors: true });
addFormats.default(ajv, ['date-time']);

describe.each(topics.map((topic) => [topic.name, topic] as const))('the schema of %s', (_, topic) => {
  const schema = topic.schema as JsonSchema;
  const validate = ajv.compile(schema);
  const example = exampleOf(schema) as Record<string, unknown>;

  it('compiles in strict mode and accepts its own example', () => {
    expect(validate(example)).toBe(true);
  });

  it('requires the member the record is keyed by', () => {
    expect(schema.required).toContain(topic.key);
  });

  it.each((schema.required ?? []).map((name) => [name]))('refuses an event without %s', (name) => {
    expect(validate({ ...example, [name]: undefined })).toBe(false);
  });

  it('accepts members it does not know: they may be added within a version', () => {
    expect(validate({ ...example, something_new: 1 })).toBe(true);
  });

  it('refuses an amount that is no integer, as a number or as a text', () => {
    if (!schema.properties?.['amount']) return;
    expect(validate({ ...example, amount: { amount: 1.5, currency: 'OMR' } })).toBe(false);
    expect(validate({ ...example, amount: { amount: '1', currency: 'OMR' } })).toBe(false);
    expect(validate({ ...example, amount: { amount: Number.MAX_SAFE_INTEGER + 1, currency: 'OMR' } })).toBe(false);
  });
});
