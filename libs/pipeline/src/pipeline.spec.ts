import { randomUUID } from 'node:crypto';
import { InvariantViolation } from '@falconpay/lifecycle/lifecycle';
import { defineDatabase } from '@falconpay/postgres/database';
import { DatabaseUnavailable } from '@falconpay/postgres/errors';
import { eventually } from '@falconpay/testing/eventually';
import { createDatabase } from '@falconpay/testing/infrastructure';
import { add, CounterDatabase, event, kindsOf, trouble, type Add, type Counter, type CounterRows } from './counters-for-specs.js';
import type { Pipeline } from './pipeline.js';
import type { UseCase } from './use-case.js';
import type { RequestWork } from './work.js';

let database: CounterDatabase;
let pipeline: Pipeline<CounterRows>;
let commits: number[];
let splits: number[];
let retries: string[];
beforeAll(async () => {
  database = await CounterDatabase.in(await createDatabase('pipeline'));
});
beforeEach(async () => {
  await database.clear();
  [commits, splits, retries] = [[], [], []];
  pipeline = newPipeline();
});
afterAll(() => database.drop());

const newPipeline = (from = database.source): Pipeline<CounterRows> => database.pipeline({ commits, splits, retries }, undefined, from);
const query = <Row>(text: string): Promise<Row[]> => database.source.query(text) as Promise<Row[]>;
const valueOf = (counter: string): Promise<number | undefined> => database.valueOf(counter);
const countOf = (table: string): Promise<number> => database.countOf(table);

const request = (message: Add, key: string = randomUUID(), fingerprint = 'same'): RequestWork<CounterRows> => ({
  kind: 'request',
  todo: { useCase: add as UseCase<CounterRows, unknown>, message },
  idempotency: { client: 'c', route: 'r', key, fingerprint },
  requestId: undefined,
  traceparent: undefined,
  answerRefusal: ({ detail }) => ({ status: 422, headers: {}, body: detail }),
});

describe('events', () => {
  it('that arrive together share a commit, and each sees what the ones before it did', async () => {
    const outcomes = await pipeline.takeIn(Array.from({ length: 100 }, () => event({ to: 'a', count: 1 })));
    expect(kindsOf(outcomes)).toEqual({ done: 100 });
    expect(commits).toEqual([100]);
    expect(await valueOf('a')).toBe(100);
    expect(await countOf('outbox')).toBe(100);
  });

  it('take effect once, whether they come twice together or one after the other', async () => {
    const one = event({ to: 'a', count: 1 });
    expect(kindsOf(await pipeline.takeIn([one, one, one]))).toEqual({ done: 1, duplicate: 2 });
    expect(kindsOf(await pipeline.takeIn([one]))).toEqual({ duplicate: 1 });
    expect(await valueOf('a')).toBe(1);
    expect(await countOf('outbox')).toBe(1);
  });

  it('are set aside one by one when their decision throws, and change nothing; their neighbours stay in the same commit', async () => {
    trouble.with = ({ count }) => {
      if (count === 500) throw new InvariantViolation('impossible');
    };
    const events = Array.from({ length: 1_000 }, (_, index) => event({ to: `k${index}`, count: index }));
    const outcomes = await pipeline.takeIn(events);
    expect(kindsOf(outcomes)).toEqual({ done: 999, 'set-aside': 1 });
    const failure = { failureClass: 'poison', errorClass: 'InvariantViolation', message: 'impossible', handler: 'add' };
    expect(outcomes[500]).toMatchObject({ kind: 'set-aside', failure });
    expect(commits).toEqual([1_000]);
    expect(splits).toEqual([]);
    expect(await valueOf('k500')).toBeUndefined();
    const [letter] = await query(`select aggregatetype as topic from outbox where type = 'dead-letter'`);
    expect(letter).toEqual({ topic: 't.spec.dlq' });
  });

  it('that the database itself refuses are found among a thousand, kept alone for another try, and only once', async () => {
    const events = Array.from({ length: 1_000 }, (_, index) => event({ to: `k${index}`, count: index === 700 ? 5_000 : 1 }));
    const outcomes = await pipeline.takeIn(events);
    expect(kindsOf(outcomes)).toEqual({ done: 999, 'retried-later': 1 });
    expect(outcomes[700]).toMatchObject({
      kind: 'retried-later',
      failure: { failureClass: 'transient', errorClass: '23514', handler: 'add' },
    });
    expect(splits[0]).toBe(1_000);
    expect(splits.length).toBeLessThanOrEqual(11);
    expect(await countOf('counters')).toBe(999);
    expect(kindsOf(await pipeline.takeIn(events))).toEqual({ duplicate: 1_000 });
    expect(await countOf('held_events')).toBe(1);
    expect(await countOf(`outbox where type = 'dead-letter'`)).toBe(0);
  });

  it('keep their order when their commit is cut to find the culprit', async () => {
    const events = ['1', '2', '3', '4', '5', '6', '7'].map((count) => event({ to: 'a', count: count === '4' ? 5_000 : Number(count) }));
    await pipeline.takeIn(events);
    expect(await database.addedTo('a')).toEqual([1, 2, 3, 5, 6, 7]);
  });

  it('stay unsettled when the database is away: nothing is set aside for that', async () => {
    const gone = defineDatabase({ url: database.url, applicationName: 'gone', migrations: [], poolSize: 1 });
    await gone.initialize();
    const stranded = newPipeline(gone);
    trouble.with = () =>
      void database.source
        .query(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'gone'`)
        .catch(() => undefined);
    const one = event({ to: 'a', count: 1 });
    let rejected: unknown;
    // The session may outlive a commit or two: in the end it is gone in the middle of one.
    for (let tries = 0; tries < 50 && !rejected; tries += 1)
      rejected = await stranded.takeIn([event({ to: `b${tries}`, count: 1 })]).then(
        () => undefined,
        (error: unknown) => error,
      );
    expect(rejected).toBeInstanceOf(DatabaseUnavailable);
    trouble.with = () => undefined;
    expect(kindsOf(await stranded.takeIn([one]))).toEqual({ done: 1 });
    expect(await countOf(`outbox where type = 'dead-letter'`)).toBe(0);
    await gone.destroy();
  });
});

describe('requests', () => {
  it('that arrive at once take few commits, and every one is answered with its own effect', async () => {
    const outcomes = await Promise.all(Array.from({ length: 64 }, () => pipeline.request(request({ to: 'a', count: 1 }))));
    const answers = outcomes.map((outcome) => (outcome.kind === 'answered' ? (JSON.parse(outcome.answer.body) as Counter).value : -1));
    expect(answers.sort((a, b) => a - b)).toEqual(Array.from({ length: 64 }, (_, index) => index + 1));
    expect(commits.length).toBeLessThanOrEqual(3);
    expect(commits.reduce((sum, count) => sum + count)).toBe(64);
  });

  it('take effect once per key, and get the same answer to the byte ever after', async () => {
    const first = await pipeline.request(request({ to: 'a', count: 1 }, 'key'));
    const again = await newPipeline().request(request({ to: 'a', count: 1 }, 'key'));
    expect(again).toMatchObject({ kind: 'answered', replayed: true });
    expect(again.kind === 'answered' && first.kind === 'answered' && again.answer.body === first.answer.body).toBe(true);
    expect(await valueOf('a')).toBe(1);
  });

  it('with one key at the same moment take effect once, in one instance as in two', async () => {
    const [one, two] = [newPipeline(), newPipeline()];
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, (_, index) => (index % 2 === 0 ? one : two).request(request({ to: 'a', count: 1 }, 'key'))),
    );
    const kinds = outcomes.map((outcome) => (outcome.kind === 'answered' ? (outcome.replayed ? 'replayed' : 'new') : outcome.kind));
    expect(kinds.filter((kind) => kind === 'new')).toHaveLength(1);
    expect(new Set(kinds.filter((kind) => kind !== 'new'))).toEqual(
      new Set(kinds.includes('replayed') ? ['replayed', 'in-progress'] : ['in-progress']),
    );
    expect(await valueOf('a')).toBe(1);
  });

  it('whose key has its answer already all get it, however many come at the same moment', async () => {
    const first = await pipeline.request(request({ to: 'a', count: 1 }, 'key'));
    const again = await Promise.all(Array.from({ length: 20 }, () => pipeline.request(request({ to: 'a', count: 1 }, 'key'))));
    const replay = { kind: 'answered', replayed: true, answer: first.kind === 'answered' ? { body: first.answer.body } : undefined };
    for (const outcome of again) expect(outcome).toMatchObject(replay);
    expect(await valueOf('a')).toBe(1);
  });

  it('are refused with a key that came with another request', async () => {
    await pipeline.request(request({ to: 'a', count: 1 }, 'key'));
    expect(await pipeline.request(request({ to: 'a', count: 2 }, 'key', 'other'))).toEqual({ kind: 'key-reused' });
    expect(await valueOf('a')).toBe(1);
  });

  it('whose decision throws are told so, change nothing, keep no answer, and leave their neighbours alone', async () => {
    trouble.with = ({ count }) => {
      if (count === 13) throw new TypeError('a bug');
    };
    const [good, bad] = await Promise.all([
      pipeline.request(request({ to: 'a', count: 1 })),
      pipeline.request(request({ to: 'b', count: 13 }, 'key')),
    ]);
    expect(good).toMatchObject({ kind: 'answered' });
    expect(bad).toMatchObject({ kind: 'failed', error: new TypeError('a bug') });
    expect(await valueOf('b')).toBeUndefined();
    trouble.with = () => undefined;
    expect(await pipeline.request(request({ to: 'b', count: 13 }, 'key'))).toMatchObject({ kind: 'answered', replayed: false });
  });

  it('that the database refuses are told so alone', async () => {
    const outcomes = await Promise.all([1, 5_000, 1].map((count, index) => pipeline.request(request({ to: `k${index}`, count }))));
    expect(outcomes.map(({ kind }) => kind)).toEqual(['answered', 'failed', 'answered']);
    expect(await countOf('idempotency_keys')).toBe(2);
  });
});

describe('a lost race', () => {
  it('is run again, and sees what the winner did', async () => {
    // Somebody else is about to insert the counter: the request does not find it, and waits to insert it too.
    const other = database.source.createQueryRunner();
    await other.startTransaction();
    try {
      await other.query(`insert into counters values ('new', 2, 1)`);
      const answer = pipeline.request(request({ to: 'new', count: 1 }));
      await eventually('the request waits for the other', async () => {
        const [waiting] = (await database.source.query(
          `select count(*)::int as count from pg_stat_activity where datname = current_database() and cardinality(pg_blocking_pids(pid)) > 0`,
        )) as { count: number }[];
        return waiting?.count === 1;
      });
      await other.commitTransaction();
      expect(await answer).toMatchObject({ kind: 'answered' });
    } finally {
      await other.release();
    }
    expect(await valueOf('new')).toBe(3);
    expect(retries).toEqual(['23505']);
  });

  it('between transactions over the same rows loses no update', async () => {
    const pipelines = [newPipeline(), newPipeline(), newPipeline()];
    await Promise.all(
      Array.from({ length: 150 }, (_, index) =>
        (pipelines[index % 3] ?? pipeline).request(request({ to: ['a', 'b', 'c'][index % 3] ?? '', count: 1 })),
      ),
    );
    await Promise.all(
      Array.from({ length: 150 }, (_, index) =>
        (pipelines[index % 3] ?? pipeline).takeIn([event({ to: ['c', 'b', 'a'][index % 3] ?? '', count: 1 })]),
      ),
    );
    expect([await valueOf('a'), await valueOf('b'), await valueOf('c')]).toEqual([100, 100, 100]);
  });

  it('that is lost again and again is given up after some tries, and told', async () => {
    await database.source.query(
      `create function always_lose() returns trigger language plpgsql as $$ begin raise exception 'lost' using errcode = '40001'; end $$`,
    );
    await database.source.query('create trigger lose before insert on counters for each row execute function always_lose()');
    try {
      const outcome = await pipeline.request(request({ to: 'a', count: 1 }));
      expect(outcome).toMatchObject({ kind: 'failed', error: { code: '40001' } });
      expect(retries).toEqual(Array(5).fill('40001'));
    } finally {
      await database.source.query('drop trigger lose on counters');
      await database.source.query('drop function always_lose()');
    }
  });
});
