import { breaksBetween } from './schema-compatibility.js';
import type { JsonSchema } from './example-of-schema.js';

const released: JsonSchema = {
  type: 'object',
  properties: {
    id: { type: 'string', pattern: '^a$', maxLength: 10 },
    kind: { enum: ['x', 'y'] },
    amount: { type: 'integer', minimum: 1 },
    legs: { type: 'array', items: { type: 'object', properties: { account: { type: 'string' } }, required: ['account'] } },
  },
  required: ['id'],
};
const members = released.properties!;
const withMember = (name: string, schema: JsonSchema): JsonSchema => ({ ...released, properties: { ...members, [name]: schema } });

describe('breaksBetween', () => {
  it.each<[string, JsonSchema]>([
    ['nothing changed', released],
    ['a member added', withMember('note', { type: 'string' })],
    ['a value added to an enumeration', withMember('kind', { enum: ['x', 'y', 'z'] })],
    ['a limit widened', withMember('id', { type: 'string', pattern: '^a$', maxLength: 20 })],
    ['a description added', withMember('amount', { type: 'integer', minimum: 1, description: 'minor units' })],
  ])('lets pass: %s', (_, current) => {
    expect(breaksBetween(released, current)).toEqual([]);
  });

  it.each<[string, JsonSchema, string]>([
    [
      'a member required that was not',
      { ...released, required: ['id', 'kind'] },
      'the event requires kind, which earlier events may not have',
    ],
    ['a promise taken back', { ...released, required: [] }, 'the event no longer promises id'],
    [
      'a member removed',
      { ...released, properties: { id: members['id']!, kind: members['kind']!, legs: members['legs']! } },
      'amount is gone',
    ],
    ['a type changed', withMember('amount', { type: 'string', minimum: 1 }), 'amount has type "string", was "integer"'],
    ['a pattern changed', withMember('id', { type: 'string', pattern: '^b$', maxLength: 10 }), 'id has pattern "^b$", was "^a$"'],
    ['an upper limit lowered', withMember('id', { type: 'string', pattern: '^a$', maxLength: 5 }), 'id has maxLength 5, was 10'],
    ['a limit where there was none', withMember('amount', { type: 'integer', minimum: 1, maximum: 9 }), 'amount has maximum 9, was none'],
    ['a value taken out of an enumeration', withMember('kind', { enum: ['x'] }), 'kind no longer allows "y"'],
    [
      'a free text that became a list of values',
      withMember('id', { type: 'string', pattern: '^a$', enum: ['a'] }),
      'id allows listed values only, was open',
    ],
    ['a change inside a list', withMember('legs', { type: 'array', items: { type: 'object' } }), 'legs[].account is gone'],
  ])('names %s', (_, current, fault) => {
    expect(breaksBetween(released, current)).toContain(fault);
  });
});
