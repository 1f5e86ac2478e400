import { setImmediate as nextTurn } from 'node:timers/promises';

/** Questions of one turn of the event loop go to the database as one: what a commit ends is asked for by many clients at once. */
export class AskedTogether<Answer> {
  private asked: Promise<ReadonlyMap<string, Answer>> | undefined;
  private ids = new Set<string>();

  constructor(private readonly ask: (ids: readonly string[]) => Promise<ReadonlyMap<string, Answer>>) {}

  /** Undefined when there is no answer. */
  async about(id: string): Promise<Answer | undefined> {
    this.ids.add(id);
    this.asked ??= this.askAll();
    return (await this.asked).get(id);
  }

  private async askAll(): Promise<ReadonlyMap<string, Answer>> {
    await nextTurn();
    const ids = [...this.ids];
    this.ids = new Set();
    this.asked = undefined;
    return this.ask(ids);
  }
}
