import { ContractViolation, NewerSchemaVersion, UnknownEventType } from '@falconpay/dead-letters/failure';
import { InvariantViolation } from '@falconpay/lifecycle/lifecycle';
import { DatabaseUnavailable, LostRace } from '@falconpay/postgres/errors';
import { classify, failureOf } from './classify-failure.js';

const withCode = (code: string): Error => Object.assign(new Error('as the driver says it'), { code });

describe('what an error says about the record it befell', () => {
  it.each([
    ['the database is away', new DatabaseUnavailable(undefined), 'infrastructure'],
    ['a socket was reset', withCode('ECONNRESET'), 'infrastructure'],
    ['the server is shutting down', withCode('57P01'), 'infrastructure'],
    ['the disk is full', withCode('53100'), 'infrastructure'],
    ['it breaks its contract', new ContractViolation('not JSON'), 'poison'],
    ['its lifecycle calls it impossible', new InvariantViolation('completed is impossible in FAILED'), 'poison'],
    ['a text that Postgres cannot store', withCode('22P05'), 'poison'],
    ['a number out of range', withCode('22003'), 'poison'],
    ['a type nobody knows', new UnknownEventType('com.example.other.v1'), 'unknown-type'],
    ['a version that is not out yet', new NewerSchemaVersion('v2'), 'newer-schema'],
    ['a race lost again and again', new LostRace('a row'), 'transient'],
    ['a deadlock', withCode('40P01'), 'transient'],
    ['a statement that took too long', withCode('57014'), 'transient'],
    ['a constraint', withCode('23514'), 'transient'],
    ['a table that is not there yet', withCode('42P01'), 'transient'],
    ['a bug in the code', new TypeError('x is not a function'), 'transient'],
    ['an error nobody thought of', new Error('?'), 'transient'],
    ['something that is no error at all', 'thrown text', 'transient'],
  ] as const)('%s', (_what, error, expected) => expect(classify(error)).toBe(expected));

  it('keeps its name or SQLSTATE, its words and its place', () => {
    const error = new TypeError('x is not a function');
    expect(failureOf(error)).toEqual({ failureClass: 'transient', errorClass: 'TypeError', message: error.message, stack: error.stack });
    expect(failureOf(withCode('23514')).errorClass).toBe('23514');
  });

  it('blames no record for a dependency that is away', () => {
    expect(() => failureOf(withCode('ECONNREFUSED'))).toThrow('as the driver says it');
  });
});
