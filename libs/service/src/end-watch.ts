import { setTimeout as delay } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { Answer } from '@falconpay/http/answer';
import { read, type Statement } from '@falconpay/postgres/transaction';

/** How what has ended is found by its ids (`$1`), and what clients see of it then. */
export interface Watched<View, Columns> {
  readonly ended: Statement;
  readonly viewOf: (columns: Columns) => View;
}

/** Another instance may have ended it: asked for all that are waited for, in one query. */
const askEveryMs = 200;

/** Who waits for something to end is told in the moment it is committed. */
export class EndWatch<View extends { readonly id: string }, Columns extends object> {
  private readonly waiting = new Map<string, Set<(view: View) => void>>();
  private asking = false;

  constructor(
    private readonly source: DataSource,
    private readonly watched: Watched<View, Columns>,
  ) {}

  /** The stored answer is that of the acceptance; a client that waits, the first time or again, gets the end when it comes. */
  async answerAtTheEnd(accepted: Answer<string>, waitSeconds: number): Promise<Answer> {
    if (waitSeconds === 0 || accepted.status !== 202) return accepted;
    const { id } = JSON.parse(accepted.body) as { id: string };
    const view = await this.untilEnded(id, waitSeconds * 1000);
    return view ? new Answer(200, JSON.stringify(view), accepted.headers) : accepted;
  }

  /** Whether it is worth looking at what this has become. */
  protected isAwaited(id: string): boolean {
    return this.waiting.has(id);
  }

  protected tellOf(view: View): void {
    for (const tell of this.waiting.get(view.id) ?? []) tell(view);
  }

  /** As it is at its end, or undefined when it has not ended in time. */
  private async untilEnded(id: string, waitMs: number): Promise<View | undefined> {
    let tell: (view: View) => void = () => undefined;
    const told = new Promise<View>((resolve) => (tell = resolve));
    const waiters = this.waiting.get(id) ?? new Set();
    this.waiting.set(id, waiters.add(tell));
    const timer = new AbortController();
    try {
      // It may have ended before anybody listened.
      await this.ask([id]).catch(() => undefined);
      void this.askAgainAndAgain();
      return await Promise.race([told, delay(waitMs, undefined, { signal: timer.signal }).catch(() => undefined)]);
    } finally {
      timer.abort();
      waiters.delete(tell);
      if (waiters.size === 0) this.waiting.delete(id);
    }
  }

  private async askAgainAndAgain(): Promise<void> {
    if (this.asking) return;
    this.asking = true;
    while (this.waiting.size > 0) {
      await delay(askEveryMs);
      await this.ask([...this.waiting.keys()]).catch(() => undefined);
    }
    this.asking = false;
  }

  private async ask(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    for (const columns of await read<Columns>(this.source, this.watched.ended, [ids])) this.tellOf(this.watched.viewOf(columns));
  }
}
