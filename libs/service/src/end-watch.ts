import { setTimeout as delay } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { Answer } from '@falconpay/http/answer';
import { read, type Statement } from '@falconpay/postgres/transaction';
import { AskedTogether } from './asked-together.js';

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
  private readonly ended: AskedTogether<View>;
  private asking = false;

  constructor(source: DataSource, { ended, viewOf }: Watched<View, Columns>) {
    this.ended = new AskedTogether(async (ids) => {
      const views = (await read<Columns>(source, ended, [ids])).map(viewOf);
      return new Map(views.map((view) => [view.id, view]));
    });
  }

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
    let tell: (view: View | undefined) => void = () => undefined;
    const told = new Promise<View | undefined>((resolve) => (tell = resolve));
    const waiters = this.waiting.get(id) ?? new Set();
    this.waiting.set(id, waiters.add(tell));
    const timer = setTimeout(() => tell(undefined), waitMs);
    // It may have ended before anybody listened.
    void this.ask(id);
    void this.askAgainAndAgain();
    const view = await told;
    clearTimeout(timer);
    waiters.delete(tell);
    if (waiters.size === 0) this.waiting.delete(id);
    return view;
  }

  private async askAgainAndAgain(): Promise<void> {
    if (this.asking) return;
    this.asking = true;
    while (this.waiting.size > 0) {
      await delay(askEveryMs);
      await Promise.all([...this.waiting.keys()].map((id) => this.ask(id)));
    }
    this.asking = false;
  }

  /** Should it not be known now, it will be asked again. */
  private async ask(id: string): Promise<void> {
    const view = await this.ended.about(id).catch(() => undefined);
    if (view) this.tellOf(view);
  }
}
