import { randomUUID } from 'node:crypto';
import type { DataSource, MigrationInterface, QueryRunner } from 'typeorm';
import { createIdempotencyKeys } from '@falconpay/idempotency/idempotency-table';
import { createInbox } from '@falconpay/inbox/inbox';
import { CreateWaitingLines1764547200000 } from '@falconpay/inbox/waiting-lines';
import { cloudEventType, type Topic } from '@falconpay/choreography/topic';
import type { InboundRecord } from '@falconpay/kafka/inbound-record';
import { createOutbox } from '@falconpay/outbox/outbox-table';
import { defineDatabase, openDatabase } from '@falconpay/postgres/database';
import { insertInto, updateById } from '@falconpay/postgres/set-based';
import { EventIntake, on } from './event-intake.js';
import { Pipeline } from './pipeline.js';
import type { RetryPolicy } from './retry-policy.js';
import type { Table } from './table.js';
import { defineUseCase } from './use-case.js';
import type { EventWork, Outcome, Work } from './work.js';

export interface Counter {
  readonly id: string;
  readonly value: number;
  readonly version: number;
}
export type CounterRows = { counters: Counter };

class CreateCounters1700000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await createOutbox(runner);
    await createInbox(runner);
    await createIdempotencyKeys(runner);
    await runner.query('create table counters (id text primary key, value int not null check (value < 1000), version int not null)');
  }
  async down(): Promise<void> {}
}

const id = { type: 'text', of: (row: Counter) => row.id };
const value = { type: 'int', of: (row: Counter) => row.value };
const counters: Table<Counter> = {
  keysOf: (row) => [row.id],
  lock: (tx, ids) => tx.query<Counter>({ name: 'lock', text: 'select * from counters where id = any($1) order by id for update' }, [ids]),
  insert: insertInto<Counter>('counters', { id, value, version: { type: 'int', of: (row) => row.version } }),
  update: updateById<Counter>('counters', id, { value }),
};

export interface Add {
  readonly to: string;
  readonly count: number;
}

/** What a decision does beside its work: given by each test. */
export const trouble: { with(message: Add): void } = { with: () => undefined };
const happened = { name: 'counter.changed', version: 1, key: 'counter_id', schema: {} } as never;

export const add = defineUseCase<CounterRows>()({
  name: 'add',
  needs: ({ to }: Add) => ({ counters: [to] }),
  decide: (message, rows) => {
    trouble.with(message);
    const row = rows.get('counters', message.to);
    const after = row
      ? { ...row, value: row.value + message.count, version: row.version + 1 }
      : { id: message.to, value: message.count, version: 1 };
    return {
      put: { counters: [after] },
      events: [{ topic: happened, data: { counter_id: message.to, value: after.value, added: message.count }, sequence: after.version }],
      reply: { status: 201, body: { value: after.value } },
    };
  },
});

/** What the listener was told. */
export interface Told {
  readonly commits: number[];
  readonly splits: number[];
  readonly retries: string[];
  readonly drained: Outcome[];
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** Nothing is tried again while a spec runs, unless it says that the delay is over. */
export const policy: RetryPolicy = { budgetMs: dayMs, firstDelayMs: hourMs, delayMsMax: hourMs, replayCountMax: 20 };

/** Where the counters are: a database of the spec's own. */
interface OwnDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

export class CounterDatabase {
  private constructor(
    private readonly database: OwnDatabase,
    readonly source: DataSource,
  ) {}

  static async in(database: OwnDatabase): Promise<CounterDatabase> {
    const source = defineDatabase({
      url: database.url,
      applicationName: 'spec',
      migrations: [CreateCounters1700000000000, CreateWaitingLines1764547200000],
    });
    await openDatabase(source, () => undefined);
    return new CounterDatabase(database, source);
  }

  get url(): string {
    return this.database.url;
  }

  async clear(): Promise<void> {
    await this.source.query('truncate counters, inbox, outbox, idempotency_keys, blocked_lines, held_events');
    trouble.with = () => undefined;
  }

  async drop(): Promise<void> {
    await this.source.destroy();
    await this.database.drop();
  }

  pipeline(told: Partial<Told> = {}, retries = policy, source = this.source): Pipeline<CounterRows> {
    return new Pipeline<CounterRows>(
      { source, tables: { counters }, consumerGroup: 'spec', serviceVersion: '1', retries, inboxRetentionMs: 45 * dayMs },
      {
        onCommitted: (work: readonly Work<CounterRows>[]) => told.commits?.push(work.length),
        onSplit: (_error, count) => told.splits?.push(count),
        onRetry: (sqlstate) => told.retries?.push(sqlstate),
        onDrained: (_work, outcomes) => told.drained?.push(...outcomes),
      },
      understand,
    );
  }

  async valueOf(counter: string): Promise<number | undefined> {
    return ((await this.source.query('select value from counters where id = $1', [counter])) as Counter[])[0]?.value;
  }

  async countOf(table: string): Promise<number> {
    return ((await this.source.query(`select count(*)::int as count from ${table}`)) as { count: number }[])[0]?.count ?? -1;
  }

  /** What was added to a counter, in the order in which it took effect. */
  async addedTo(counter: string): Promise<number[]> {
    const events = (await this.source.query(
      `select convert_from(payload, 'UTF8') as data from outbox where type <> 'dead-letter' and aggregateid = $1 order by position`,
      [counter],
    )) as { data: string }[];
    return events.map(({ data }) => (JSON.parse(data) as { added: number }).added);
  }
}

const topic: Topic = { name: 't', publisher: 'spec', version: 1, about: '', key: 'to', keyWhy: '', schema: {} };

/** As a service reads what it hears. */
export const intake = new EventIntake<CounterRows>({ t: on(add, (data: Add) => data) }, [topic]);

const recordOf = (message: Add, key: string | null, eventId: string): InboundRecord => ({
  ...{ topic: 't', partition: 0, offset: '0', timestamp: '0', key: key === null ? null : Buffer.from(key) },
  value: Buffer.from(JSON.stringify(message)),
  headers: { ce_id: Buffer.from(eventId), ce_type: Buffer.from(cloudEventType(topic)) },
});

const understand = (record: InboundRecord): EventWork<CounterRows> => intake.understand(record);

/** Without a key it has no order to keep. */
export const event = (message: Add, eventId: string = randomUUID(), key: string | null = null): EventWork<CounterRows> =>
  understand(recordOf(message, key, eventId));
/** Of the counter it adds to: they stay in order. */
export const keyed = (to: string, count: number, eventId: string = randomUUID()): EventWork<CounterRows> =>
  event({ to, count }, eventId, to);

export const kindsOf = (outcomes: readonly Outcome[]): Record<string, number> => {
  const kinds: Record<string, number> = {};
  for (const { kind } of outcomes) kinds[kind] = (kinds[kind] ?? 0) + 1;
  return kinds;
};
