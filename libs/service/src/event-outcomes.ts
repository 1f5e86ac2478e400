import type { Logger } from 'pino';
import type { DataSource } from 'typeorm';
import { failureClasses, type Failure } from '@falconpay/dead-letters/failure';
import { redacted } from '@falconpay/dead-letters/redacted';
import { stateOf } from '@falconpay/inbox/waiting-lines';
import type { InboundRecord } from '@falconpay/kafka/inbound-record';
import type { Outcome } from '@falconpay/pipeline/work';
import type { Metrics } from '@falconpay/telemetry/metrics';

const reasonBytesMax = 1_024;

/** What became of events, in figures and in the log. */
export class EventOutcomes {
  constructor(
    private readonly group: string,
    private readonly log: Logger,
    private readonly metrics: Metrics,
  ) {}

  expose(source: DataSource, topics: readonly string[]): void {
    this.exposeAtZero(topics);
    this.exposeLines(source);
  }

  /** What should never be counted is there from the start: of a series that begins with 1 no alert sees that it grew. */
  private exposeAtZero(topics: readonly string[]): void {
    const setAside = this.metrics.counter('falconpay_records_set_aside_total');
    for (const topic of topics) for (const each of failureClasses) setAside.with({ topic, group: this.group, class: each });
    this.metrics.counter('falconpay_invariant_violations_total').with({ invariant: 'lifecycle' });
  }

  /** The keys that are blocked now, whoever of the instances blocked them. */
  private exposeLines(source: DataSource): void {
    const blocked = this.metrics.gauge('falconpay_blocked_keys');
    const oldest = this.metrics.gauge('falconpay_blocked_oldest_seconds');
    const waiting = this.metrics.gauge('falconpay_waiting_events');
    blocked.onScrape(async () => {
      const state = await stateOf(source);
      blocked.with({ state: 'retrying' }).set(state.retrying);
      blocked.with({ state: 'dead' }).set(state.dead);
      oldest.with({}).set(state.oldestSeconds);
      waiting.with({}).set(state.waiting);
    });
  }

  /** Each with the record it became of. */
  tell(outcomes: readonly Outcome[], records: readonly InboundRecord[]): void {
    let duplicates = 0;
    outcomes.forEach((outcome, index) => {
      if (outcome.kind === 'done' || outcome.kind === 'waiting') return;
      const record = records[index];
      if (outcome.kind === 'duplicate') duplicates += 1;
      else if (outcome.kind === 'set-aside') this.setAside(outcome.failure, record);
      else if (outcome.kind === 'retried-later') this.retriedLater(outcome.failure, record);
      else if (outcome.kind === 'obeyed') this.commanded('obeyed');
      else if (outcome.kind === 'refused') this.refused(outcome.reason, record);
    });
    if (duplicates > 0) this.metrics.counter('falconpay_inbox_duplicates_total').with({ consumer: this.group }).add(duplicates);
  }

  refused(reason: string, record: InboundRecord | undefined): void {
    this.commanded('refused');
    this.log.warn({ ...placeOf(record), reason }, 'refused a record that an operator sent back');
  }

  private setAside(failure: Failure, record: InboundRecord | undefined): void {
    const labels = { topic: record?.topic ?? '', group: this.group, class: failure.failureClass };
    this.metrics.counter('falconpay_records_set_aside_total').with(labels).add();
    if (failure.errorClass === 'InvariantViolation')
      this.metrics.counter('falconpay_invariant_violations_total').with({ invariant: 'lifecycle' }).add();
    this.log.error({ ...placeOf(record), reason: reasonOf(failure) }, 'set aside a record');
  }

  private retriedLater(failure: Failure, record: InboundRecord | undefined): void {
    this.metrics
      .counter('falconpay_event_retries_total')
      .with({ topic: record?.topic ?? '', group: this.group })
      .add();
    this.log.warn({ ...placeOf(record), reason: reasonOf(failure) }, 'an event failed; it is tried again later');
  }

  private commanded(result: 'obeyed' | 'refused'): void {
    this.metrics.counter('falconpay_operator_commands_total').with({ group: this.group, result }).add();
  }
}

const placeOf = (record: InboundRecord | undefined) => ({ topic: record?.topic, partition: record?.partition, offset: record?.offset });
const reasonOf = ({ errorClass, message }: Failure): string => redacted(`${errorClass}: ${message}`, reasonBytesMax);
