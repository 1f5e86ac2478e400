import { PROBLEM_TYPES, type ProblemCode } from './problem-types.js';

/** One wrong place: a JSON Pointer into the body (`/transfers/3/amount/amount`), or a parameter's or header's name. */
export interface FieldError {
  readonly pointer: string;
  readonly detail: string;
}

export interface ProblemOptions {
  readonly errors?: readonly FieldError[];
  /** Members of its own, such as `existing_id`. */
  readonly extensions?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly retryAfterSeconds?: number;
  readonly cause?: unknown;
}

/** An answer other than success (RFC 9457). Thrown anywhere below a route, it becomes the reply. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;
  readonly errors: readonly FieldError[] | undefined;
  readonly extensions: Readonly<Record<string, unknown>> | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    readonly code: ProblemCode,
    readonly detail: string,
    options: ProblemOptions = {},
  ) {
    // A refusal is an answer, not a defect: its stack is never read, and taking it would cost more than all the rest.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(`${code}: ${detail}`, options.cause === undefined ? undefined : { cause: options.cause });
    Error.stackTraceLimit = stackTraceLimit;
    this.status = PROBLEM_TYPES[code].status;
    this.errors = options.errors;
    this.extensions = options.extensions;
    this.headers = {
      ...options.headers,
      ...(options.retryAfterSeconds !== undefined && { 'retry-after': String(Math.max(1, Math.ceil(options.retryAfterSeconds))) }),
    };
  }
}

export interface ProblemDocument {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ProblemCode;
  readonly retryable: boolean;
  readonly instance?: string;
  readonly request_id?: string;
  readonly trace_id?: string;
  readonly errors?: readonly FieldError[];
  readonly [extension: string]: unknown;
}

export const PROBLEM_CONTENT_TYPE = 'application/problem+json; charset=utf-8';
export const PROBLEMS_BASE = 'https://falconpay.dev/problems';

/** Where the reply belongs: what differs between two replies with the same problem. */
export interface ProblemOccurrence {
  readonly instance?: string;
  readonly request_id?: string;
  readonly trace_id?: string;
}

/** The reply's body. The base is where the documentation of the types lives; it is part of each type's identity. */
export function problemDocument(problem: Problem, occurrence: ProblemOccurrence = {}, base = PROBLEMS_BASE): ProblemDocument {
  const { title, status, retryable } = PROBLEM_TYPES[problem.code];
  return {
    ...problem.extensions,
    type: `${base}/${problem.code}`,
    title,
    status,
    detail: problem.detail,
    code: problem.code,
    retryable,
    ...occurrence,
    ...(problem.errors && { errors: problem.errors }),
  };
}

/** `payment.failed` and bulk items carry only this much of a problem. */
export function failureOf(problem: Problem): { code: ProblemCode; detail: string; errors?: readonly FieldError[] } {
  return { code: problem.code, detail: problem.detail, ...(problem.errors && { errors: problem.errors }) };
}
