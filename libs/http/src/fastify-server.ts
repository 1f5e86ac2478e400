import { FastifyAdapter } from '@nestjs/platform-fastify';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { newTrace } from '@falconpay/telemetry/traceparent';
import { ServerResponse, STATUS_CODES, type IncomingMessage, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { sendResult } from './direct-routes.js';
import { PROBLEM_CONTENT_TYPE, Problem, problemDocument } from './problem.js';
import type { ProblemReplies } from './problem-replies.js';
import type { ProblemCode } from './problem-types.js';
import { requestIdOf } from './request-identity.js';
import { parseStrictJson } from './strict-json.js';

/** 64 kB. A route that needs more says so: `@RouteConfig({ bodyLimit: BULK_BODY_LIMIT })`. */
export const BODY_LIMIT = 64_000;
export const BULK_BODY_LIMIT = 1_048_576;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** In bytes; for routes that take more than the usual body. */
    bodyLimit?: number;
  }
}

export interface ServerOptions {
  readonly replies: ProblemReplies;
  readonly problemsBase: string;
  readonly requestTimeoutMs: number;
  /** Whether the process is on its way out: replies then end their connection. */
  readonly isDraining: () => boolean;
}

/** Fastify with our limits, our body parser and our errors, and nothing on it that a request would not need. */
export function createFastify(options: ServerOptions): FastifyInstance {
  const { replies, isDraining } = options;
  class DrainingResponse extends ServerResponse {
    override writeHead(...args: unknown[]): this {
      if (isDraining()) this.shouldKeepAlive = false;
      return super.writeHead(...(args as Parameters<ServerResponse['writeHead']>));
    }
  }
  const instance = fastify({
    bodyLimit: BODY_LIMIT,
    requestTimeout: options.requestTimeoutMs,
    keepAliveTimeout: 72_000,
    genReqId: requestIdOf,
    requestIdHeader: false,
    logger: false,
    routerOptions: { maxParamLength: 128 },
    return503OnClosing: false,
    http: {
      maxHeaderSize: 16_384,
      connectionsCheckingInterval: 1_000,
      requestTimeout: options.requestTimeoutMs,
      // Node ignores a request timeout that is shorter than the one for headers.
      headersTimeout: options.requestTimeoutMs,
      // Node's own refusal has no body.
      requireHostHeader: false,
      ServerResponse: DrainingResponse as typeof ServerResponse,
    },
    frameworkErrors: (error, request, reply) => {
      addHeaders(request as FastifyRequest, reply as unknown as FastifyReply);
      replies.send(error, request as FastifyRequest, reply as unknown as FastifyReply);
    },
    clientErrorHandler: (error, socket) => answerBrokenRequest(error, socket, options.problemsBase),
  }) as unknown as FastifyInstance;
  instance.removeAllContentTypeParsers();
  instance.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    try {
      refuseOtherEncodings(request);
      done(null, parseStrictJson(body as Buffer));
    } catch (error) {
      done(error as Error);
    }
  });
  instance.addHook('onRequest', (request, reply, done) => {
    addHeaders(request, reply);
    done(faultOf(request.raw));
  });
  instance.addHook('onRoute', (route) => {
    const limit = (route.config as { bodyLimit?: number } | undefined)?.bodyLimit;
    if (limit !== undefined) route.bodyLimit = limit;
  });
  instance.setErrorHandler((error, request, reply) => replies.send(error, request, reply));
  answerUnknownRoutes(instance, replies);
  answerWhatNodeWould(instance.server, options.problemsBase);
  return instance;
}

function addHeaders(request: FastifyRequest, reply: FastifyReply): void {
  reply.header('x-request-id', request.id).header('cache-control', 'no-store').header('x-content-type-options', 'nosniff');
}

const PLAIN_JSON = /^application\/json\s*(?:;\s*charset\s*=\s*"?utf-8"?\s*)?;?$/i;

function refuseOtherEncodings({ headers }: FastifyRequest): void {
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity')
    throw new Problem('unsupported-media-type', 'Bodies with a Content-Encoding are not taken.');
  const type = headers['content-type'];
  if (type !== 'application/json' && !PLAIN_JSON.test(type ?? ''))
    throw new Problem('unsupported-media-type', 'JSON must be sent as UTF-8, without other parameters.');
}

/** 405 with `Allow` where another method has a route, else 404. Only looked into when nothing matched. */
function answerUnknownRoutes(instance: FastifyInstance, replies: ProblemReplies): void {
  const routes: { readonly method: string; readonly pattern: RegExp }[] = [];
  instance.addHook('onRoute', ({ method, url }) => {
    const pattern = new RegExp(
      `^${url
        .split('/')
        .map((part) => (part.startsWith(':') ? '[^/]+' : part === '*' ? '.*' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')))
        .join('/')}$`,
    );
    for (const one of Array.isArray(method) ? method : [method]) routes.push({ method: one, pattern });
  });
  instance.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0] ?? '';
    const allowed = [...new Set(routes.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method))].sort();
    const problem =
      allowed.length > 0 && !allowed.includes(request.method)
        ? new Problem('method-not-allowed', `${request.method} is not allowed here.`, { headers: { allow: allowed.join(', ') } })
        : new Problem('not-found', 'No such path.');
    replies.send(problem, request, reply);
  });
}

const unmetExpectation = Symbol('unmet expectation');
type Incoming = IncomingMessage & { [unmetExpectation]?: true };

/** Where Node on its own answers without a word, or not at all. */
function answerWhatNodeWould(server: Server, problemsBase: string): void {
  server.on('checkExpectation', (request: Incoming, response: ServerResponse) => {
    request[unmetExpectation] = true;
    server.emit('request', request, response);
  });
  server.on('connect', (_request: IncomingMessage, socket: Socket) => {
    // Node lets go of a socket that it hands over: an error nobody listens to would end the process.
    socket.on('error', () => undefined);
    sendBare(socket, new Problem('malformed-request', 'This is not a proxy: CONNECT has no meaning here.'), problemsBase);
  });
}

function faultOf(request: Incoming): Problem | undefined {
  if (request.headers.host === undefined && request.httpVersion !== '1.0')
    return new Problem('malformed-request', 'The Host header is missing.');
  return request[unmetExpectation] && new Problem('expectation-failed', 'Only the expectation 100-continue can be met.');
}

/** What Node itself cannot read or wait for any longer: there is no request object, only the socket. */
function answerBrokenRequest(error: Error & { code?: string }, socket: Socket, problemsBase: string): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const answers: Record<string, readonly [ProblemCode, string]> = {
    ERR_HTTP_REQUEST_TIMEOUT: ['request-timeout', 'The request took too long to arrive.'],
    HPE_HEADER_OVERFLOW: ['headers-too-large', 'The headers are larger than 16 KiB.'],
  };
  const [code, detail] = answers[error.code ?? ''] ?? ['malformed-request', 'The request is not valid HTTP.'];
  sendBare(socket, new Problem(code, detail), problemsBase);
}

function sendBare(socket: Socket, problem: Problem, problemsBase: string): void {
  const requestId = requestIdOf({ headers: {} });
  const body = JSON.stringify(problemDocument(problem, { request_id: requestId, trace_id: newTrace().traceId }, problemsBase));
  if (socket.writable) {
    socket.write(
      `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? 'Error'}\r\ncontent-type: ${PROBLEM_CONTENT_TYPE}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n` +
        `x-request-id: ${requestId}\r\ncache-control: no-store\r\nx-content-type-options: nosniff\r\nconnection: close\r\n\r\n${body}`,
    );
  }
  socket.destroySoon();
}

/** Nest's adapter on our Fastify: it keeps its hooks, its error handler and its middleware engine to itself. */
export class QuietFastifyAdapter extends FastifyAdapter {
  constructor(instance: FastifyInstance) {
    const { addHook } = instance;
    // The adapter's constructor adds seven hooks for features that are not used here; each would run on every request.
    instance.addHook = (() => instance) as typeof addHook;
    super(instance as never);
    instance.addHook = addHook;
  }

  /** Would register the middleware engine; it still comes by itself when a module configures middleware. */
  override init(): Promise<void> {
    return Promise.resolve();
  }

  override setErrorHandler(): never {
    return undefined as never;
  }

  override setNotFoundHandler(): never {
    return undefined as never;
  }

  override reply(response: FastifyReply, body: unknown, statusCode?: number): never {
    sendResult(response, statusCode ?? response.statusCode, body);
    return undefined as never;
  }
}
