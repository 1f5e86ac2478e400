import { hostname } from 'node:os';
import type { Logger } from 'pino';
import type { DataSource } from 'typeorm';
import { deadLetterTopic, isDeadLetterTopic, retryTopic } from '@falconpay/choreography/topic';
import { forgetOldKeys } from '@falconpay/idempotency/idempotency-table';
import { inboxPartitions } from '@falconpay/inbox/inbox';
import { CreateWaitingLines1764547200000 } from '@falconpay/inbox/waiting-lines';
import type { InboundRecord } from '@falconpay/kafka/inbound-record';
import { createKafka, type KafkaOptions } from '@falconpay/kafka/kafka-client';
import { KafkaTransport } from '@falconpay/kafka/kafka-transport';
import { retentionOf } from '@falconpay/kafka/topic-retention';
import { ensureTopics, type TopicNeeded } from '@falconpay/kafka/topics';
import { VerifiedProducer } from '@falconpay/kafka/verified-producer';
import { outboxPartitions } from '@falconpay/outbox/outbox-table';
import { CreateRefusedEvents1765152000000, RefusedEvents } from '@falconpay/outbox/refused-events';
import { Relay } from '@falconpay/outbox/relay';
import { RelayCursor, type OutboxRow } from '@falconpay/outbox/relay-cursor';
import type { Committed } from '@falconpay/pipeline/commit';
import { EventIntake } from '@falconpay/pipeline/event-intake';
import type { BatchHandler } from '@falconpay/pipeline/events-controller';
import type { Intake } from '@falconpay/pipeline/intake';
import { Pipeline } from '@falconpay/pipeline/pipeline';
import type { RetryPolicy } from '@falconpay/pipeline/retry-policy';
import type { RowKinds, UseCase } from '@falconpay/pipeline/use-case';
import { isCall, type EventWork, type Work } from '@falconpay/pipeline/work';
import { defineDatabase, openDatabase } from '@falconpay/postgres/database';
import { maintainDayPartitions } from '@falconpay/postgres/day-partitions';
import { CONFIGURATION_IS_WRONG, ConfigurationError } from '@falconpay/telemetry/configuration';
import { fillTogether } from '@falconpay/telemetry/metric-families';
import type { Metrics } from '@falconpay/telemetry/metrics';
import { EventOutcomes } from './event-outcomes.js';
import { QuietFailures } from './quiet-failures.js';
import { RepeatedWork } from './repeated-work.js';
import type { ServiceConfiguration, ServiceDefinition } from './service-definition.js';
import { faultInRetention } from './replay-horizon.js';
import { publisherOf } from './relay-publisher.js';

const maintenanceEveryMs = 60 * 60_000;
const drainEveryMs = 200;
const dayMs = 86_400_000;

/**
 * What stands behind a service's edges: its database, pipeline, outbox relay and Kafka transport. It starts with its
 * database; a broker that is away it waits for while taking requests.
 */
export class ServiceRuntime<Kinds extends RowKinds> {
  readonly source: DataSource;
  readonly pipeline: Pipeline<Kinds>;
  readonly transport: KafkaTransport;
  readonly intake: Intake<Kinds>;
  private readonly relay: Relay;
  private readonly cursor: RelayCursor;
  private readonly producer: VerifiedProducer;
  private readonly publishing: QuietFailures;
  private readonly consuming: QuietFailures;
  private readonly outcomes: EventOutcomes;
  private readonly listeners: ((committed: Committed<Kinds>) => void)[] = [];
  private readonly repeated: RepeatedWork[] = [];
  private readonly stopHooks: (() => Promise<void>)[] = [];
  private maintenance: NodeJS.Timeout | undefined;

  constructor(
    private readonly definition: ServiceDefinition<Kinds>,
    private readonly configuration: ServiceConfiguration,
    private readonly log: Logger,
    private readonly metrics: Metrics,
    version: string,
  ) {
    this.publishing = new QuietFailures(log, 'publishing');
    this.consuming = new QuietFailures(log, 'consuming');
    this.source = defineDatabase({
      url: configuration.databaseUrl,
      applicationName: `falconpay-${definition.name}`,
      migrations: [...definition.migrations, CreateWaitingLines1764547200000, CreateRefusedEvents1765152000000],
      poolSize: configuration.DATABASE_POOL_SIZE,
    });
    const { name, consumerGroup, tables } = definition;
    this.outcomes = new EventOutcomes(consumerGroup, log, metrics);
    this.intake = definition.intake ?? new EventIntake<Kinds>(definition.subscriptions, definition.topics);
    this.pipeline = new Pipeline<Kinds>(
      {
        ...{ source: this.source, tables, consumerGroup, serviceVersion: version, retries: retriesOf(configuration) },
        inboxRetentionMs: configuration.INBOX_RETENTION_DAYS * dayMs,
      },
      {
        onCommitted: (work, committed) => this.committed(work, committed),
        onRetry: (sqlstate) => this.countRetry(sqlstate),
        onSplit: (error, count) => log.error({ err: error, count }, 'a commit failed for what is in it'),
        onDrained: (work, outcomes) =>
          this.outcomes.tell(
            outcomes,
            work.map(({ record }) => record),
          ),
      },
      (record) => this.intake.understand(record),
    );
    const options = kafkaOptions(definition.name, configuration);
    const kafka = createKafka(options, log);
    this.producer = new VerifiedProducer(kafka, options, { onUnverified: (count) => this.countUnverified(count) });
    this.cursor = new RelayCursor(this.source, `${hostname()}:${process.pid}`);
    const broker = new RefusedEvents(this.source, publisherOf(this.producer, name), (row, reason) => this.tellRefused(row, reason));
    this.relay = new Relay(this.cursor, broker, {
      onFailure: (error) => this.publishFailed(error),
      onCaughtUp: () => this.publishing.worked(),
    });
    this.transport = new KafkaTransport(kafka, options, consumerGroup, this.transportEvents(), async () => {
      await ensureTopics(kafka, options, this.topicsNeeded());
      await this.refuseToForget(kafka, options);
    });
  }

  /** Told of every commit, before anybody is answered. */
  onCommitted(listener: (committed: Committed<Kinds>) => void): void {
    this.listeners.push(listener);
  }

  /** From now until the service stops. `what` is told when it fails: "expiring holds". */
  repeat(what: string, everyMs: number, work: () => Promise<unknown>): void {
    this.repeated.push(new RepeatedWork(everyMs, work, new QuietFailures(this.log, what)));
  }

  /** For work that nobody asked for over HTTP or Kafka: once it is committed, what it replied. A refusal is a bug here. */
  async run<Message>(useCase: UseCase<Kinds, Message>, message: Message): Promise<unknown> {
    const outcome = await this.pipeline.request({
      kind: 'request',
      todo: { useCase: useCase as UseCase<Kinds, unknown>, message },
      idempotency: undefined,
      requestId: undefined,
      traceparent: undefined,
      answerRefusal: ({ detail }) => {
        throw new Error(detail);
      },
    });
    if (outcome.kind === 'failed') throw outcome.error;
    return outcome.kind === 'answered' ? JSON.parse(outcome.answer.body) : undefined;
  }

  /** Before the pipeline and the database are closed, while they still work. */
  onStop(stop: () => Promise<void>): void {
    this.stopHooks.push(stop);
  }

  async start(): Promise<void> {
    const connecting = new QuietFailures(this.log, 'connecting to the database');
    await openDatabase(this.source, (error) => connecting.failed(error));
    connecting.worked();
    await this.maintainOrWarn();
    this.maintenance = setInterval(() => void this.maintainOrWarn(), maintenanceEveryMs);
    this.exposeOutbox();
    this.outcomes.expose(this.source, this.intake.topics);
    this.relay.start();
    this.repeat('trying again', drainEveryMs, () => this.pipeline.drainDue());
  }

  /** After the edges are closed: what was accepted is finished, what was committed is published, if the broker is there. */
  async stop(): Promise<void> {
    clearInterval(this.maintenance);
    for (const stop of this.stopHooks) await stop();
    await Promise.all(this.repeated.map((work) => work.stop()));
    await this.pipeline.idle();
    await this.relay.stop();
    await this.producer.close();
    if (this.source.isInitialized) await this.source.destroy();
  }

  /** By topic: each resolves when its records are settled in the database. */
  get handlers(): Record<string, BatchHandler> {
    const { consumerGroup } = this.definition;
    return Object.fromEntries(
      this.intake.topics.flatMap((topic): [string, BatchHandler][] => [
        [topic, (records) => this.takeIn(records)],
        ...(this.intake.understandCommand
          ? [[retryTopic(topic, consumerGroup), (records): Promise<void> => this.takeBack(records, topic)] satisfies [string, BatchHandler]]
          : []),
      ]),
    );
  }

  private takeIn(records: readonly InboundRecord[]): Promise<void> {
    return this.settle(records.map((record) => this.intake.understand(record)));
  }

  /** What operators send back to this service alone. */
  private async takeBack(records: readonly InboundRecord[], topic: string): Promise<void> {
    const commands = records.map((record) => this.intake.understandCommand?.(record, topic));
    records.forEach((record, index) => {
      if (!commands[index]) this.outcomes.refused('it does not say what is wanted', record);
    });
    await this.settle(commands.filter((command) => command !== undefined));
  }

  private async settle(work: readonly EventWork<Kinds>[]): Promise<void> {
    const outcomes = await this.pipeline.takeIn(work);
    this.consuming.worked();
    this.outcomes.tell(
      outcomes,
      work.map(({ record }) => record),
    );
    for (const outcome of outcomes) if (outcome.kind === 'failed') throw outcome.error;
  }

  /** For readiness: whether requests can be taken, and whether they get any further right now. */
  async databaseIsUp(): Promise<boolean> {
    return this.source.query('select 1').then(
      () => true,
      () => false,
    );
  }

  get brokerIsUp(): boolean {
    return !this.publishing.isFailing && this.transport.isConsuming;
  }

  private committed(work: readonly Work<Kinds>[], committed: Committed<Kinds>): void {
    if (committed.published > 0) this.relay.wake();
    this.metrics
      .histogram('falconpay_pipeline_batch_size')
      .with({ pipeline: work[0]?.kind ?? 'request' })
      .observe(work.length);
    if (this.log.isLevelEnabled('debug')) {
      this.log.debug(
        { useCases: [...new Set(work.map(({ todo }) => (isCall(todo) ? todo.useCase.name : 'set-aside')))], count: work.length },
        'committed',
      );
    }
    for (const listener of this.listeners) listener(committed);
  }

  private countRetry(sqlstate: string): void {
    this.metrics.counter('falconpay_db_tx_retries_total').with({ sqlstate }).add();
  }

  private countUnverified(count: number): void {
    this.metrics.counter('falconpay_outbox_publish_unverified_total').with({}).add(count);
    this.log.warn({ count }, 'the broker acknowledged a send in part; the rest is sent again');
  }

  private publishFailed(error: unknown): void {
    this.metrics.counter('falconpay_outbox_publish_failures_total').with({}).add();
    this.publishing.failed(error);
  }

  private tellRefused({ id, topic }: OutboxRow, reason: string): void {
    this.log.error({ event_id: id, topic, reason }, 'the broker refuses an event for what is in it: it is set aside, and tried again');
  }

  private transportEvents() {
    const lag = this.metrics.gauge('falconpay_consumer_lag_records');
    const perPartition = new Map<string, number[]>();
    return {
      onLag: (topic: string, partition: number, records: number) => {
        const partitions = perPartition.get(topic) ?? [];
        partitions[partition] = records;
        perPartition.set(topic, partitions);
        lag.with({ topic, group: this.definition.consumerGroup }).set(partitions.reduce((sum, each) => sum + (each ?? 0), 0));
      },
      onHeld: (_topic: string, error: unknown) => this.consuming.failed(error),
      onCrash: (error: Error) => {
        this.log.fatal({ err: error }, 'the consumer has stopped for good; the process ends so that it is started again');
        setImmediate(() => process.exit(1));
      },
    };
  }

  private exposeOutbox(): void {
    const pending = this.metrics.gauge('falconpay_outbox_pending');
    const oldest = this.metrics.gauge('falconpay_outbox_oldest_pending_seconds');
    fillTogether([pending, oldest], async () => {
      const { count, oldestSeconds, hasLeader, refused } = await this.cursor.pending();
      pending.with({}).set(count + refused.count);
      // A leader whose sends fail gives the lead back each time: that it has none just then says nothing.
      const holdsItUp = this.publishing.isFailing ? 'broker' : hasLeader ? 'behind' : 'no-leader';
      for (const reason of ['broker', 'behind', 'no-leader']) oldest.with({ reason }).set(reason === holdsItUp ? oldestSeconds : 0);
      oldest.with({ reason: 'record' }).set(refused.oldestSeconds);
    });
  }

  /** Nothing waits for it: without its day's partition a row goes to the default one. */
  private async maintainOrWarn(): Promise<void> {
    await this.maintain().catch((error: unknown) => this.log.warn({ err: error }, 'maintenance failed'));
  }

  private async maintain(): Promise<void> {
    const { INBOX_RETENTION_DAYS, OUTBOX_RETENTION_DAYS } = this.configuration;
    const dropped = [
      ...(await maintainDayPartitions(this.source, inboxPartitions(INBOX_RETENTION_DAYS), Date.now())),
      ...(await maintainDayPartitions(
        this.source,
        outboxPartitions(OUTBOX_RETENTION_DAYS, (name) => this.cursor.isPublished(name)),
        Date.now(),
      )),
    ];
    const forgotten = await forgetOldKeys(this.source);
    if (dropped.length > 0 || forgotten > 0) this.log.info({ dropped, idempotencyKeys: forgotten }, 'let go of what is past its retention');
  }

  /** Nothing is consumed before; what operators set later is found at the next start. */
  private async refuseToForget(kafka: ReturnType<typeof createKafka>, options: KafkaOptions): Promise<void> {
    const heard = this.intake.topics.map((name) => ({
      name,
      deadLetters: this.intake.understandCommand && deadLetterTopic(name, this.definition.consumerGroup),
    }));
    const names = heard.flatMap(({ name, deadLetters }) => (deadLetters === undefined ? [name] : [name, deadLetters]));
    const fault = faultInRetention(heard, await retentionOf(kafka, options, names), this.configuration);
    if (fault === undefined) return;
    this.log.fatal(`configuration: ${fault}`);
    setImmediate(() => process.exit(CONFIGURATION_IS_WRONG));
    throw new ConfigurationError(fault);
  }

  private topicsNeeded(): TopicNeeded[] {
    const heard = this.intake.topics;
    const { consumerGroup: group } = this.definition;
    if (!this.intake.understandCommand) {
      // What looks on has hardly any dead letters of its own; the topics it hears may not be there yet.
      const own = heard.map((topic) => ({ name: deadLetterTopic(topic, group), deadLetters: true, partitions: 1 }));
      return [...heard.map((name) => ({ name, deadLetters: isDeadLetterTopic(name) })), ...own];
    }
    return [
      ...this.definition.topics.map(({ name }) => ({ name })),
      ...heard.map((topic) => ({ name: deadLetterTopic(topic, group), deadLetters: true })),
      // What operators send back is little, and keeps its order whatever its key is.
      ...heard.map((topic) => ({ name: retryTopic(topic, group), deadLetters: true, partitions: 1 })),
    ];
  }
}

const retriesOf = (configuration: ServiceConfiguration): RetryPolicy => ({
  budgetMs: configuration.RETRY_BUDGET_MS,
  firstDelayMs: configuration.RETRY_FIRST_DELAY_MS,
  delayMsMax: configuration.RETRY_DELAY_MAX_MS,
  replayCountMax: configuration.REPLAY_COUNT_MAX,
});

const kafkaOptions = (service: string, configuration: ServiceConfiguration): KafkaOptions => ({
  brokers: configuration.KAFKA_BROKERS,
  clientId: `falconpay-${service}`,
  prefix: configuration.KAFKA_PREFIX ?? '',
  replicationFactor: configuration.KAFKA_REPLICATION_FACTOR,
  partitions: configuration.KAFKA_PARTITIONS,
});
