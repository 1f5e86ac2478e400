import { fingerprintOf, keyLengthMax, parseIdempotencyKey, type IdempotentRequest } from '@falconpay/idempotency/idempotency-key';
import type { StoredAnswer } from '@falconpay/idempotency/idempotency-table';
import { Answer, replayed } from '@falconpay/http/answer';
import { Problem, PROBLEM_CONTENT_TYPE, problemDocument } from '@falconpay/http/problem';
import { PROBLEM_TYPES, type ProblemCode } from '@falconpay/http/problem-types';
import { pathOf } from '@falconpay/http/problem-replies';
import { traceOf, type HttpRequest } from '@falconpay/http/request-identity';
import { Overloaded } from '@falconpay/pipeline/lane';
import type { InProgress, Pipeline } from '@falconpay/pipeline/pipeline';
import type { Refusal, RowKinds, UseCase } from '@falconpay/pipeline/use-case';
import type { Outcome } from '@falconpay/pipeline/work';
import { DatabaseUnavailable } from '@falconpay/postgres/errors';
import type { Metrics } from '@falconpay/telemetry/metrics';
import { formatTraceparent } from '@falconpay/telemetry/traceparent';

/** One bank runs one installation; until clients have tokens of their own, all are this one. */
export const clientOf = (_request: HttpRequest): string => 'local';

/** What a request that changes something may be answered whatever it asks for: the documentation of each such route lists them. */
export const requestProblems = [
  'malformed-json',
  'validation-failed',
  'payload-too-large',
  'unsupported-media-type',
  'idempotency-key-missing',
  'idempotency-key-invalid',
  'idempotency-in-progress',
  'idempotency-key-reused',
] as const satisfies readonly ProblemCode[];

const headerName = 'idempotency-key';
const retryAfterSeconds = 1;

/** How a controller runs a use case: once per idempotency key, with the same answer for every repetition. */
export class Requests<Kinds extends RowKinds> {
  constructor(
    private readonly pipeline: Pipeline<Kinds>,
    private readonly metrics: Metrics,
  ) {}

  /**
   * `key`: whether the request may come without an Idempotency-Key. Never where money moves. `body`: what the request is known by
   * again, where its own body has something in it of which not even a hash may be kept.
   */
  async run<Message>(
    request: HttpRequest,
    useCase: UseCase<Kinds, Message>,
    message: Message,
    key: 'required' | 'optional' = 'required',
    body: unknown = request.body,
  ): Promise<Answer<string>> {
    const idempotency = idempotencyOf(request, key, body);
    const outcome = await this.pipeline.request({
      kind: 'request',
      todo: { useCase: useCase as UseCase<Kinds, unknown>, message },
      idempotency,
      requestId: request.id,
      traceparent: formatTraceparent(traceOf(request)),
      answerRefusal: (refusal) => answerOfRefusal(refusal, request),
    });
    if (idempotency) this.count(outcome);
    return answerOf(outcome);
  }

  /** For what is plain without deciding it: a key that was answered gets its answer all the same, a new one is refused, and forgotten. */
  async turnAway(request: HttpRequest, refusal: Refusal): Promise<Answer<string>> {
    const idempotency = idempotencyOf(request, 'required', request.body);
    const known = idempotency && (await this.pipeline.answered(idempotency));
    const outcome: Outcome | InProgress = known ?? { kind: 'answered', answer: answerOfRefusal(refusal, request), replayed: false };
    this.count(outcome);
    return answerOf(outcome);
  }

  private count(outcome: Outcome | InProgress): void {
    const result = resultOf(outcome);
    if (result) this.metrics.counter('falconpay_idempotency_total').with({ result }).add();
  }
}

function idempotencyOf(request: HttpRequest, key: 'required' | 'optional', body: unknown): IdempotentRequest | undefined {
  const header = request.headers[headerName];
  if (header === undefined && key === 'optional') return undefined;
  const parsed = parseIdempotencyKey(header);
  if ('fault' in parsed) throw new Problem(parsed.fault, faultDetails[parsed.fault]);
  const method = request.method;
  const route = `${method} ${request.routeOptions.url ?? pathOf(request.url)}`;
  // The path's parameters are not in the template, and tell requests apart as much as the body does.
  const fingerprint = fingerprintOf(method, pathOf(request.url), body);
  return { client: clientOf(request), route, key: parsed.key, fingerprint };
}

const faultDetails = {
  'idempotency-key-missing': 'Send an Idempotency-Key header: best a new UUID for each new operation, and the same one when you repeat it.',
  'idempotency-key-invalid': `Send exactly one Idempotency-Key header of 1 to ${keyLengthMax} visible ASCII characters, quoted or bare.`,
};

function resultOf(outcome: Outcome | InProgress): 'new' | 'replay' | 'in_progress' | 'mismatch' | undefined {
  if (outcome.kind === 'answered') return outcome.replayed ? 'replay' : 'new';
  if (outcome.kind === 'in-progress') return 'in_progress';
  return outcome.kind === 'key-reused' ? 'mismatch' : undefined;
}

function answerOf(outcome: Outcome | InProgress): Answer<string> {
  switch (outcome.kind) {
    case 'answered': {
      const { status, headers, body } = outcome.answer;
      if (!outcome.replayed) return new Answer(status, body, withContentType(status, headers));
      const { headers: marks } = replayed(status, body);
      return new Answer(status, body, { ...headers, ...marks });
    }
    case 'in-progress':
      throw new Problem('idempotency-in-progress', 'A request with this key is being worked on; repeat it to get its answer.', {
        retryAfterSeconds,
      });
    case 'key-reused':
      throw new Problem('idempotency-key-reused', 'This key came with another request before. Use a new key for a new operation.');
    case 'failed':
      throw outcome.error;
    default:
      throw new TypeError(`a request cannot end as ${outcome.kind}`);
  }
}

const withContentType = (status: number, headers: StoredAnswer['headers']): StoredAnswer['headers'] =>
  status < 400 ? headers : { ...headers, 'content-type': PROBLEM_CONTENT_TYPE };

function answerOfRefusal({ refused, detail, ...options }: Refusal, request: HttpRequest): StoredAnswer {
  if (!(refused in PROBLEM_TYPES)) throw new TypeError(`${refused} is not a registered problem`);
  const problem = new Problem(refused as ProblemCode, detail, options);
  const document = problemDocument(problem, { instance: pathOf(request.url), request_id: request.id, trace_id: traceOf(request).traceId });
  return { status: problem.status, headers: problem.headers, body: JSON.stringify(document) };
}

/** What a service's own errors are to its clients. */
export function problemOf(error: unknown): Problem | undefined {
  if (error instanceof DatabaseUnavailable) {
    return new Problem('service-unavailable', 'The database cannot be reached. Repeat the request with the same Idempotency-Key.', {
      retryAfterSeconds,
      cause: error,
    });
  }
  if (error instanceof Overloaded) {
    return new Problem('service-unavailable', 'Too much work is waiting already. Repeat the request a little later.', {
      retryAfterSeconds,
      cause: error,
    });
  }
  return undefined;
}
