import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import type { Logger } from '@falconpay/telemetry/logger';
import type { Metrics } from '@falconpay/telemetry/metrics';
import type { HistogramSeries } from '@falconpay/telemetry/metric-families';
import { pathOf } from './problem-replies.js';
import { traceOf } from './request-identity.js';

const UNMATCHED = 'unmatched';

/** Duration by route template, and one log line per request at debug level. */
export function observeRequests(instance: FastifyInstance, metrics: Metrics, logger: Logger): void {
  const durations = metrics.histogram('falconpay_http_request_duration_seconds');
  const observerOf = (route: string, fixedMethod?: string) => {
    const series = new Map<number | string, HistogramSeries>();
    return (request: FastifyRequest, reply: FastifyReply, done: () => void): void => {
      const { statusCode, elapsedTime } = reply;
      const key = fixedMethod === undefined ? `${request.method} ${statusCode}` : statusCode;
      let observed = series.get(key);
      if (!observed) {
        observed = durations.with({ route, method: fixedMethod ?? request.method, code: String(statusCode) });
        series.set(key, observed);
      }
      observed.observe(elapsedTime / 1000);
      if (logger.isLevelEnabled('debug')) logRequest(logger, route, request, reply, elapsedTime);
      done();
    };
  };
  instance.addHook('onRoute', (route: RouteOptions) => {
    const observe = observerOf(route.url, typeof route.method === 'string' ? route.method : undefined);
    route.onResponse = [observe];
  });
  const observeUnmatched = observerOf(UNMATCHED);
  instance.addHook('onResponse', (request, reply, done) => {
    if (request.is404) observeUnmatched(request, reply, done);
    else done();
  });
}

function logRequest(logger: Logger, route: string, request: FastifyRequest, reply: FastifyReply, elapsedMs: number): void {
  logger.debug(
    {
      request_id: request.id,
      trace_id: traceOf(request).traceId,
      method: request.method,
      route,
      path: pathOf(request.url),
      status: reply.statusCode,
      duration_ms: Math.round(elapsedMs * 1000) / 1000,
    },
    'request',
  );
}
