/**
 * What is wrong with a record that could not be taken in. A dependency that is away is none of these: nothing is wrong with the
 * record then, and it is held.
 */
export const failureClasses = [
  /** May go well the next time: tried again, in order, until its budget is spent. */
  'transient',
  /** Can never go well as it is. */
  'poison',
  /** Meant for a later release of ours. */
  'unknown-type',
  'newer-schema',
] as const;
export type FailureClass = (typeof failureClasses)[number];

export interface Failure {
  readonly failureClass: FailureClass;
  /** A stable name, for grouping: an error's name or its SQLSTATE. */
  readonly errorClass: string;
  /** For people. */
  readonly message: string;
  readonly stack?: string | undefined;
  /** The use case that was to take the record in; undefined when it was not understood. */
  readonly handler?: string | undefined;
}

/** The record breaks the published contract of its topic. */
export class ContractViolation extends Error {
  override readonly name = 'ContractViolation';
}

/** A type that this release does not know on this topic. */
export class UnknownEventType extends Error {
  override readonly name = 'UnknownEventType';
}

/** A later version of a type that this release knows. */
export class NewerSchemaVersion extends Error {
  override readonly name = 'NewerSchemaVersion';
}
