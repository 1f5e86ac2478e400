import { setTimeout as delay } from 'node:timers/promises';
import type { QuietFailures } from './quiet-failures.js';

/**
 * Work that nobody asks for and that is due again and again: one run at a time, the next one some time after the last one ended.
 * A run that fails is told, and the next one comes all the same.
 */
export class RepeatedWork {
  private readonly stopping = new AbortController();
  private readonly ended: Promise<void>;

  constructor(
    private readonly everyMs: number,
    private readonly work: () => Promise<unknown>,
    private readonly failures: QuietFailures,
  ) {
    this.ended = this.repeat();
  }

  /** Resolves when no run is under way and none will begin. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.ended;
  }

  private async repeat(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await this.work().then(
        () => this.failures.worked(),
        (error: unknown) => this.failures.failed(error),
      );
      await delay(this.everyMs, undefined, { signal }).catch(() => undefined);
    }
  }
}
