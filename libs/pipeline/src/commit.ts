import type { DataSource } from 'typeorm';
import { cloudEventType } from '@falconpay/choreography/topic';
import type { Failure } from '@falconpay/dead-letters/failure';
import type { IdempotentRequest } from '@falconpay/idempotency/idempotency-key';
import { findAnswers, placeOf, storeAnswers, type KnownAnswer, type StoredAnswer } from '@falconpay/idempotency/idempotency-table';
import { takeIn } from '@falconpay/inbox/inbox';
import type { OutboxEvent } from '@falconpay/outbox/outbox-event';
import { appendToOutbox } from '@falconpay/outbox/outbox-table';
import { LostRace } from '@falconpay/postgres/errors';
import { inTransaction, type Statement, type Transaction } from '@falconpay/postgres/transaction';
import { failureOf } from './classify-failure.js';
import { LinesOfCommit, type LinesContext } from './lines-of-commit.js';
import { momentAt, type Moment } from './moment.js';
import { wouldBeKnown } from './operator-command.js';
import type { Tables } from './table.js';
import type { Decision, NewEvent, RecordAsItCame, Refusal, Reply, RowKinds } from './use-case.js';
import { isCall, type Call, type EventWork, type Outcome, type RequestWork, type Work } from './work.js';
import { WorkingSet } from './working-set.js';

export interface CommitContext<Kinds extends RowKinds> extends LinesContext {
  readonly source: DataSource;
  readonly tables: Tables<Kinds>;
  readonly inboxRetentionMs: number;
}

export interface Committed<Kinds extends RowKinds> {
  readonly outcomes: readonly Outcome[];
  readonly decisions: readonly Decision<Kinds>[];
  readonly published: number;
  /** The instant all of it was decided at, by the database's clock. */
  readonly at: Date;
  /** Whether any key of this service is blocked: the next commit has to look which. */
  readonly anyBlocked: boolean;
}

/** Somebody has blocked a key since this pipeline last looked. */
export class UnseenLines extends LostRace {
  constructor() {
    super('a key was blocked');
  }
}

// The last statement before the decisions sees what every earlier holder of the inbox's rows has committed: no blocked key escapes
// it, and as long as there is none, nothing more is asked.
const clock: Statement = { name: 'clock', text: 'select clock_timestamp() as now, exists (select from blocked_lines) as any_blocked' };

/**
 * Many pieces of work in one database transaction, in the order given. Either all of it is committed and every outcome is
 * final, or it rejects and nothing happened.
 */
export function commitTogether<Kinds extends RowKinds>(
  context: CommitContext<Kinds>,
  work: readonly Work<Kinds>[],
  lookForLines: boolean,
): Promise<Committed<Kinds>> {
  return inTransaction(context.source, async (tx) => {
    const run = new CommitRun(context, work, new LinesOfCommit<Kinds>(context));
    await run.prepare(tx, lookForLines);
    run.decideAll();
    await run.write(tx);
    return run.result;
  });
}

export class CommitRun<Kinds extends RowKinds> {
  private readonly outcomes: (Outcome | undefined)[];
  private readonly rows: WorkingSet<Kinds>;
  private readonly events: OutboxEvent[] = [];
  private readonly answers: [IdempotentRequest, StoredAnswer][] = [];
  private readonly decisions: Decision<Kinds>[] = [];
  private readonly newByCommand = new Set<number>();
  private moment: Moment = momentAt(new Date(Number.NaN));
  private anyBlocked = false;

  constructor(
    private readonly context: CommitContext<Kinds>,
    private readonly work: readonly Work<Kinds>[],
    private readonly lines: LinesOfCommit<Kinds>,
  ) {
    this.outcomes = work.map(() => undefined);
    this.rows = new WorkingSet(context.tables);
  }

  get result(): Committed<Kinds> {
    const { decisions, anyBlocked, lines } = this;
    return {
      ...{ outcomes: this.outcomes as Outcome[], decisions, published: this.events.length, at: this.moment.now },
      anyBlocked: anyBlocked || lines.addsLines,
    };
  }

  /**
   * One trip to the database: statements of one connection run in the order they are sent, and need not wait for each
   * other's answers. The clock is read last, when all locks are held.
   */
  async prepare(tx: Transaction, lookForLines: boolean): Promise<void> {
    const events = this.work.filter((each) => each.kind === 'event');
    const looks = !this.lines.drains && events.length > 0 && (lookForLines || events.some(({ command }) => command));
    const taken = this.lines.drains ? [] : events.filter((event) => this.mayBeNew(event)).map(({ eventId }) => eventId);
    const requests = this.work.flatMap((each) => (each.kind === 'request' && each.idempotency ? [each.idempotency] : []));
    const calls = this.work.flatMap((each) => (isCall(each.todo) ? [each.todo] : []));
    const [fresh, known, , , [time]] = await Promise.all([
      taken.length > 0 ? takeIn(tx, [...new Set(taken)]) : new Set<string>(),
      requests.length > 0 ? findAnswers(tx, requests) : new Map<string, KnownAnswer>(),
      looks ? this.lines.lock(tx, events) : undefined,
      this.rows.lock(
        tx,
        calls.map((call) => call.useCase.needs(call.message)),
      ),
      tx.query<{ now: Date; any_blocked: boolean }>(clock),
    ]);
    if (!time) throw new Error('the clock gave no time');
    if (time.any_blocked && events.length > 0 && !looks && !this.lines.drains) throw new UnseenLines();
    this.anyBlocked = time.any_blocked;
    this.moment = momentAt(time.now);
    this.sortOutDuplicates(fresh, known);
  }

  decideAll(): void {
    this.work.forEach((work, index) => (this.outcomes[index] ??= this.settle(work, index, this.moment)));
  }

  /** After all of a commit that drains a line. */
  goOn(): void {
    this.lines.goOn(this.moment);
  }

  /** One trip again. The events come last: their positions are taken while all rows are locked. */
  async write(tx: Transaction): Promise<void> {
    await Promise.all([this.rows.write(tx), storeAnswers(tx, this.answers), this.lines.write(tx), appendToOutbox(tx, this.events)]);
  }

  private sortOutDuplicates(fresh: Set<string>, known: ReadonlyMap<string, KnownAnswer>): void {
    this.work.forEach((each, index) => {
      if (each.kind === 'request')
        this.outcomes[index] = each.idempotency && replayOf(each.idempotency, known.get(placeOf(each.idempotency)));
      else if (this.lines.drains) return;
      // The second of two in one batch is a duplicate too: the first takes the id out of the set.
      else if (fresh.delete(each.eventId)) {
        if (each.command) this.newByCommand.add(index);
      } else if (!each.command) this.outcomes[index] = { kind: 'duplicate' };
    });
  }

  /** What comes back from the dead letters is known, or older than what is remembered: then it must not pass for new. */
  private mayBeNew({ command, eventId }: EventWork<Kinds>): boolean {
    if (!command || command.kind === 'edit') return true;
    return command.kind === 'replay' && wouldBeKnown(eventId, Date.now() - this.context.inboxRetentionMs);
  }

  private settle(work: Work<Kinds>, index: number, moment: Moment): Outcome {
    if (work.kind === 'event') {
      const obeyed = this.lines.obey(work, this.newByCommand.has(index), moment);
      if (obeyed) return obeyed;
      if (this.lines.isBlocked(work)) return this.lines.wait(work);
      if (!isCall(work.todo)) return this.fail(work, work.todo, moment);
    }
    const call = work.todo as Call<Kinds>;
    try {
      const decision = call.useCase.decide(call.message, this.rows, moment);
      if (work.kind === 'request' && !decision.reply) throw new TypeError(`${call.useCase.name} gave no reply to a request`);
      // Whatever can throw comes before anything is put: a decision takes effect whole or not at all.
      const events = [
        ...(decision.events ?? []).map((event) => outboxEventOf(event, work, moment)),
        ...(decision.records ?? []).map((record) => verbatimEventOf(record, moment)),
      ];
      const outcome: Outcome =
        work.kind === 'event' ? { kind: work.command ? 'obeyed' : 'done' } : this.answer(work, decision.reply as Reply | Refusal);
      this.rows.apply(decision);
      this.decisions.push(decision);
      this.events.push(...events);
      if (work.kind === 'event') this.lines.done(work, moment);
      return outcome;
    } catch (error) {
      return work.kind === 'event' ? this.fail(work, failureOf(error, call.useCase.name), moment) : { kind: 'failed', error };
    }
  }

  private answer(work: RequestWork<Kinds>, reply: Reply | Refusal): Outcome {
    const answer = 'refused' in reply ? work.answerRefusal(reply) : answerOf(reply);
    if (work.idempotency && isFinal(answer)) this.answers.push([work.idempotency, answer]);
    return { kind: 'answered', answer, replayed: false };
  }

  private fail(work: EventWork<Kinds>, failure: Failure, moment: Moment): Outcome {
    const { outcome, deadLetter } = this.lines.fail(work, failure, moment);
    if (deadLetter) this.events.push(deadLetter);
    return outcome;
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

function verbatimEventOf({ topic, key, value, headers }: RecordAsItCame, moment: Moment): OutboxEvent {
  return {
    id: moment.newUuid(),
    topic,
    key: key?.toString('utf8').replaceAll('\0', '') ?? '',
    type: 'record',
    time: moment.now,
    payload: value?.toString('base64') ?? '',
    sequence: undefined,
    causationId: undefined,
    traceparent: undefined,
    verbatim: { key: key?.toString('base64') ?? null, ...(value === undefined && { withoutValue: true }), headers },
  };
}
