import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';

interface Waiting<Work, Outcome> {
  readonly work: Work;
  readonly weight: number;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
}

export class Overloaded extends Error {
  constructor() {
    super('too much work is waiting already');
    this.name = 'Overloaded';
  }
}

/** A commit that was shared by so many, and not by so many that it was full enough, is followed by others like it. */
const lingerFrom = 4;
const lingerTo = 100;
/** Less than a commit takes. Who was just answered, or has just heard, is back by then. */
const lingerMs = 4;

/**
 * Work waits here while the commit before it is under way, and then goes together: the busier the service, the fuller its
 * commits; when idle, a commit of one starts at once. Between commits of some it waits a little for more: half as many commits take
 * less of the processors than those few milliseconds are worth. One commit at a time keeps the order of arrival.
 */
export class Lane<Work, Outcome> {
  private waiting: Waiting<Work, Outcome>[] = [];
  private weightWaiting = 0;
  private pumping: Promise<void> | undefined;
  private lastCount = 0;

  constructor(
    private readonly commit: (work: readonly Work[]) => Promise<readonly Outcome[]>,
    private readonly weightMax: number,
    private readonly weightWaitingMax: number,
    /** With a commit that fails fails all that waits: whoever repeats it repeats it in order, nothing having overtaken it. */
    private readonly failsTogether = false,
    private readonly linger: () => Promise<unknown> = () => sleep(lingerMs),
  ) {}

  add(work: Work, weight: number): Promise<Outcome> {
    if (this.waiting.length > 0 && this.weightWaiting + weight > this.weightWaitingMax) return Promise.reject(new Overloaded());
    return new Promise((resolve, reject) => {
      this.waiting.push({ work, weight, resolve, reject });
      this.weightWaiting += weight;
      this.pumping ??= this.pump();
    });
  }

  /** Resolves when nothing is waiting or under way. */
  async idle(): Promise<void> {
    while (this.pumping) await this.pumping;
  }

  private async pump(): Promise<void> {
    while (this.waiting.length > 0) {
      if (this.isMoreExpected()) await this.linger();
      // Whatever arrives in the same turn of the event loop shares the commit.
      else await nextTurn();
      await this.commitNext(this.takeNext());
    }
    this.pumping = undefined;
  }

  private isMoreExpected(): boolean {
    return this.lastCount >= lingerFrom && this.lastCount < lingerTo && this.weightWaiting < this.weightMax;
  }

  private takeNext(): Waiting<Work, Outcome>[] {
    let weight = 0;
    let count = 0;
    for (const each of this.waiting) {
      if (count > 0 && weight + each.weight > this.weightMax) break;
      weight += each.weight;
      count += 1;
    }
    this.weightWaiting -= weight;
    this.lastCount = count;
    return this.waiting.splice(0, count);
  }

  private async commitNext(batch: readonly Waiting<Work, Outcome>[]): Promise<void> {
    try {
      const outcomes = await this.commit(batch.map((each) => each.work));
      batch.forEach((each, index) => each.resolve(outcomes[index] as Outcome));
    } catch (error) {
      for (const each of batch) each.reject(error);
      if (!this.failsTogether) return;
      for (const each of this.waiting.splice(0)) each.reject(error);
      this.weightWaiting = 0;
    }
  }
}
