import { randomUUID } from 'node:crypto';
import { InvariantViolation } from '@falconpay/lifecycle/lifecycle';
import { headerOf } from '@falconpay/kafka/inbound-record';
import { recordOf } from '@falconpay/outbox/outbox-record';
import type { OutboxRow } from '@falconpay/outbox/relay-cursor';
import { createDatabase } from '@falconpay/testing/infrastructure';
import { CounterDatabase, event, intake, keyed, kindsOf, policy, trouble, type CounterRows } from './counters-for-specs.js';
import type { Pipeline } from './pipeline.js';
import type { EventWork, Outcome } from './work.js';

let database: CounterDatabase;
let pipeline: Pipeline<CounterRows>;
let other: Pipeline<CounterRows>;
let drained: Outcome[];
let failing: Set<number>;
beforeAll(async () => {
  database = await CounterDatabase.in(await createDatabase('lines'));
});
beforeEach(async () => {
  await database.clear();
  [drained, failing] = [[], new Set()];
  trouble.with = ({ count }) => {
    if (failing.has(count)) throw new TypeError(`${count} fails`);
    if (count < 0) throw new InvariantViolation('impossible');
  };
  [pipeline, other] = [database.pipeline({ drained }), database.pipeline({ drained })];
});
afterAll(() => database.drop());

interface LineRow {
  readonly head_id: string | null;
  readonly state: string;
  readonly attempts: number;
  readonly error_class: string | null;
}
const lines = async (): Promise<LineRow[]> =>
  (await database.source.query('select head_id, state, attempts, error_class from blocked_lines order by blocked_at, id')) as LineRow[];
const letters = (): Promise<number> => database.countOf(`outbox where type = 'dead-letter'`);

/** As the back office reads the newest of them. */
async function newestLetter(): Promise<EventWork<CounterRows>> {
  const [row] = (await database.source.query(
    `select * from outbox where type = 'dead-letter' order by position desc limit 1`,
  )) as OutboxRow[];
  if (!row) throw new Error('there is no dead letter');
  const { key, value, headers } = recordOf(row, 'spec').message;
  return intake.understand({
    ...{ topic: 't', partition: 0, offset: '0', timestamp: '0', headers: headers ?? {} },
    ...{ key: key === null ? null : Buffer.from(key ?? ''), value: value === null ? null : Buffer.from(value) },
  });
}

/** As if the delay were over. */
async function drain(by = pipeline): Promise<void> {
  await database.source.query('update blocked_lines set due_at = now() where due_at is not null');
  await by.drainDue();
}

/** Of this moment, as ids of events are. */
function newId(): string {
  const hex = Date.now().toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7${randomUUID().slice(15)}`;
}

interface SentBack {
  readonly of?: string;
  readonly id?: string;
  readonly count?: number;
  readonly more?: Readonly<Record<string, string>>;
}

/** As an operator sends it: the record, and behind its own headers what is wanted. */
function sentBack({ record, eventId }: EventWork<CounterRows>, { of = eventId, id = newId(), count = 1, more = {} }: SentBack = {}) {
  const said = { 'fp-replay-of': of, 'fp-replay-id': id, 'fp-replay-count': String(count), ...more };
  const headers = Object.fromEntries(Object.entries(said).map(([name, value]) => [name, Buffer.from(value)]));
  const work = intake.understandCommand({ ...record, topic: 't.spec.retry', headers: { ...record.headers, ...headers } }, 't');
  if (!work) throw new Error('it does not say what is wanted');
  return work;
}
const discarded = { more: { 'fp-discard': 'it is wrong' } };
const editOf = (head: EventWork<CounterRows>) => ({ of: head.eventId, more: { 'fp-edited-from': head.eventId } });

describe('an event that fails, and may yet go well', () => {
  it('is waited for by later ones of its key, while other keys go on', async () => {
    failing.add(2);
    const outcomes = await pipeline.takeIn([keyed('a', 1), keyed('a', 2), keyed('b', 2), keyed('a', 3), keyed('c', 4), keyed('b', 5)]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['done', 'retried-later', 'retried-later', 'waiting', 'done', 'waiting']);
    expect(kindsOf(await pipeline.takeIn([keyed('a', 6), keyed('c', 7)]))).toEqual({ waiting: 1, done: 1 });
    expect(await database.addedTo('a')).toEqual([1]);
    expect(await database.addedTo('c')).toEqual([4, 7]);
    expect(await letters()).toBe(0);
  });

  it('is tried again, and then the others of its key follow in order of arrival', async () => {
    failing.add(2);
    await pipeline.takeIn([keyed('a', 1), keyed('a', 2), keyed('a', 3)]);
    await pipeline.takeIn([keyed('a', 4)]);
    await drain();
    expect(await lines()).toMatchObject([{ state: 'retrying', attempts: 2, error_class: 'TypeError' }]);
    expect(await database.addedTo('a')).toEqual([1]);
    failing.clear();
    await drain();
    expect(await database.addedTo('a')).toEqual([1, 2, 3, 4]);
    expect(await lines()).toEqual([]);
    expect(await database.countOf('held_events')).toBe(0);
    expect(kindsOf(await pipeline.takeIn([keyed('a', 5)]))).toEqual({ done: 1 });
  });

  it('is not tried before its time', async () => {
    failing.add(2);
    await pipeline.takeIn([keyed('a', 2)]);
    failing.clear();
    await pipeline.drainDue();
    expect(await database.addedTo('a')).toEqual([]);
  });

  it('is known when it comes again, as are those behind it', async () => {
    failing.add(2);
    const events = [keyed('a', 2), keyed('a', 3)];
    await pipeline.takeIn(events);
    expect(kindsOf(await pipeline.takeIn(events))).toEqual({ duplicate: 2 });
    expect(kindsOf(await other.takeIn(events))).toEqual({ duplicate: 2 });
    failing.clear();
    await drain();
    expect(kindsOf(await pipeline.takeIn(events))).toEqual({ duplicate: 2 });
    expect(await database.addedTo('a')).toEqual([2, 3]);
  });

  it('is waited for by every instance, and the one that comes after a restart goes on with it', async () => {
    failing.add(2);
    await pipeline.takeIn([keyed('a', 2)]);
    expect(kindsOf(await other.takeIn([keyed('a', 3), keyed('b', 4)]))).toEqual({ waiting: 1, done: 1 });
    failing.clear();
    await drain(database.pipeline());
    expect(await database.addedTo('a')).toEqual([2, 3]);
  });

  it('is tried by one instance at a time, and nothing is done twice', async () => {
    failing.add(0);
    const keys = Array.from({ length: 40 }, (_, index) => `k${index}`);
    await pipeline.takeIn(keys.flatMap((key) => [0, 1, 2, 3].map((count) => keyed(key, count))));
    failing.clear();
    const instances = [pipeline, other, database.pipeline({ drained })];
    await database.source.query('update blocked_lines set due_at = now()');
    await Promise.all([...instances, ...instances].map((each) => each.drainDue()));
    for (const key of keys) expect(await database.addedTo(key)).toEqual([0, 1, 2, 3]);
    expect(await lines()).toEqual([]);
  });

  it('lets a thousand follow in order while more of them arrive', async () => {
    failing.add(1);
    await pipeline.takeIn([keyed('a', 1)]);
    const followers = Array.from({ length: 1_000 }, () => event({ to: 'a', count: 0 }, randomUUID(), 'a'));
    const order = followers.map(({ eventId }) => eventId);
    await pipeline.takeIn(followers.slice(0, 700));
    failing.clear();
    await database.source.query('update blocked_lines set due_at = now()');
    await Promise.all([
      (async () => {
        for (let at = 700; at < 1_000; at += 20) await pipeline.takeIn(followers.slice(at, at + 20));
      })(),
      other.drainDue(),
    ]);
    await drain(other);
    const caused = (await database.source.query(`select causation_id from outbox order by position offset 1`)) as {
      causation_id: string;
    }[];
    expect(caused.map(({ causation_id }) => causation_id)).toEqual(order);
    expect(await lines()).toEqual([]);
  });

  it('hands over to the follower that fails next', async () => {
    failing.add(2).add(4);
    await pipeline.takeIn([2, 3, 4, 5].map((count) => keyed('a', count)));
    failing.delete(2);
    await drain();
    expect(await database.addedTo('a')).toEqual([2, 3]);
    expect(await lines()).toMatchObject([{ state: 'retrying', attempts: 1 }]);
    failing.clear();
    await drain();
    expect(await database.addedTo('a')).toEqual([2, 3, 4, 5]);
  });

  it('is found among those that waited when it is the database that refuses it', async () => {
    failing.add(1);
    const counts = [1, ...Array.from({ length: 30 }, () => 2), 5_000, 3, 4];
    await pipeline.takeIn(counts.map((count) => keyed('a', count)));
    failing.clear();
    await drain();
    expect(await database.addedTo('a')).toEqual(counts.slice(0, 31));
    expect(await lines()).toMatchObject([{ state: 'retrying', attempts: 1, error_class: '23514' }]);
    await drain();
    expect(await lines()).toMatchObject([{ attempts: 2 }]);
  });

  it('goes to the dead letters when its budget is spent, once, and its key stays blocked', async () => {
    const impatient = database.pipeline({ drained }, { ...policy, budgetMs: 30, firstDelayMs: 20, delayMsMax: 20 });
    failing.add(2);
    await impatient.takeIn([keyed('a', 2), keyed('a', 3)]);
    await database.source.query(`update blocked_lines set first_failed_at = first_failed_at - interval '1 minute'`);
    await drain(impatient);
    expect(kindsOf(drained)).toEqual({ 'set-aside': 1, waiting: 1 });
    expect(await lines()).toMatchObject([{ state: 'dead', attempts: 2 }]);
    await drain(impatient);
    expect(await letters()).toBe(1);
    expect(kindsOf(await impatient.takeIn([keyed('a', 4)]))).toEqual({ waiting: 1 });
    expect(await database.addedTo('a')).toEqual([]);
  });
});

describe('an event that can never go well', () => {
  it('goes to the dead letters at once, and blocks its key alone', async () => {
    const outcomes = await pipeline.takeIn([keyed('a', -1), keyed('a', 1), keyed('b', 2)]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['set-aside', 'waiting', 'done']);
    expect(await letters()).toBe(1);
  });

  it('blocks nobody when it has no key', async () => {
    const outcomes = await pipeline.takeIn([event({ to: 'a', count: -1 }), event({ to: 'a', count: 1 }), event({ to: 'a', count: -2 })]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['set-aside', 'done', 'set-aside']);
    expect(await lines()).toHaveLength(2);
  });
});

describe('an operator', () => {
  const poison = keyed('a', -1);
  let isMended: boolean;
  beforeEach(() => {
    isMended = false;
    trouble.with = ({ count }) => {
      if (count < 0 && !isMended) throw new InvariantViolation('impossible');
    };
  });
  const block = (): Promise<Outcome[]> => pipeline.takeIn([poison, keyed('a', 2), keyed('a', 3)]);

  it('sends a dead letter back: it goes first, those behind it follow', async () => {
    await block();
    isMended = true;
    expect(await pipeline.takeIn([sentBack(poison)])).toEqual([{ kind: 'obeyed' }]);
    expect(await database.addedTo('a')).toEqual([-1]);
    await drain();
    expect(await database.addedTo('a')).toEqual([-1, 2, 3]);
    expect(await lines()).toEqual([]);
  });

  it('sends many back together: each is taken in with the commit that read it, and a key is free when nobody waits behind it', async () => {
    const many = ['a', 'b', 'c', 'd'].map((key) => keyed(key, -1));
    await pipeline.takeIn([...many, keyed('d', 2)]);
    isMended = true;
    const next = [keyed('c', 4), keyed('d', 3)];
    expect(kindsOf(await pipeline.takeIn([...many.map((each) => sentBack(each)), ...next]))).toEqual({ obeyed: 4, waiting: 2 });
    const due = { head_id: null, state: 'retrying' };
    expect(await lines()).toMatchObject([due, due]);
    for (const key of ['a', 'b', 'c']) expect(await database.addedTo(key)).toEqual([-1]);
    expect(kindsOf(await pipeline.takeIn([keyed('a', 2)]))).toEqual({ done: 1 });
    await drain(other);
    expect(await database.addedTo('c')).toEqual([-1, 4]);
    expect(await database.addedTo('d')).toEqual([-1, 2, 3]);
    expect(await lines()).toEqual([]);
  });

  it('hears of the one among many that the database refuses, from where it lay first; the others are taken in', async () => {
    const many = [keyed('a', 1), keyed('b', 5_000), keyed('c', 1)];
    trouble.with = () => {
      throw new InvariantViolation('impossible');
    };
    await pipeline.takeIn(many);
    trouble.with = () => undefined;
    const replays = many.map((each) => sentBack({ ...each, record: { ...each.record, offset: '77' } }));
    expect((await pipeline.takeIn(replays)).map(({ kind }) => kind)).toEqual(['obeyed', 'set-aside', 'obeyed']);
    expect(await lines()).toMatchObject([{ head_id: many[1]?.eventId, state: 'dead', error_class: '23514', attempts: 2 }]);
    expect(headerOf((await newestLetter()).record, 'x-dlq-offset')).toBe(many[1]?.record.offset);
  });

  it('may do so ten times, together or one after the other: it takes effect once', async () => {
    await block();
    isMended = true;
    const replays = Array.from({ length: 10 }, (_, index) => sentBack(poison, { count: index + 1 }));
    expect(kindsOf(await pipeline.takeIn(replays.slice(0, 5)))).toEqual({ obeyed: 1, duplicate: 4 });
    await drain();
    expect(kindsOf(await other.takeIn(replays))).toEqual({ duplicate: 10 });
    await drain();
    expect(await database.addedTo('a')).toEqual([-1, 2, 3]);
    expect(await letters()).toBe(1);
  });

  it('is told at once when it fails again: with the dead letters, behind nobody, and under the same id', async () => {
    await block();
    const replay = sentBack(poison);
    expect(kindsOf(await pipeline.takeIn([replay]))).toEqual({ 'set-aside': 1 });
    expect(await lines()).toMatchObject([{ state: 'dead', attempts: 2, head_id: poison.eventId }]);
    expect(await letters()).toBe(2);
    // What was done is known: the record of a replay may come twice.
    expect(kindsOf(await pipeline.takeIn([replay]))).toEqual({ duplicate: 1 });
    isMended = true;
    expect(kindsOf(await pipeline.takeIn([sentBack(poison, { count: 2 })]))).toEqual({ obeyed: 1 });
    await drain();
    expect(await database.addedTo('a')).toEqual([-1, 2, 3]);
  });

  it('cannot send one back for ever', async () => {
    await block();
    const outcomes = await pipeline.takeIn([sentBack(poison, { count: policy.replayCountMax + 1 })]);
    expect(outcomes).toEqual([{ kind: 'refused', reason: 'it has been replayed too often' }]);
    expect(await lines()).toMatchObject([{ state: 'dead', error_class: 'ReplayedTooOften' }]);
    expect(await letters()).toBe(1);
  });

  it('lets a dead letter go: those behind it follow', async () => {
    await block();
    expect(await pipeline.takeIn([sentBack(poison, discarded)])).toEqual([{ kind: 'obeyed' }]);
    await drain();
    expect(await database.addedTo('a')).toEqual([2, 3]);
    expect(kindsOf(await pipeline.takeIn([sentBack(poison, discarded), sentBack(poison)]))).toEqual({ duplicate: 2 });
    expect(await database.countOf(`inbox where outcome = 'discarded' and event_id = '${poison.eventId}'`)).toBe(1);
  });

  it('puts an edited record in the place of a dead letter', async () => {
    await block();
    const edited = sentBack(keyed('a', 7), editOf(poison));
    expect(await pipeline.takeIn([edited, edited])).toEqual([{ kind: 'obeyed' }, { kind: 'duplicate' }]);
    await drain();
    expect(await database.addedTo('a')).toEqual([7, 2, 3]);
    const late = sentBack(keyed('a', 8), editOf(poison));
    expect(await pipeline.takeIn([late])).toMatchObject([{ kind: 'refused' }]);
    expect(await database.addedTo('a')).toEqual([7, 2, 3]);
    expect(await database.countOf(`inbox where outcome = 'replaced'`)).toBe(1);
  });

  it('sends an edited record back that has failed again: as a replay of what it is now', async () => {
    await block();
    const edited = keyed('a', -7, newId());
    await pipeline.takeIn([sentBack(edited, editOf(poison))]);
    await drain();
    const letter = await newestLetter();
    isMended = true;
    expect(await pipeline.takeIn([sentBack(letter, { count: 2 })])).toEqual([{ kind: 'obeyed' }]);
    await drain();
    expect(await database.addedTo('a')).toEqual([-7, 2, 3]);
    expect(await lines()).toEqual([]);
  });

  it('is told of each delivery what became of it, by its own id, however often it comes', async () => {
    await block();
    const [first, tooMany, late, unknown] = [newId(), newId(), newId(), newId()];
    const outcomeOf = async (id: string) =>
      ((await database.source.query('select outcome from inbox where event_id = $1', [id])) as { outcome: string }[])[0]?.outcome;
    await pipeline.takeIn([sentBack(poison, { id: tooMany, count: policy.replayCountMax + 1 })]);
    isMended = true;
    await pipeline.takeIn([sentBack(poison, { id: first })]);
    await pipeline.takeIn([sentBack(poison, { id: first }), sentBack(poison, { id: late })]);
    await drain();
    await pipeline.takeIn([sentBack(poison, { id: first })]);
    await pipeline.takeIn([sentBack(keyed('a', 1, '01800000-0000-7000-8000-000000000000'), { id: unknown })]);
    expect(await Promise.all([first, tooMany, late, unknown].map(outcomeOf))).toEqual(['done', 'refused', 'refused', 'refused']);
    expect(await database.addedTo('a')).toEqual([-1, 2, 3]);
  });

  it('cannot make an event that was taken in long ago pass for a new one', async () => {
    const forgotten = '01800000-0000-7000-8000-000000000000';
    expect(kindsOf(await pipeline.takeIn([sentBack(keyed('a', 1, forgotten))]))).toEqual({ duplicate: 1 });
    expect(await database.addedTo('a')).toEqual([]);
  });

  it('may send what was never taken in: it is a new event then', async () => {
    const work = sentBack(keyed('a', 1, newId()));
    expect(kindsOf(await pipeline.takeIn([work, work]))).toEqual({ obeyed: 1, duplicate: 1 });
    expect(await database.addedTo('a')).toEqual([1]);
  });
});
