import 'reflect-metadata';
import { plainToInstance, Transform, Type } from 'class-transformer';
import { ArrayMaxSize, IsIn, IsInt, IsOptional, IsString, Max, MaxLength, Min, ValidateNested, validateSync } from 'class-validator';
import fc from 'fast-check';
import { IsInstant, IsMetadata, IsNested, IsOptionalMoney, MoneyDto, moneyOf } from './body-fields.js';
import { transfer, TransferDto } from './service-for-specs.js';
import { validateBody, VALIDATION, type Validated } from './validate-body.js';
import { rulesOf, UnsupportedDto } from './validation-rules.js';

/** With a field of every kind. */
class FullTransferDto extends TransferDto {
  @IsOptional()
  @IsInstant()
  expires_at?: string;

  @IsOptional()
  @IsMetadata()
  metadata?: Record<string, string>;

  @IsOptionalMoney()
  fee?: MoneyDto;
}

class BulkDto {
  @ValidateNested({ each: true })
  @ArrayMaxSize(3)
  @Type(() => FullTransferDto)
  transfers!: FullTransferDto[];
}

const pointersOf = (result: Validated<object>) => ('errors' in result ? result.errors.map(({ pointer }) => pointer) : []);

describe('validateBody', () => {
  test('gives instances, nested ones too, with absent and null optionals undefined', () => {
    const result = validateBody(FullTransferDto, { ...transfer, reference: null });
    expect('dto' in result && result.dto).toBeInstanceOf(FullTransferDto);
    expect('dto' in result && result.dto.amount).toBeInstanceOf(MoneyDto);
    expect('dto' in result && result.dto.reference).toBeUndefined();
    expect('dto' in result && moneyOf(result.dto.amount)).toEqual({ amount: 5n, currency: 'OMR' });
  });

  test.each([
    ['a missing member', { from: '1' }, ['/amount']],
    ['an unknown member', { ...transfer, status: 'COMPLETED' }, ['/status']],
    ['an unknown nested member', { ...transfer, amount: { ...transfer.amount, balance: 1 } }, ['/amount/balance']],
    ['a fraction', { ...transfer, amount: { amount: 1.5, currency: 'OMR' } }, ['/amount/amount']],
    ['2^53', { ...transfer, amount: { amount: 2 ** 53, currency: 'OMR' } }, ['/amount/amount']],
    ['zero', { ...transfer, amount: { amount: 0, currency: 'OMR' } }, ['/amount/amount']],
    ['a negative amount', { ...transfer, amount: { amount: -1, currency: 'OMR' } }, ['/amount/amount']],
    ['a text for a number', { ...transfer, amount: { amount: '5', currency: 'OMR' } }, ['/amount/amount']],
    ['an unknown currency', { ...transfer, amount: { amount: 5, currency: 'ZZZ' } }, ['/amount/currency']],
    ['a list for an object', { ...transfer, amount: [transfer.amount] }, ['/amount']],
    ['a number for an object', { ...transfer, amount: 5 }, ['/amount']],
    ['null for what is needed', { ...transfer, amount: null }, ['/amount']],
    ['a reference of 141 characters', { ...transfer, reference: 'x'.repeat(141) }, ['/reference']],
    ['nested metadata', { ...transfer, metadata: { a: { b: 'c' } } }, ['/metadata']],
    [
      '51 metadata entries',
      { ...transfer, metadata: Object.fromEntries([...Array(51).keys()].map((key) => [`k${key}`, ''])) },
      ['/metadata'],
    ],
    ['a day that does not exist', { ...transfer, expires_at: '2026-02-30T00:00:00Z' }, ['/expires_at']],
    ['a time with an offset', { ...transfer, expires_at: '2026-02-01T00:00:00+04:00' }, ['/expires_at']],
    ['two mistakes', { ...transfer, from: '', reference: 7 }, ['/from', '/reference']],
    ['a list at the top', [transfer], ['']],
    ['nothing', null, ['']],
  ])('%s is refused by name', (_what, body, pointers) => {
    expect(pointersOf(validateBody(FullTransferDto, body))).toEqual(pointers);
  });

  test('points into lists, and takes no object in place of one', () => {
    const third = { ...transfer, amount: { amount: 0, currency: 'OMR' } };
    expect(pointersOf(validateBody(BulkDto, { transfers: [transfer, transfer, third] }))).toEqual(['/transfers/2/amount/amount']);
    expect(pointersOf(validateBody(BulkDto, { transfers: transfer }))).toContain('/transfers');
    expect(pointersOf(validateBody(BulkDto, { transfers: [transfer, null] }))).toContain('/transfers/1');
  });

  test('names every unknown member, also those that are called like what any object inherits', () => {
    const inherited = Object.fromEntries(
      ['constructor', 'hasOwnProperty', 'toString', 'valueOf', 'isPrototypeOf'].map((name) => [name, 1]),
    );
    const unknown = ['/status', ...Object.keys(inherited).map((name) => `/${name}`)];
    expect(pointersOf(validateBody(FullTransferDto, { ...transfer, status: 1, ...inherited }))).toEqual(unknown);
    expect(
      pointersOf(validateBody(FullTransferDto, { ...transfer, amount: { ...transfer.amount, status: 1, ...inherited }, from: '' })),
    ).toEqual([...unknown.map((pointer) => `/amount${pointer}`), '/from']);
    expect(pointersOf(validateBody(BulkDto, { transfers: [transfer, { ...transfer, a: 1, ...inherited }] }))).toEqual(
      ['/a', ...unknown.slice(1)].map((pointer) => `/transfers/1${pointer}`),
    );
  });

  test('escapes and shortens names that clients make up', () => {
    expect(pointersOf(validateBody(FullTransferDto, { ...transfer, 'a/b~c': 1 }))).toEqual(['/a~1b~0c']);
    expect(pointersOf(validateBody(FullTransferDto, { ...transfer, ['x'.repeat(5_000)]: 1 }))[0]?.length).toBeLessThan(80);
  });

  test('decides as class-validator does, for any body', () => {
    class InnerDto {
      @IsInt()
      @Min(1)
      @Max(10)
      count!: number;
    }
    class OuterDto {
      @IsString()
      @MaxLength(3)
      name!: string;

      @IsOptional()
      @IsIn(['a', 'b'])
      kind?: string;

      @IsNested(() => InnerDto)
      inner!: InnerDto;
    }
    const scalar = fc.oneof(fc.string({ maxLength: 5 }), fc.integer({ min: -1, max: 12 }), fc.constantFrom(null, true, 1.5, 'a', 'b'));
    const body = fc.record(
      {
        name: scalar,
        kind: scalar,
        inner: fc.oneof(scalar, fc.record({ count: scalar, extra: scalar }, { requiredKeys: [] })),
        unknown: scalar,
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(body, (plain) => {
        const isValid = validateSync(plainToInstance(OuterDto, plain), VALIDATION).length === 0;
        expect('dto' in validateBody(OuterDto, plain)).toBe(isValid);
      }),
      { numRuns: 2_000 },
    );
  });

  test('classes that would be checked half or changed on the way do not start', () => {
    class Bare {
      name!: string;
    }
    class Changing {
      @IsString()
      @Transform(({ value }) => String(value))
      name!: string;
    }
    class Untyped {
      @ValidateNested()
      amount!: MoneyDto;
    }
    for (const dto of [Bare, Changing, Untyped]) expect(() => rulesOf(dto)).toThrow(UnsupportedDto);
  });
});
