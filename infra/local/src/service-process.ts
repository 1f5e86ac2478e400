import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { PlainError } from './plain-error.js';
import { entryFileOf, REPOSITORY, type ServiceEntry } from './services.js';
import type { ProcessPlan } from './supervised-process.js';
import { until } from './until.js';

/**
 * Left to itself V8 lets the heap grow with the machine's memory; a service needs a tenth of this. How soon the old ones among its
 * objects are looked through again follows from the bound: with one of 192 MB that took a tenth of the time.
 * Threads that help to collect garbage take the processors from the other processes: without them each transfer costs a
 * sixth less of both services' time.
 */
const SMALL_HEAP = ['--max-old-space-size=512', '--single-threaded-gc'];
const YOUNG_MEGABYTES = 16;

/** A service under supervision: it ends on SIGTERM, and by itself when the channel to its supervisor closes. */
export function servicePlan(service: ServiceEntry, url: string, env: NodeJS.ProcessEnv): ProcessPlan {
  const entry = isAbsolute(service.entry) ? service.entry : entryFileOf(service);
  const young = `--max-semi-space-size=${service.youngMegabytes ?? YOUNG_MEGABYTES}`;
  return {
    name: service.name,
    stopSignal: 'TERM',
    stopWithinMs: 5_000,
    prepare: async () => {
      if (!existsSync(entry)) throw new PlainError(`${entry} is missing: run "npm run build"`);
    },
    launch: () =>
      spawn(process.execPath, ['--enable-source-maps', '--disable-proto=delete', ...SMALL_HEAP, young, entry], {
        cwd: REPOSITORY,
        env,
        // A session of its own: Ctrl-C in the terminal is for the supervisor, which stops all in order.
        detached: true,
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      }),
    ready: (signal) => until(() => isReady(url), signal),
  };
}

async function isReady(url: string): Promise<boolean> {
  const answer = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(2_000) });
  await answer.body?.cancel();
  return answer.status === 200;
}
