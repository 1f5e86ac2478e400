import type { Failure, FailureClass } from '@falconpay/dead-letters/failure';
import { codeOf, isUnavailable } from '@falconpay/postgres/errors';

/** By an error's name: what no repetition can mend, and what a later release may. Everything else may go well the next time. */
const byName: Readonly<Record<string, FailureClass>> = {
  ContractViolation: 'poison',
  InvariantViolation: 'poison',
  UnknownEventType: 'unknown-type',
  NewerSchemaVersion: 'newer-schema',
};

/** Data that Postgres cannot store: SQLSTATE class 22. */
const isUnstorable = (code: string): boolean => /^22[0-9A-Z]{3}$/.test(code);

/** What an error says about the record it befell; `infrastructure`: nothing, a dependency is away. */
export function classify(error: unknown): FailureClass | 'infrastructure' {
  if (isUnavailable(error)) return 'infrastructure';
  if (isUnstorable(codeOf(error))) return 'poison';
  return byName[nameOf(error)] ?? 'transient';
}

/** Throws the error itself when it says nothing about the record. */
export function failureOf(error: unknown, handler?: string): Failure {
  const failureClass = classify(error);
  if (failureClass === 'infrastructure') throw error;
  const stack = error instanceof Error ? error.stack : undefined;
  const message = error instanceof Error ? error.message : String(error);
  return { failureClass, errorClass: codeOf(error) || nameOf(error), message, stack, handler };
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'Error');
