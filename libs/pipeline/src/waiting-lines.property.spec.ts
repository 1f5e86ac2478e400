import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { InvariantViolation } from '@falconpay/lifecycle/lifecycle';
import { createDatabase } from '@falconpay/testing/infrastructure';
import { CounterDatabase, keyed, trouble, type CounterRows } from './counters-for-specs.js';
import type { Pipeline } from './pipeline.js';
import type { EventWork } from './work.js';

/** What happens to an event: how often it fails before it goes well, and whether that is for good until an operator mends it. */
interface Fate {
  readonly key: string;
  readonly failures: number;
  readonly isPoison: boolean;
}
type Step =
  | { readonly do: 'deliver'; readonly by: number; readonly count: number }
  | { readonly do: 'deliver again'; readonly by: number; readonly back: number }
  | { readonly do: 'drain'; readonly by: number }
  | { readonly do: 'send back' | 'discard'; readonly by: number; readonly which: number };

const fate = fc.record({ key: fc.constantFrom('a', 'b', 'c'), failures: fc.nat(2), isPoison: fc.boolean() });
const by = fc.nat(1);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('deliver' as const), by, count: fc.integer({ min: 1, max: 6 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('deliver again' as const), by, back: fc.integer({ min: 1, max: 8 }) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('drain' as const), by }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('send back' as const, 'discard' as const), by, which: fc.nat(5) }) },
);

let database: CounterDatabase;
beforeAll(async () => {
  database = await CounterDatabase.in(await createDatabase('lines_property'));
});
afterAll(() => database.drop());

/** One run: two instances over one database, fed in Kafka's order, and an operator. */
class Run {
  private readonly instances: Pipeline<CounterRows>[];
  private readonly events: EventWork<CounterRows>[];
  private readonly failuresLeft: number[];
  private delivered = 0;
  readonly discarded = new Set<number>();

  constructor(private readonly fates: readonly Fate[]) {
    this.instances = [database.pipeline(), database.pipeline()];
    this.events = fates.map(({ key }, index) => keyed(key, index));
    this.failuresLeft = fates.map(({ failures }) => failures);
    trouble.with = ({ count }) => {
      const left = this.failuresLeft[count] ?? 0;
      if (left === 0) return;
      this.failuresLeft[count] = left - 1;
      throw fates[count]?.isPoison ? new InvariantViolation('not yet') : new TypeError('not yet');
    };
  }

  async take(step: Step): Promise<void> {
    const instance = this.instances[step.by] as Pipeline<CounterRows>;
    if (step.do === 'deliver') {
      await instance.takeIn(this.events.slice(this.delivered, this.delivered + step.count));
      this.delivered = Math.min(this.events.length, this.delivered + step.count);
    } else if (step.do === 'deliver again') {
      await instance.takeIn(this.events.slice(Math.max(0, this.delivered - step.back), this.delivered));
    } else if (step.do === 'drain') {
      await this.drain(instance);
    } else {
      const dead = await this.dead();
      const head = dead[step.which % Math.max(1, dead.length)];
      if (head !== undefined) await this.command(instance, head, step.do === 'discard' ? 'discard' : 'replay');
    }
  }

  /** Everything arrives, and whatever is dead is sent back until nothing is blocked. */
  async finish(): Promise<void> {
    const [instance] = this.instances as [Pipeline<CounterRows>];
    await instance.takeIn(this.events.slice(this.delivered));
    for (let round = 0; round < 200; round += 1) {
      await this.drain(instance);
      if ((await database.countOf('blocked_lines')) === 0) return;
      for (const head of await this.dead()) await this.command(instance, head, 'replay');
    }
    throw new Error('it does not come to an end');
  }

  expected(key: string): number[] {
    return this.fates.flatMap((each, index) => (each.key === key && !this.discarded.has(index) ? [index] : []));
  }

  private async command(instance: Pipeline<CounterRows>, head: number, kind: 'replay' | 'discard'): Promise<void> {
    const work = this.events[head] as EventWork<CounterRows>;
    const [outcome] = await instance.takeIn([{ ...work, command: { kind, headId: work.eventId, replayId: randomUUID(), count: 1 } }]);
    if (kind === 'discard' && outcome?.kind === 'obeyed') this.discarded.add(head);
  }

  private async dead(): Promise<number[]> {
    const rows = (await database.source.query(`select head_id from blocked_lines where state = 'dead' order by head_id`)) as {
      head_id: string;
    }[];
    return rows.map(({ head_id }) => this.events.findIndex(({ eventId }) => eventId === head_id));
  }

  private async drain(instance: Pipeline<CounterRows>): Promise<void> {
    await database.source.query('update blocked_lines set due_at = now() where due_at is not null');
    await instance.drainDue();
  }
}

it('whatever fails, comes again, is sent back or let go: each key’s events take effect once and in order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fate, { minLength: 1, maxLength: 25 }), fc.array(step, { maxLength: 25 }), async (fates, steps) => {
      await database.clear();
      const run = new Run(fates);
      for (const each of steps) {
        await run.take(each);
        // Nobody waits behind a key that is not blocked.
        expect(await database.countOf('held_events where line not in (select id from blocked_lines)')).toBe(0);
      }
      await run.finish();
      for (const key of ['a', 'b', 'c']) expect(await database.addedTo(key)).toEqual(run.expected(key));
      expect(await database.countOf('held_events')).toBe(0);
    }),
    { numRuns: 60 },
  );
});
