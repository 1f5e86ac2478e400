import type { DataSource } from 'typeorm';
import { cloudEventType } from '@falconpay/choreography/topic';
import { deadLetterOf, type SetAsideReason } from '@falconpay/dead-letters/dead-letter';
import type { IdempotentRequest } from '@falconpay/idempotency/idempotency-key';
import { findAnswers, placeOf, storeAnswers, type KnownAnswer, type StoredAnswer } from '@falconpay/idempotency/idempotency-table';
import { takeIn } from '@falconpay/inbox/inbox';
import type { OutboxEvent } from '@falconpay/outbox/outbox-event';
import { appendToOutbox } from '@falconpay/outbox/outbox-table';
import { inTransaction, type Statement, type Transaction } from '@falconpay/postgres/transaction';
import { momentAt, type Moment } from './moment.js';
import type { Tables } from './table.js';
import type { Decision, NewEvent, Refusal, Reply, RowKinds } from './use-case.js';
import { isCall, type Outcome, type RequestWork, type Work } from './work.js';
import { WorkingSet } from './working-set.js';

export interface CommitContext<Kinds extends RowKinds> {
  readonly source: DataSource;
  readonly tables: Tables<Kinds>;
  readonly consumerGroup: string;
}

export interface Committed<Kinds extends RowKinds> {
  readonly outcomes: readonly Outcome[];
  readonly decisions: readonly Decision<Kinds>[];
  readonly published: number;
  /** The instant all of it was decided at, by the database's clock. */
  readonly at: Date;
}

const clock: Statement = { name: 'clock', text: 'select clock_timestamp() as now' };

/**
 * Many pieces of work in one database transaction, in the order given. Either all of it is committed and every outcome is
 * final, or it rejects and nothing happened.
 */
export function commitTogether<Kinds extends RowKinds>(
  context: CommitContext<Kinds>,
  work: readonly Work<Kinds>[],
): Promise<Committed<Kinds>> {
  return inTransaction(context.source, async (tx) => {
    const run = new CommitRun(context, work);
    await run.prepare(tx);
    run.decideAll();
    await run.write(tx);
    return run.result;
  });
}

class CommitRun<Kinds extends RowKinds> {
  private readonly outcomes: (Outcome | undefined)[];
  private readonly rows: WorkingSet<Kinds>;
  private readonly events: OutboxEvent[] = [];
  private readonly answers: [IdempotentRequest, StoredAnswer][] = [];
  private readonly decisions: Decision<Kinds>[] = [];
  private moment: Moment = momentAt(new Date(Number.NaN));

  constructor(
    private readonly context: CommitContext<Kinds>,
    private readonly work: readonly Work<Kinds>[],
  ) {
    this.outcomes = work.map(() => undefined);
    this.rows = new WorkingSet(context.tables);
  }

  get result(): Committed<Kinds> {
    return { outcomes: this.outcomes as Outcome[], decisions: this.decisions, published: this.events.length, at: this.moment.now };
  }

  /**
   * One trip to the database: statements of one connection run in the order they are sent, and need not wait for each
   * other's answers. The clock is read last, when all locks are held.
   */
  async prepare(tx: Transaction): Promise<void> {
    const events = this.work.flatMap((each) => (each.kind === 'event' ? [each.eventId] : []));
    const requests = this.work.flatMap((each) => (each.kind === 'request' && each.idempotency ? [each.idempotency] : []));
    const calls = this.work.flatMap((each) => (isCall(each.todo) ? [each.todo] : []));
    const [fresh, known, , [time]] = await Promise.all([
      events.length > 0 ? takeIn(tx, [...new Set(events)]) : new Set<string>(),
      requests.length > 0 ? findAnswers(tx, requests) : new Map<string, KnownAnswer>(),
      this.rows.lock(
        tx,
        calls.map((call) => call.useCase.needs(call.message)),
      ),
      tx.query<{ now: Date }>(clock),
    ]);
    this.sortOutDuplicates(fresh, known);
    if (time) this.moment = momentAt(time.now);
  }

  decideAll(): void {
    this.work.forEach((work, index) => (this.outcomes[index] ??= this.settle(work, this.moment)));
  }

  /** One trip again. The events come last: their positions are taken while all rows are locked. */
  async write(tx: Transaction): Promise<void> {
    await Promise.all([this.rows.write(tx), storeAnswers(tx, this.answers), appendToOutbox(tx, this.events)]);
  }

  private sortOutDuplicates(fresh: Set<string>, known: ReadonlyMap<string, KnownAnswer>): void {
    this.work.forEach((each, index) => {
      if (each.kind === 'request')
        this.outcomes[index] = each.idempotency && replayOf(each.idempotency, known.get(placeOf(each.idempotency)));
      // The second of two in one batch is a duplicate too: the first takes the id out of the set.
      else if (!fresh.delete(each.eventId)) this.outcomes[index] = { kind: 'duplicate' };
    });
  }

  private settle(work: Work<Kinds>, moment: Moment): Outcome {
    if (!isCall(work.todo)) return this.setAside(work, work.todo, moment);
    try {
      const decision = work.todo.useCase.decide(work.todo.message, this.rows, moment);
      if (work.kind === 'request' && !decision.reply) throw new TypeError(`${work.todo.useCase.name} gave no reply to a request`);
      // Whatever can throw comes before anything is put: a decision takes effect whole or not at all.
      const events = (decision.events ?? []).map((event) => outboxEventOf(event, work, moment));
      const outcome: Outcome = work.kind === 'event' ? { kind: 'done' } : this.answer(work, decision.reply as Reply | Refusal);
      this.rows.apply(decision);
      this.decisions.push(decision);
      this.events.push(...events);
      return outcome;
    } catch (error) {
      return work.kind === 'event' ? this.setAside(work, reasonOf(error), moment) : { kind: 'failed', error };
    }
  }

  private answer(work: RequestWork<Kinds>, reply: Reply | Refusal): Outcome {
    const answer = 'refused' in reply ? work.answerRefusal(reply) : answerOf(reply);
    if (work.idempotency && isFinal(answer)) this.answers.push([work.idempotency, answer]);
    return { kind: 'answered', answer, replayed: false };
  }

  private setAside(work: Work<Kinds>, reason: SetAsideReason, moment: Moment): Outcome {
    if (work.kind !== 'event') throw new TypeError('only events can be set aside');
    this.events.push(
      deadLetterOf({ record: work.record, group: this.context.consumerGroup, reason, at: moment.now, id: moment.newUuid() }),
    );
    return { kind: 'set-aside', reason };
  }
}

const answerOf = ({ status, headers, body }: Reply): StoredAnswer => ({ status, headers: headers ?? {}, body: JSON.stringify(body) });

/** A refusal on the merits stays; a request that was wrong in itself leaves its key free for the corrected one. */
const isFinal = ({ status }: StoredAnswer): boolean => status < 400 || status === 422;

/** What a request whose key has an answer gets; undefined when it has none. */
export function replayOf(request: IdempotentRequest, known: KnownAnswer | undefined): Outcome | undefined {
  if (!known) return undefined;
  if (known.fingerprint !== request.fingerprint) return { kind: 'key-reused' };
  return { kind: 'answered', answer: known, replayed: true };
}

const reasonOf = (error: unknown): SetAsideReason =>
  error instanceof Error ? { errorClass: error.name, message: error.message } : { errorClass: 'Error', message: String(error) };

function outboxEventOf<Kinds extends RowKinds>(event: NewEvent, work: Work<Kinds>, moment: Moment): OutboxEvent {
  return {
    id: moment.newUuid(),
    topic: event.topic.name,
    key: String((event.data as Record<string, unknown>)[event.topic.key]),
    type: cloudEventType(event.topic),
    time: moment.now,
    payload: JSON.stringify(event.data),
    sequence: event.sequence,
    causationId: work.kind === 'event' ? work.eventId : work.requestId,
    traceparent: work.traceparent,
    verbatim: undefined,
  };
}
