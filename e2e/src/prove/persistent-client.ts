import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from './random.js';

export interface Operation {
  readonly url: string;
  readonly key: string;
  readonly body: string;
}

export interface FinalAnswer {
  readonly status: number;
  readonly text: string;
}

export interface ClientCounts {
  requests: number;
  /** Requests whose outcome the client could not know: no answer, or one that says neither yes nor no. */
  unknownRequests: number;
  /** Operations with at least one such request that got their answer in the end. */
  unknownsResolved: number;
  /** Operations that never got one. */
  unresolved: number;
  serverErrors: number;
}

const attemptTimeoutMs = 4_000;

/** What a careful client does: the same request with the same key, until it is told how it went. */
export class PersistentClient {
  readonly counts: ClientCounts = { requests: 0, unknownRequests: 0, unknownsResolved: 0, unresolved: 0, serverErrors: 0 };
  readonly serverErrors: string[] = [];

  constructor(
    private readonly random: Random,
    /** When nobody hopes any more. */
    private readonly giveUp: AbortSignal,
  ) {}

  /** Undefined when it was given up. */
  async post(operation: Operation): Promise<FinalAnswer | undefined> {
    let wasUnknown = false;
    while (!this.giveUp.aborted) {
      const answer = await this.attempt(operation);
      if (answer && !mustBeRepeated(answer)) {
        if (wasUnknown) this.counts.unknownsResolved += 1;
        return answer;
      }
      if (!answer || answer.status >= 500) {
        wasUnknown = true;
        this.counts.unknownRequests += 1;
      }
      if (answer?.status === 500) this.note(answer);
      await delay(this.random.between(50, 400), undefined, { signal: this.giveUp }).catch(() => undefined);
    }
    this.counts.unresolved += 1;
    return undefined;
  }

  private async attempt({ url, key, body }: Operation): Promise<FinalAnswer | undefined> {
    this.counts.requests += 1;
    try {
      const answer = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': key },
        body,
        signal: AbortSignal.timeout(attemptTimeoutMs),
      });
      return { status: answer.status, text: await answer.text() };
    } catch {
      return undefined;
    }
  }

  /** Not knowing is to be expected; a service that calls it a fault of its own is not. */
  private note({ text }: FinalAnswer): void {
    this.counts.serverErrors += 1;
    if (this.serverErrors.length < 5) this.serverErrors.push(text.slice(0, 500));
  }
}

const mustBeRepeated = ({ status, text }: FinalAnswer): boolean =>
  status >= 500 || status === 429 || status === 408 || (status === 409 && text.includes('idempotency-in-progress'));
