import type { Logger } from 'pino';

const sayAgainAfterMs = 10_000;

/** A dependency that is away fails many times a second: it is said when it begins, now and then, and when it is over. */
export class QuietFailures {
  private failing = false;
  private count = 0;
  private saidAt = -Infinity;

  constructor(
    private readonly log: Logger,
    private readonly what: string,
  ) {}

  get isFailing(): boolean {
    return this.failing;
  }

  failed(error: unknown): void {
    this.failing = true;
    this.count += 1;
    if (performance.now() - this.saidAt < sayAgainAfterMs) return;
    this.saidAt = performance.now();
    this.log.warn({ err: error, attempts: this.count }, `${this.what} fails; it is tried again`);
  }

  worked(): void {
    if (!this.failing) return;
    this.log.info({ attempts: this.count }, `${this.what} works again`);
    this.failing = false;
    this.count = 0;
    this.saidAt = -Infinity;
  }
}
