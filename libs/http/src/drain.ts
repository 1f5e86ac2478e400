import type { Server } from 'node:http';
import { Server as NetServer } from 'node:net';
import type { Logger } from '@falconpay/telemetry/logger';

export interface StopHook {
  readonly name: string;
  stop(): unknown;
}

export interface DrainOptions {
  readonly logger: Logger;
  /** Everything must be over by then. */
  readonly timeoutMs: number;
  /** In this order, after the last request was answered. */
  readonly hooks: readonly StopHook[];
}

/**
 * How long a connection without a request is still kept. Its client may be sending one at this very moment; answered,
 * it is told that the connection ends, while a connection just cut would leave it not knowing what became of the request.
 */
const IDLE_GRACE_MS = 250;

/**
 * The way out: not ready any more, no new connections, the requests under way answered, then one hook after the other.
 * A hook that fails or hangs does not keep the next one from running.
 */
export class Drain {
  private started: Promise<boolean> | undefined;
  private server: Server | undefined;

  constructor(private readonly options: DrainOptions) {}

  get isDraining(): boolean {
    return this.started !== undefined;
  }

  /** The server whose requests are to be finished; without one only the hooks run. */
  watch(server: Server): void {
    this.server = server;
  }

  /** Runs once, however often it is called. True when everything ended in time and without an error. */
  start(reason: string): Promise<boolean> {
    this.started ??= this.run(reason);
    return this.started;
  }

  private async run(reason: string): Promise<boolean> {
    const { logger, timeoutMs, hooks } = this.options;
    const deadline = Date.now() + timeoutMs;
    logger.info({ reason }, 'stopping');
    // The last tenth is for the hooks, even when a request will not end.
    let isClean = await this.step('http', () => this.finishRequests(), deadline - timeoutMs / 10);
    this.server?.closeAllConnections();
    for (const hook of hooks) isClean = (await this.step(hook.name, () => hook.stop(), deadline)) && isClean;
    logger.info({ outcome: isClean ? 'clean' : 'unclean' }, 'stopped');
    return isClean;
  }

  private finishRequests(): Promise<void> {
    return new Promise((resolve) => {
      const { server } = this;
      if (!server?.listening) {
        resolve();
        return;
      }
      // After the next poll: what has arrived by then is a request, and no longer idle.
      const grace = setTimeout(() => setImmediate(() => server.closeIdleConnections()), IDLE_GRACE_MS);
      // Not the close of an HTTP server, which would cut the idle connections at once.
      NetServer.prototype.close.call(server, () => {
        clearTimeout(grace);
        resolve();
      });
    });
  }

  private async step(name: string, run: () => unknown, deadline: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error('did not end in time')), Math.max(50, deadline - Date.now()));
    });
    try {
      await Promise.race([Promise.resolve().then(run), tooLate]);
      return true;
    } catch (error) {
      this.options.logger.error({ err: error, step: name }, 'a step of stopping failed');
      return false;
    } finally {
      clearTimeout(timer);
    }
  }
}

/** SIGTERM, SIGINT and the end of the parent (IPC) all mean the same: drain, then exit, within the time limit at the latest. */
export function exitOnSignals(drain: Drain, timeoutMs: number): void {
  const leave = (reason: string) => {
    if (drain.isDraining) return;
    setTimeout(() => process.exit(1), timeoutMs + 250).unref();
    void drain.start(reason).then((isClean) => process.exit(isClean ? 0 : 1));
  };
  process.on('SIGTERM', () => leave('SIGTERM'));
  process.on('SIGINT', () => leave('SIGINT'));
  if (process.connected) process.once('disconnect', () => leave('the parent is gone'));
}
