import type { FastifyInstance } from 'fastify';
import type { Logger } from '@falconpay/telemetry/logger';

export type CheckResult = 'ok' | 'degraded' | 'down';

/** What a service needs (down: it takes no requests) or would like to have (degraded: it takes them all the same). */
export interface ReadinessCheck {
  readonly name: string;
  check(): CheckResult | Promise<CheckResult>;
}

export interface Readiness {
  readonly status: CheckResult | 'draining';
  readonly checks: Readonly<Record<string, CheckResult>>;
}

const LONGEST_CHECK_MS = 2_000;

/** `/health/live` asks nothing and nobody; `/health/ready` asks every check, all at once, two seconds at most. */
export function serveHealth(
  instance: FastifyInstance,
  options: { readonly checks: readonly ReadinessCheck[]; readonly isDraining: () => boolean; readonly logger: Logger },
): void {
  instance.get('/health/live', (_request, reply) => {
    reply.header('content-type', 'application/json; charset=utf-8').send('{"status":"ok"}');
  });
  let before: string = 'ok';
  instance.get('/health/ready', async (_request, reply) => {
    const readiness = options.isDraining() ? ({ status: 'draining', checks: {} } as const) : await readinessOf(options.checks);
    if (readiness.status !== before)
      options.logger.warn(
        { state: readiness.status, checks: Object.keys(readiness.checks).filter((name) => readiness.checks[name] !== 'ok') },
        'readiness changed',
      );
    before = readiness.status;
    const isReady = readiness.status === 'ok' || readiness.status === 'degraded';
    if (!isReady) reply.header('retry-after', '1');
    return reply.code(isReady ? 200 : 503).send(readiness);
  });
}

export async function readinessOf(checks: readonly ReadinessCheck[]): Promise<Readiness> {
  const results = await Promise.all(checks.map(async (check): Promise<[string, CheckResult]> => [check.name, await resultOf(check)]));
  const worst = results.some(([, result]) => result === 'down')
    ? 'down'
    : results.some(([, result]) => result === 'degraded')
      ? 'degraded'
      : 'ok';
  return { status: worst, checks: Object.fromEntries(results) };
}

async function resultOf(check: ReadinessCheck): Promise<CheckResult> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<CheckResult>((resolve) => {
    timer = setTimeout(() => resolve('down'), LONGEST_CHECK_MS);
  });
  try {
    return await Promise.race([check.check(), tooLong]);
  } catch {
    return 'down';
  } finally {
    clearTimeout(timer);
  }
}
