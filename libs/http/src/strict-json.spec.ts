import fc from 'fast-check';
import { firstFaultIn } from './json-fault.js';
import { Problem } from './problem.js';
import { parseStrictJson } from './strict-json.js';

const parse = (text: string) => parseStrictJson(Buffer.from(text, 'utf8'));
const problemOf = (text: string): Problem => {
  try {
    parse(text);
  } catch (error) {
    expect(error).toBeInstanceOf(Problem);
    expect((error as Problem).code).toBe('malformed-json');
    return error as Problem;
  }
  throw new Error(`accepted: ${text.slice(0, 80)}`);
};
const refusalOf = (text: string): string => problemOf(text).detail;
const placeOf = (text: string): string[] | undefined => problemOf(text).errors?.map(({ pointer }) => pointer);

const plainNumbers = fc.oneof(fc.maxSafeInteger(), fc.constantFrom(0.5, -1.25, 3.75e-7));
const isUsable = (key: string) => !['__proto__', 'constructor', 'prototype'].includes(key) && !key.includes('\u0000');
const jsonValue = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 6 },
    fc.constant(null),
    fc.boolean(),
    plainNumbers,
    fc.string().filter(isUsable),
    fc.string({ unit: 'grapheme' }).filter(isUsable),
    tie('list'),
    tie('object'),
  ),
  list: fc.array(tie('value'), { maxLength: 6 }),
  object: fc.dictionary(fc.string({ unit: 'grapheme' }).filter(isUsable), tie('value'), { maxKeys: 6 }),
})).value as fc.Arbitrary<unknown>;
const escapedAscii = (text: string) => text.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

describe('strict JSON', () => {
  test('reads valid JSON as JSON.parse does, however it is spaced and escaped', () => {
    fc.assert(
      fc.property(jsonValue, fc.constantFrom(0, 2), fc.boolean(), (value, indent, isEscaped) => {
        const written = JSON.stringify(value, null, indent);
        const text = isEscaped ? escapedAscii(written) : written;
        expect(parse(text)).toEqual(JSON.parse(text));
      }),
      { numRuns: 500 },
    );
  });

  test('refuses a key that appears twice, wherever it is and however it is escaped', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }).filter(isUsable), jsonValue, jsonValue, fc.boolean(), (key, first, second, isEscaped) => {
        const name = JSON.stringify(key);
        const again = isEscaped
          ? `"${[...key].map((unit) => [...Array(unit.length).keys()].map((at) => `\\u${unit.charCodeAt(at).toString(16).padStart(4, '0')}`).join('')).join('')}"`
          : name;
        const twice = `{${name}:${JSON.stringify(first)},"other member":[1],${again}:${JSON.stringify(second)}}`;
        fc.pre(key !== 'other member');
        for (const text of [twice, `[0,${twice}]`, `{"inner":{"deeper":${twice}}}`]) expect(refusalOf(text)).toContain('twice');
      }),
      { numRuns: 300 },
    );
  });

  test('refuses what JSON.parse refuses, and never more kindly', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        let isJson = true;
        try {
          JSON.parse(text);
        } catch {
          isJson = false;
        }
        if (!isJson && text !== '') expect(refusalOf(text)).toContain('not JSON');
      }),
      { numRuns: 500 },
    );
  });

  test('finds the fault in any text that is broken somewhere, and none in one that is not', () => {
    fc.assert(
      fc.property(jsonValue, fc.nat(), fc.constantFrom('', 'x', '"', ',', ':', '}', ']', '\\', '\n', '1.0'), (value, at, put) => {
        const text = JSON.stringify(value);
        expect(firstFaultIn(text)).toBeUndefined();
        const broken = (text.slice(0, at % text.length) + put + text.slice((at % text.length) + 1)).toWellFormed();
        let isTaken = true;
        try {
          parse(broken);
        } catch {
          isTaken = false;
        }
        if (broken !== '') expect(firstFaultIn(broken) === undefined).toBe(isTaken);
      }),
      { numRuns: 2_000 },
    );
  });

  test.each([
    ['{"from":"1","amount":{"amount":1.0,"currency":"OMR"}}', '/amount/amount'],
    ['{"transfers":[{"amount":1},{"amount":1e2}]}', '/transfers/1/amount'],
    ['1.0', ''],
    ['{"a":{"b":1,"c":2,"\\u0062":3}}', '/a/b'],
    ['{"a":[{"__proto__":1}]}', '/a/0/__proto__'],
    ['{"a":{"constructor":{}}}', '/a/constructor'],
    ['{"a":["x","\\u0000"]}', '/a/1'],
    ['{"a/b~":"\\ud800"}', '/a~1b~0'],
    ['{"a":{"b\\u0000":{}}}', '/a/b\ufffd'],
    ['{"from":"1","amount":{"amount": x}}', '/amount/amount'],
    ['{"from":"1","amount":{"amount":5 "currency":"OMR"}}', '/amount'],
    ['{"from":"1","amount":{"amount":5}', ''],
    ['{"from":', '/from'],
    ['{"from":"1",}', ''],
    ['[1,2,]', '/2'],
    ['{} {}', ''],
    ['nonsense', ''],
    [`{"a":${'['.repeat(40)}`, `/a${'/0'.repeat(31)}`],
  ])('%s: the place is %p', (text, pointer) => {
    expect(placeOf(text)).toEqual([pointer]);
  });

  test('a text of many broken things is refused in time, whatever its size', () => {
    const startedAt = performance.now();
    refusalOf(`[${'"\\n",'.repeat(200_000)}`);
    refusalOf(`{"a":"${'\\n'.repeat(500_000)}`);
    expect(performance.now() - startedAt).toBeLessThan(30_000);
  });

  test('colons and quotes inside strings count for nothing', () => {
    expect(parse('{"a":"b:c\\":d\\\\","e:\\"f":":"}')).toEqual({ a: 'b:c":d\\', 'e:"f': ':' });
  });

  test('32 levels pass, 33 do not, and a hundred thousand cost nothing worth mentioning', () => {
    expect(parse(`${'['.repeat(32)}${']'.repeat(32)}`)).toBeDefined();
    expect(refusalOf(`${'['.repeat(33)}${']'.repeat(33)}`)).toContain('32 levels');
    expect(refusalOf(`${'{"a":'.repeat(50)}1${'}'.repeat(50)}`)).toContain('32 levels');
    expect(refusalOf(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)).toContain('32 levels');
  });

  test.each([
    '{"__proto__":{"x":1}}',
    '{"a":[{"__proto__":1}]}',
    '{"\\u005f_proto__":1}',
    '{"constructor":{"prototype":{"x":1}}}',
    '{"a":{"constructor":{}}}',
  ])('%s is refused and pollutes nothing', (text) => {
    expect(refusalOf(text)).toContain('not allowed');
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  test.each(['{"a":1.0}', '{"a":1e3}', '{"a":9007199254740990.9}', '[-1.0]', '{"a":10.0000000000000000001}', '1E2'])(
    '%s would be rounded to an integer and is refused',
    (text) => {
      expect(refusalOf(text)).toContain('integers');
    },
  );

  test('a fraction that stays one is left to the rules of its field, to be named there', () => {
    expect(parse('{"amount":1.5}')).toEqual({ amount: 1.5 });
    expect(parse('{"note":"1.0 and 1e3"}')).toEqual({ note: '1.0 and 1e3' });
  });

  test.each(['{"a":"\\u0000"}', '{"\\u0000":1}', '["\\ud800"]', '{"a":"\\udc00x"}'])('%s holds text no database takes', (text) => {
    refusalOf(text);
  });

  test('bytes that are no UTF-8, a byte order mark and nothing at all are refused', () => {
    expect(() => parseStrictJson(Buffer.from([0x22, 0xff, 0x22]))).toThrow(/UTF-8/);
    expect(refusalOf('\ufeff{}')).toContain('not JSON');
    expect(refusalOf('')).toContain('empty');
  });

  test('tells where, and never repeats what was sent', () => {
    expect(refusalOf('{"secret": 1')).toBe('The body is not JSON: it ends too early; see position 12.');
    expect(refusalOf('{"secret": x}')).toBe('The body is not JSON; see position 11.');
    expect(refusalOf('{"secret": x}')).not.toContain('secret');
  });
});
