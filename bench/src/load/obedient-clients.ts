import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { openConnections, type HttpConnection } from './http-connection.js';

/** As `Retry-After` says when there is no room. */
const TURNED_AWAY_MS = 1_000;

/** How many were accepted, and how often somebody was turned away. */
export interface Asked {
  readonly accepted: number;
  readonly turnedAway: number;
}

/** Clients that ask for one thing after the other, and for the next one only after a while when there is no room. */
export class ObedientClients {
  private accepted = 0;
  private turnedAway = 0;
  private readonly stopping = new AbortController();
  private working: Promise<unknown> = Promise.resolve();
  private tellFull: () => void = () => undefined;
  private readonly full = new Promise<void>((resolve) => (this.tellFull = resolve));

  private constructor(
    private readonly connections: readonly HttpConnection[],
    private readonly next: () => Buffer,
  ) {}

  static async start(url: string, count: number, next: () => Buffer): Promise<ObedientClients> {
    const clients = new ObedientClients(await openConnections(url, count), next);
    // All of them may be waiting when they are stopped.
    setMaxListeners(count, clients.stopping.signal);
    clients.working = Promise.all(clients.connections.map((connection) => clients.ask(connection)));
    // Whoever waits for them hears of it; until then it is nobody's.
    clients.working.catch(() => undefined);
    return clients;
  }

  /** Resolves when one of them has been turned away. */
  async untilFull(): Promise<void> {
    await Promise.race([this.full, this.working]);
  }

  /** How they fared. */
  async stop(): Promise<Asked> {
    this.stopping.abort();
    try {
      await this.working;
      return { accepted: this.accepted, turnedAway: this.turnedAway };
    } finally {
      for (const connection of this.connections) connection.close();
    }
  }

  private async ask(connection: HttpConnection): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      const status = await new Promise<number>((resolve, reject) => {
        connection.onFailure(reject);
        connection.send(this.next(), resolve);
      });
      if (status === 202) this.accepted += 1;
      else if (status === 503) {
        this.turnedAway += 1;
        this.tellFull();
        await sleep(TURNED_AWAY_MS, undefined, { signal }).catch(() => undefined);
      } else throw new Error(`answered with ${status} instead of 202 or 503`);
    }
  }
}
