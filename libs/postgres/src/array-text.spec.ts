import fc from 'fast-check';
import type { DataSource } from 'typeorm';
import { createDatabase, type TestDatabase } from '@falconpay/testing/infrastructure';
import { arrayText } from './array-text.js';
import { defineDatabase, openDatabase } from './database.js';
import { read } from './transaction.js';

let database: TestDatabase;
let source: DataSource;
beforeAll(async () => {
  database = await createDatabase('arrays');
  source = defineDatabase({ url: database.url, applicationName: 'spec', migrations: [] });
  await openDatabase(source, () => undefined);
});
afterAll(async () => {
  await source.destroy();
  await database.drop();
});

const element = fc.oneof(
  fc.string({ unit: 'binary' }).filter((text) => !text.includes('\0') && text.isWellFormed()),
  fc.constantFrom(null, 'NULL', 'null', '', ' ', '"', '\\', '\\"', '{}', '{"a":1}', 'a,b', '\n', '\\n', "'", 'ü', '💶'),
);

describe('a list of values', () => {
  it('reaches Postgres as it is, whatever its texts contain', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(element, { maxLength: 8 }), async (values) => {
        // As JSON, which keeps apart what a text form could blur.
        const [row] = await read<{ told: string }>(source, { name: 'echo texts', text: 'select to_jsonb($1::text[])::text as told' }, [
          values,
        ]);
        expect(JSON.parse(row?.told ?? '')).toEqual(values);
      }),
      { numRuns: 200 },
    );
  });

  it('keeps numbers of every size, booleans and what is missing', async () => {
    const [row] = await read<{ told: unknown }>(source, { name: 'echo numbers', text: 'select $1::bigint[]::text as told' }, [
      [1, -2n, 9_223_372_036_854_775_807n, undefined, null],
    ]);
    expect(row?.told).toBe('{1,-2,9223372036854775807,NULL,NULL}');
    expect(arrayText([true, false])).toBe('{true,false}');
    expect(arrayText([])).toBe('{}');
  });

  it('has no place for what has no one text form', () => {
    expect(() => arrayText([new Date(0)])).toThrow(TypeError);
    expect(() => arrayText([Buffer.from('x')])).toThrow(TypeError);
    expect(() => arrayText([['nested']])).toThrow(TypeError);
  });
});
