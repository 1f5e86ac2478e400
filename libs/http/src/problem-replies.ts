import { HttpException } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from '@falconpay/telemetry/logger';
import { PROBLEM_CONTENT_TYPE, Problem, problemDocument, type ProblemDocument } from './problem.js';
import { PROBLEM_TYPES, problemCodeOf, type ProblemCode } from './problem-types.js';
import { traceOf } from './request-identity.js';

/** A service's own errors as problems: what its database or broker throws when it is away, for example. */
export type ProblemTranslation = (error: unknown) => Problem | undefined;

const FRAMEWORK_CODES: Readonly<Record<string, readonly [ProblemCode, string]>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: ['payload-too-large', 'The body is larger than this route takes.'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ['unsupported-media-type', 'Send the body as application/json.'],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['malformed-request', 'The body is not as long as Content-Length says.'],
  FST_ERR_CTP_EMPTY_JSON_BODY: ['malformed-json', 'The body is empty; a JSON document is needed.'],
  FST_ERR_BAD_URL: ['malformed-request', 'The path is not validly percent-encoded.'],
  FST_ERR_MAX_PARAM_LENGTH: ['uri-too-long', 'A part of the path is longer than any id.'],
  FST_ERR_ASYNC_CONSTRAINT: ['malformed-request', 'The request could not be routed.'],
  FST_ERR_HANDLER_TIMEOUT: ['service-unavailable', 'It took too long; repeat the request with the same Idempotency-Key.'],
};

/** Any thrown thing as a problem of the registry. Words of unknown errors never get into it. */
export function toProblem(error: unknown, translate?: ProblemTranslation): Problem {
  if (error instanceof Problem) return error;
  const translated = translate?.(error);
  if (translated) return translated;
  const { code, statusCode } = (typeof error === 'object' && error !== null ? error : {}) as { code?: unknown; statusCode?: unknown };
  const framework = typeof code === 'string' ? FRAMEWORK_CODES[code] : undefined;
  if (framework)
    return new Problem(framework[0], framework[1], {
      cause: error,
      ...(framework[0] === 'service-unavailable' && { retryAfterSeconds: 1 }),
    });
  const status = error instanceof HttpException ? error.getStatus() : typeof statusCode === 'number' ? statusCode : 500;
  return generic(problemCodeOf(status >= 400 ? status : 500), error);
}

function generic(code: ProblemCode, cause: unknown): Problem {
  return new Problem(code, PROBLEM_TYPES[code].doc, { cause, ...(code === 'service-unavailable' && { retryAfterSeconds: 1 }) });
}

export interface ProblemReplies {
  /** The last resort for every error of every route: answers, and logs what is our fault. */
  send(error: unknown, request: FastifyRequest, reply: FastifyReply): void;
  document(problem: Problem, request: FastifyRequest): ProblemDocument;
}

export function problemReplies(options: {
  readonly base: string;
  readonly logger: Logger;
  readonly translate?: ProblemTranslation | undefined;
}): ProblemReplies {
  const document = (problem: Problem, request: FastifyRequest): ProblemDocument =>
    problemDocument(problem, { instance: pathOf(request.url), request_id: request.id, trace_id: traceOf(request).traceId }, options.base);
  return {
    document,
    send(error, request, reply) {
      const problem = toProblem(error, options.translate);
      if (problem.status >= 500) logFault(options.logger, problem, error, request);
      if (reply.sent || reply.raw.headersSent) return;
      if (problem.status === 413 || problem.status === 408) reply.header('connection', 'close');
      reply
        .code(problem.status)
        .headers(problem.headers)
        .header('content-type', PROBLEM_CONTENT_TYPE)
        .send(JSON.stringify(document(problem, request)));
    },
  };
}

const sayAgainAfterMs = 1_000;
let turnedAway = 0;
let saidAt = -Infinity;

/** While a dependency is away every request is turned away for the same reason: said once a second, with how many. */
function isWorthSaying(): boolean {
  turnedAway += 1;
  if (performance.now() - saidAt < sayAgainAfterMs) return false;
  saidAt = performance.now();
  return true;
}

function logFault(logger: Logger, problem: Problem, error: unknown, request: FastifyRequest): void {
  const fields = {
    err: error instanceof Problem ? (error.cause ?? error) : error,
    code: problem.code,
    request_id: request.id,
    trace_id: traceOf(request).traceId,
  };
  if (problem.code === 'internal-error') logger.error({ ...fields, route: request.routeOptions.url }, 'a request failed');
  else if (isWorthSaying()) {
    logger.warn({ ...fields, route: request.routeOptions.url, count: turnedAway }, 'requests are turned away');
    turnedAway = 0;
  }
}

const LONGEST_INSTANCE = 256;

/** Without the query, which may hold anything. */
export function pathOf(url: string): string {
  const end = url.indexOf('?');
  return (end === -1 ? url : url.slice(0, end)).slice(0, LONGEST_INSTANCE);
}
