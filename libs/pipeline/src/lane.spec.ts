import { eventually } from '@falconpay/testing/eventually';
import { Lane, Overloaded } from './lane.js';

/** A commit that is held until the test lets it go. */
class HeldCommits {
  readonly batches: number[][] = [];
  private finishNext: ((error?: Error) => void)[] = [];

  readonly commit = (work: readonly number[]): Promise<number[]> => {
    this.batches.push([...work]);
    return new Promise((resolve, reject) =>
      this.finishNext.push((error) => (error ? reject(error) : resolve(work.map((each) => each * 10)))),
    );
  };

  async finish(error?: Error): Promise<void> {
    await eventually('a commit is under way', () => this.finishNext.length > 0, { everyMs: 1 });
    this.finishNext.shift()?.(error);
  }
}
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a lane', () => {
  it('lets whatever arrives during a commit go together with the next, in the order of arrival', async () => {
    const held = new HeldCommits();
    const lane = new Lane(held.commit, 100, 100);
    const first = lane.add(1, 1);
    await eventually('a commit is under way', () => held.batches.length > 0, { everyMs: 1 });
    const others = [2, 3, 4].map((work) => lane.add(work, 1));
    await turn();
    expect(held.batches).toEqual([[1]]);
    await held.finish();
    await held.finish();
    expect(await Promise.all([first, ...others])).toEqual([10, 20, 30, 40]);
    expect(held.batches).toEqual([[1], [2, 3, 4]]);
  });

  it('waits a little for more after a commit that was shared by some, unless the next one is full', async () => {
    const held = new HeldCommits();
    let goOn: (() => void) | undefined;
    const lane = new Lane(held.commit, 10, 100, false, () => new Promise<void>((resolve) => (goOn = resolve)));
    const work = [1, 2, 3, 4].map((each) => lane.add(each, 1));
    await eventually('a commit is under way', () => held.batches.length === 1, { everyMs: 1 });
    work.push(lane.add(5, 1));
    await held.finish();
    await eventually('it waits for more', () => goOn, { everyMs: 1 });
    await turn();
    work.push(lane.add(6, 1));
    expect(held.batches).toEqual([[1, 2, 3, 4]]);
    goOn?.();
    await eventually('they go together', () => held.batches.length === 2, { everyMs: 1 });
    goOn = undefined;
    work.push(lane.add(7, 1));
    await held.finish();
    await held.finish();
    const full = [1, 2, 3, 4].map((each) => lane.add(each, 1));
    await eventually('four go together', () => held.batches.length === 4, { everyMs: 1 });
    full.push(lane.add(8, 10));
    await held.finish();
    await held.finish();
    expect(await Promise.all([...work, ...full])).toEqual([10, 20, 30, 40, 50, 60, 70, 10, 20, 30, 40, 80]);
    expect(held.batches).toEqual([[1, 2, 3, 4], [5, 6], [7], [1, 2, 3, 4], [8]]);
    expect(goOn).toBeUndefined();
  });

  it('has one commit under way at a time', async () => {
    let underWay = 0;
    let most = 0;
    const lane = new Lane<number, number>(
      async (work) => {
        underWay += 1;
        most = Math.max(most, underWay);
        await turn();
        underWay -= 1;
        return [...work];
      },
      2,
      100,
    );
    await Promise.all(Array.from({ length: 20 }, (_, index) => lane.add(index, 1)));
    expect(most).toBe(1);
  });

  it('puts no more weight into a commit than it can bear, and lets what is heavier go alone', async () => {
    const batches: number[][] = [];
    const lane = new Lane<number, number>(
      async (work) => {
        batches.push([...work]);
        return [...work];
      },
      10,
      100,
    );
    await Promise.all([4, 4, 4, 50, 1, 1].map((weight) => lane.add(weight, weight)));
    expect(batches).toEqual([[4, 4], [4], [50], [1, 1]]);
  });

  it('takes no more than it can hold, and takes again when there is room', async () => {
    const held = new HeldCommits();
    const lane = new Lane(held.commit, 1, 2);
    const first = lane.add(1, 1);
    await eventually('a commit is under way', () => held.batches.length > 0, { everyMs: 1 });
    const waiting = [lane.add(2, 1), lane.add(3, 1)];
    await expect(lane.add(4, 1)).rejects.toBeInstanceOf(Overloaded);
    await held.finish();
    await first;
    await eventually('the next is under way', () => held.batches.length > 1, { everyMs: 1 });
    const later = lane.add(5, 1);
    for (let count = 0; count < 3; count += 1) await held.finish();
    expect(await Promise.all([...waiting, later])).toEqual([20, 30, 50]);
  });

  it('tells everybody in a commit that it failed, and goes on with the next', async () => {
    const held = new HeldCommits();
    const lane = new Lane(held.commit, 2, 100);
    const works = [1, 2, 3].map((work) => lane.add(work, 1));
    const outcomes = Promise.allSettled(works);
    await held.finish(new Error('no'));
    await held.finish();
    expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
  });

  it('whose work has an order settles nothing behind a commit that failed', async () => {
    const held = new HeldCommits();
    const lane = new Lane(held.commit, 2, 100, true);
    const ends = Promise.allSettled([1, 2, 3, 4, 5].map((work) => lane.add(work, 1)));
    await held.finish();
    await held.finish(new Error('no database'));
    expect((await ends).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'rejected', 'rejected']);
    await lane.idle();
    expect(held.batches).toEqual([
      [1, 2],
      [3, 4],
    ]);
    // All of it again, and there is room for it.
    const again = [3, 4, 5].map((work) => lane.add(work, 1));
    await held.finish();
    await held.finish();
    expect(await Promise.all(again)).toEqual([30, 40, 50]);
  });

  it('is idle when nothing is waiting or under way', async () => {
    const held = new HeldCommits();
    const lane = new Lane(held.commit, 100, 100);
    await lane.idle();
    const work = lane.add(1, 1);
    let isIdle = false;
    const idle = lane.idle().then(() => (isIdle = true));
    await turn();
    expect(isIdle).toBe(false);
    await held.finish();
    await Promise.all([work, idle]);
    expect(isIdle).toBe(true);
  });
});
