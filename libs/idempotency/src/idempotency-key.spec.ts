import fc from 'fast-check';
import { fingerprintOf, keyLengthMax, parseIdempotencyKey } from './idempotency-key.js';

describe('the header', () => {
  const longest = 'k'.repeat(keyLengthMax);
  it.each([
    ['bare', 'unique-key-123', 'unique-key-123'],
    ['one character', '!', '!'],
    ['every visible character but the quote', '!#$%&()*+,-./09:;<=>?@AZ[\\]^_`az{|}~', '!#$%&()*+,-./09:;<=>?@AZ[\\]^_`az{|}~'],
    ['quoted', '"unique-key-123"', 'unique-key-123'],
    ['quoted, with an escaped quote', '"in\\"side"', 'in"side'],
    ['quoted, with an escaped backslash', '"back\\\\slash"', 'back\\slash'],
    ['255 characters', longest, longest],
    ['255 characters between quotes', `"${longest}"`, longest],
  ])('is taken %s', (_, header, key) => {
    expect(parseIdempotencyKey(header)).toEqual({ key });
  });

  it.each([
    ['empty', ''],
    ['empty between quotes', '""'],
    ['a single quote', '"'],
    ['256 characters', `${longest}k`],
    ['256 characters between quotes', `"${longest}k"`],
    ['with a space', 'two words'],
    ['with a space between quotes', '"two words"'],
    ['with a tab', 'a\tb'],
    ['with a line break', 'a\nb'],
    ['with a character beyond ASCII', 'schlüssel'],
    ['with DEL', 'a\x7f'],
    ['with a quote that is not closed', '"open'],
    ['with a quote that is not opened', 'open"'],
    ['with a quote inside', 'in"side'],
    ['with a quote inside quotes', '"in"side"'],
    ['with an escape that is none', '"a\\b"'],
    ['with its last quote escaped', '"a\\"'],
    ['two in one, quoted', '"a","b"'],
    ['two in one, as Node joins them', 'a, b'],
    ['as a list', ['a', 'b']],
  ])('is refused %s', (_, header) => {
    expect(parseIdempotencyKey(header)).toEqual({ fault: 'idempotency-key-invalid' });
  });

  it('is missing when it did not come', () => {
    expect(parseIdempotencyKey(undefined)).toEqual({ fault: 'idempotency-key-missing' });
  });

  it('names the same key quoted and bare', () => {
    const visible = fc.string({
      unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
      minLength: 1,
      maxLength: keyLengthMax,
    });
    fc.assert(
      fc.property(visible, (key) => {
        expect(parseIdempotencyKey(`"${key.replace(/["\\]/g, '\\$&')}"`)).toEqual({ key });
        if (!key.includes('"')) expect(parseIdempotencyKey(key)).toEqual({ key });
      }),
    );
  });
});

describe('the fingerprint', () => {
  // Bodies reach it through the strict reader, which lets no __proto__ pass.
  const json = fc
    .jsonValue({ maxDepth: 4 })
    .map((value) => JSON.parse(JSON.stringify(value)) as unknown)
    .filter((value) => !JSON.stringify(value).includes('__proto__'));
  const of = (body: unknown) => fingerprintOf('POST', '/v1/transfers', body);

  function turned(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(turned);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .reverse()
        .map(([name, member]) => [name, turned(member)]),
    );
  }

  it('is the same whatever the order of members, at every depth', () => {
    fc.assert(fc.property(json, (body) => of(turned(body)) === of(body)));
    expect(of({ b: { d: 1, c: 2 }, a: [{ y: 1, x: 2 }] })).toBe(of({ a: [{ x: 2, y: 1 }], b: { c: 2, d: 1 } }));
    expect(of({ 10: 'a', 9: 'b', z: 'c' })).toBe(of({ z: 'c', 9: 'b', 10: 'a' }));
  });

  it('is the same only for bodies that say the same', () => {
    const equal = (one: unknown, other: unknown): boolean => {
      try {
        expect(one).toStrictEqual(other);
        return true;
      } catch {
        return false;
      }
    };
    fc.assert(fc.property(json, json, (one, other) => (of(one) === of(other)) === equal(one, other)));
  });

  /** The value with its nth leaf, an empty list or object included, made another one. */
  function withAnotherLeaf(value: unknown, place: { left: number }): unknown {
    if (typeof value === 'object' && value !== null && Object.keys(value).length > 0) {
      if (Array.isArray(value)) return value.map((item) => withAnotherLeaf(item, place));
      return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withAnotherLeaf(member, place)]));
    }
    return place.left-- === 0 ? { another: value } : value;
  }

  it('changes with every leaf, however deep it stands', () => {
    const leaves = (value: unknown): number =>
      typeof value === 'object' && value !== null ? Object.values(value).reduce<number>((sum, member) => sum + leaves(member), 0) || 1 : 1;
    fc.assert(fc.property(json, fc.nat(), (body, pick) => of(withAnotherLeaf(body, { left: pick % leaves(body) })) !== of(body)));
    expect(of({ transfers: [{ amount: 1 }] })).not.toBe(of({ transfers: [{ amount: 2 }] }));
    expect(of([[{ deep: [{ er: 1 }] }]])).not.toBe(of([[{ deep: [{ er: 2 }] }]]));
  });

  it.each([
    ['the order of a list', { a: [1, 2] }, { a: [2, 1] }],
    ['where a member stands', { a: { b: 1 }, c: {} }, { a: {}, c: { b: 1 } }],
    ['a number and its text', { a: 1 }, { a: '1' }],
    ['null and nothing', { a: null }, {}],
    ['an empty list and an empty object', { a: [] }, { a: {} }],
    ['a text that looks like a member', { a: '1","b":"2' }, { a: '1', b: '2' }],
    ['a member of every object', { toString: 1 }, {}],
  ])('tells apart %s', (_, one, other) => {
    expect(of(one)).not.toBe(of(other));
  });

  it('tells apart methods and routes', () => {
    const body = { a: 1 };
    expect(
      new Set([
        fingerprintOf('POST', '/a', body),
        fingerprintOf('PUT', '/a', body),
        fingerprintOf('POST', '/b', body),
        fingerprintOf('POST', '/a', undefined),
      ]).size,
    ).toBe(4);
  });
});
