import { continueTrace, randomHex, type Trace } from '@falconpay/telemetry/traceparent';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { IncomingHttpHeaders } from 'node:http';

export type HttpRequest = FastifyRequest;
export type HttpReply = FastifyReply;

const VISIBLE_ASCII = /^[\x21-\x7e]{1,128}$/;

/** The caller's X-Request-Id when it can be echoed safely, else one of ours. */
export function requestIdOf(incoming: { readonly headers: IncomingHttpHeaders }): string {
  const given = incoming.headers['x-request-id'];
  return typeof given === 'string' && VISIBLE_ASCII.test(given) ? given : `req_${randomHex(12)}`;
}

const traces = Symbol('trace');
type Traced = FastifyRequest & { [traces]?: Trace };

/**
 * Where this request belongs, worked out when first asked for. It is kept on the request and not in an AsyncLocalStorage,
 * which in Node 20 makes every promise of the process slower.
 */
export function traceOf(request: FastifyRequest): Trace {
  return ((request as Traced)[traces] ??= continueTrace(request.headers['traceparent']));
}
