import { exampleOf } from './example-of-schema.js';

describe('exampleOf', () => {
  it('fills what is required and leaves out the rest', () => {
    const schema = { type: 'object', properties: { a: { type: 'boolean' }, b: { type: 'boolean' } }, required: ['a'] };
    expect(exampleOf(schema)).toEqual({ a: false });
  });

  it('is the same each time', () => {
    const schema = { type: 'string', pattern: '^pay_[0-9a-hjkmnp-tv-z]{26}$' };
    expect(exampleOf(schema)).toMatch(/^pay_[0-9a-hjkmnp-tv-z]{26}$/);
    expect(exampleOf(schema)).toBe(exampleOf(schema));
  });

  it('takes members known by name, where their type fits', () => {
    const schema = {
      type: 'object',
      properties: { currency: { type: 'string' }, amount: { type: 'object', properties: {} } },
      required: ['amount'],
    };
    expect(exampleOf(schema, { currency: 'OMR', amount: 5 })).toEqual({ currency: 'OMR', amount: {} });
  });

  it('lets signed amounts of a list cancel out', () => {
    const leg = { type: 'object', properties: { amount: { type: 'integer' } }, required: ['amount'] };
    expect(exampleOf({ type: 'array', minItems: 2, items: leg }, { amount: 5 })).toEqual([{ amount: -5 }, { amount: 5 }]);
  });

  it('keeps to limits, enumerations, constants and instants', () => {
    expect(exampleOf({ type: 'integer', minimum: 3 })).toBe(3);
    expect(exampleOf({ enum: ['x', 'y'] })).toBe('x');
    expect(exampleOf({ const: 1 })).toBe(1);
    expect(exampleOf({ type: 'string', minLength: 6 })).toBe('text..');
    expect(exampleOf({ type: 'string', format: 'date-time' })).toBe('2026-01-31T12:00:00.000Z');
    expect(exampleOf({ type: 'string', examples: ['mine'] })).toBe('mine');
  });

  it('says so where it cannot make one', () => {
    expect(() => exampleOf({ type: 'string', pattern: '^(a|b)$' })).toThrow('no example can be made for the pattern ^(a|b)$');
    expect(() => exampleOf({})).toThrow('no example can be made of {}');
  });
});
