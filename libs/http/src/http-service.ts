import type { LoggerService, Type, DynamicModule } from '@nestjs/common';
import { NestFactory, type ApplicationConfig } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from '@falconpay/telemetry/logger';
import type { Metrics } from '@falconpay/telemetry/metrics';
import { controllerRoutes, type ControllerRoute } from './direct-routes.js';
import { serveDocumentation } from './documentation.js';
import { Drain, exitOnSignals, type StopHook } from './drain.js';
import { createFastify, QuietFastifyAdapter } from './fastify-server.js';
import { serveHealth, type ReadinessCheck } from './health.js';
import { PROBLEMS_BASE } from './problem.js';
import { serveProblemPages } from './problem-pages.js';
import { problemReplies, type ProblemTranslation } from './problem-replies.js';
import { observeRequests } from './request-metrics.js';
import { StrictValidationPipe } from './strict-validation.pipe.js';

export interface HttpServiceOptions {
  readonly name: string;
  readonly version: string;
  /** What the documentation says about it. */
  readonly description?: string;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly readiness?: readonly ReadinessCheck[];
  /** Run one after the other once the last request is answered. Others can be added until then. */
  readonly stopHooks?: readonly StopHook[];
  readonly translateError?: ProblemTranslation;
  readonly problemsBase?: string;
  readonly requestTimeoutMs?: number;
  readonly drainTimeoutMs?: number;
}

export interface HttpService {
  readonly app: NestFastifyApplication;
  /** Known before it listens, so that what is started later can still take part. */
  readonly readiness: ReadinessCheck[];
  readonly stopHooks: StopHook[];
  readonly routes: () => readonly ControllerRoute[];
  /** Starts to take requests; answers with the URL. */
  listen(port: number, host?: string): Promise<string>;
  /** Stops as on SIGTERM, without leaving the process. True: everything ended in time. */
  stop(reason?: string): Promise<boolean>;
  /** For a main file: SIGTERM, SIGINT and the parent's end stop the service and the process. */
  exitOnSignals(): void;
}

const DRAIN_TIMEOUT_MS = 9_000;
const REQUEST_TIMEOUT_MS = 10_000;

/** A Nest application with everything a service of ours has at its edge. The module brings only controllers and providers. */
export async function createHttpService(module: Type | DynamicModule, options: HttpServiceOptions): Promise<HttpService> {
  const { logger, metrics } = options;
  const drainTimeoutMs = options.drainTimeoutMs ?? DRAIN_TIMEOUT_MS;
  const problemsBase = options.problemsBase ?? PROBLEMS_BASE;
  const readiness = [...(options.readiness ?? [])];
  const stopHooks = [...(options.stopHooks ?? [])];
  const drain = new Drain({ logger, timeoutMs: drainTimeoutMs, hooks: stopHooks });
  const replies = problemReplies({ base: problemsBase, logger, translate: options.translateError });
  const fastify = createFastify({
    replies,
    problemsBase,
    requestTimeoutMs: options.requestTimeoutMs ?? REQUEST_TIMEOUT_MS,
    isDraining: () => drain.isDraining,
  });
  observeRequests(fastify, metrics, logger);
  serveHealth(fastify, { checks: readiness, isDraining: () => drain.isDraining, logger });
  fastify.get('/metrics', async (_request, reply) => reply.header('content-type', metrics.contentType).send(await metrics.render()));
  serveProblemPages(fastify);

  const app = await NestFactory.create<NestFastifyApplication>(module, new QuietFastifyAdapter(fastify), {
    logger: nestLogger(logger),
    bodyParser: false,
    abortOnError: false,
  });
  app.useGlobalPipes(new StrictValidationPipe());
  app.useGlobalFilters({
    catch: (error: unknown, host) => replies.send(error, host.switchToHttp().getRequest(), host.switchToHttp().getResponse()),
  });
  let routes: ControllerRoute[] = [];
  serveDocumentation(fastify, app, options, () => routes);
  fastify.addHook('onRoute', (route) => {
    const found = routes.find(
      ({ method, path }) => path === route.url && (method === route.method || (route.method === 'HEAD' && method === 'GET')),
    );
    if (found?.handle) route.handler = found.handle;
  });
  return {
    app,
    readiness,
    stopHooks,
    routes: () => routes,
    async listen(port, host = '127.0.0.1') {
      const found = controllerRoutes(app, replies.send);
      routes = hasGlobalMachinery(app) ? found.map((route) => ({ ...route, handle: undefined })) : found;
      await app.init();
      const url = await fastify.listen({ port, host });
      drain.watch(fastify.server);
      return url;
    },
    async stop(reason = 'asked to') {
      const isClean = await drain.start(reason);
      await app.close();
      return isClean;
    },
    exitOnSignals: () => exitOnSignals(drain, drainTimeoutMs),
  };
}

/** A global guard or interceptor concerns every route, so none is stepped past it. */
function hasGlobalMachinery(app: NestFastifyApplication): boolean {
  const { config } = app as unknown as { config: ApplicationConfig };
  return [
    config.getGlobalGuards(),
    config.getGlobalRequestGuards(),
    config.getGlobalInterceptors(),
    config.getGlobalRequestInterceptors(),
  ].some((list) => list.length > 0);
}

/** Nest's own chatter only where something is wrong. */
function nestLogger(logger: Logger): LoggerService {
  const text = (message: unknown): string => (message instanceof Error ? message.message : String(message));
  return {
    log: () => undefined,
    debug: () => undefined,
    verbose: () => undefined,
    warn: (message: unknown) => logger.warn(text(message)),
    error: (message: unknown) => logger.error({ err: message instanceof Error ? message : undefined }, text(message)),
    fatal: (message: unknown) => logger.fatal(text(message)),
  };
}
