import { deadLetterOf } from '@falconpay/dead-letters/dead-letter';
import type { Failure } from '@falconpay/dead-letters/failure';
import { redacted } from '@falconpay/dead-letters/redacted';
import {
  holdEvents,
  insertLines,
  letGo,
  lineOf,
  lockBlockedLines,
  lockLinesOfHeads,
  releaseEmptyLines,
  settleInInbox,
  updateLines,
  type HeldEvent,
  type LateOutcome,
  type Line,
} from '@falconpay/inbox/waiting-lines';
import { keptOf } from '@falconpay/kafka/kept-record';
import type { OutboxEvent } from '@falconpay/outbox/outbox-event';
import type { Transaction } from '@falconpay/postgres/transaction';
import type { Moment } from './moment.js';
import { nextTryAt, type RetryPolicy } from './retry-policy.js';
import type { RowKinds } from './use-case.js';
import { isUuid } from './operator-command.js';
import type { EventWork, OperatorCommand, Outcome } from './work.js';

export interface LinesContext {
  readonly consumerGroup: string;
  readonly serviceVersion: string;
  readonly retries: RetryPolicy;
}

export interface Failed {
  readonly outcome: Outcome;
  readonly deadLetter: OutboxEvent | undefined;
}

/** Which keys are blocked as a commit begins, and what it makes of them: what fails blocks its key, what comes behind it waits. */
export class LinesOfCommit<Kinds extends RowKinds> {
  private readonly blocked = new Set<string>();
  private readonly locked = new Map<string, Line>();
  /** As they are to be, by id. */
  private readonly lines = new Map<string, Line>();
  private readonly idOfHead = new Map<string, string>();
  private readonly held: HeldEvent[] = [];
  private readonly gone: string[] = [];
  /** Their heads have been taken in, or let go. */
  private readonly drained = new Set<string>();
  /** Dead letters that an operator has sent back, and the lines that they are the heads of. */
  private readonly sentBack = new Map<EventWork<Kinds>, Line>();
  private readonly settled = new Map<string, LateOutcome>();

  constructor(
    private readonly context: LinesContext,
    /** The line that this commit drains: its events are held already. */
    private readonly draining?: Line,
  ) {
    if (draining) this.know(draining);
  }

  get drains(): boolean {
    return this.draining !== undefined;
  }

  get addsLines(): boolean {
    return this.lines.size > this.locked.size;
  }

  /** Heads last: whoever blocks a line is then the only one to know it. */
  async lock(tx: Transaction, work: readonly EventWork<Kinds>[]): Promise<void> {
    const lines = new Set(work.map((each) => this.lineOf(each)));
    const heads = work.flatMap(({ command }) => (command ? [command.headId] : []));
    const [blocked, headed] = await Promise.all([
      lockBlockedLines(tx, [...lines]),
      heads.length > 0 ? lockLinesOfHeads(tx, [...new Set(heads)]) : [],
    ]);
    for (const id of blocked) this.blocked.add(id);
    headed.forEach((line) => this.know(line));
  }

  isBlocked(work: EventWork<Kinds>): boolean {
    return this.blocked.size > 0 && this.blocked.has(this.lineOf(work)) && !this.sentBack.has(work);
  }

  /** Behind the head of its key. */
  wait(work: EventWork<Kinds>): Outcome {
    if (!this.draining) this.held.push(this.heldOf(work));
    return { kind: 'waiting' };
  }

  done(work: EventWork<Kinds>, { now }: Moment): void {
    const sentBack = this.sentBack.get(work);
    if (this.draining) this.gone.push(work.eventId);
    else if (sentBack) this.drain(sentBack, now);
    else return;
    this.settled.set(work.eventId, 'done');
  }

  /** Its key is blocked from here on: until it is tried again, or until an operator has decided. */
  fail(work: EventWork<Kinds>, failure: Failure, moment: Moment): Failed {
    const { now } = moment;
    const line = this.failedLine(work, failure, now);
    const isTriedAgain = line.state === 'retrying';
    this.blocked.add(line.id);
    this.put(line);
    if (this.draining) {
      if (!isTriedAgain) this.gone.push(work.eventId);
    } else if (isTriedAgain) this.held.push(this.heldOf(work));
    if (isTriedAgain) return { outcome: { kind: 'retried-later', failure }, deadLetter: undefined };
    const { eventId } = work;
    const deadLetter = deadLetterOf({
      ...{ eventId, failure, at: now, id: moment.newUuid() },
      record: this.sentBack.has(work) ? { ...work.record, ...placeOf(line) } : work.record,
      ...{ group: this.context.consumerGroup, serviceVersion: this.context.serviceVersion },
      attempts: line.attempts,
      firstFailedAt: line.firstFailedAt ?? now,
      replay: line.replayId === undefined ? undefined : { id: line.replayId, count: line.replayCount },
    });
    return { outcome: { kind: 'set-aside', failure }, deadLetter };
  }

  /** What an operator wants done with a dead letter. Undefined: it is to be decided now, as an event whose turn it is. */
  obey(work: EventWork<Kinds>, isNew: boolean, moment: Moment): Outcome | undefined {
    const { command } = work;
    if (!command) return undefined;
    const outcome = this.carryOut(work, command, isNew, moment);
    // Whoever sent it can ask what became of this one delivery, by its id. The first answer stays: it may come twice.
    const { replayId } = command;
    const isRefused = outcome !== undefined && outcome.kind !== 'obeyed';
    if (isUuid(replayId) && !this.settled.has(replayId)) this.settled.set(replayId, isRefused ? 'refused' : 'done');
    return outcome;
  }

  private carryOut(work: EventWork<Kinds>, command: OperatorCommand, isNew: boolean, moment: Moment): Outcome | undefined {
    const line = this.lines.get(this.idOfHead.get(command.headId) ?? '');
    if (line?.state !== 'dead' || line.headId !== command.headId) {
      if (!isNew) return { kind: 'duplicate' };
      // Nobody knows of a dead letter, and the event was never taken in.
      if (command.kind === 'replay') return undefined;
      this.settled.set(work.eventId, 'refused');
      return { kind: 'refused', reason: 'what it is to replace is no dead letter any more' };
    }
    if (line.replayId === command.replayId) return { kind: 'duplicate' };
    if (command.kind === 'discard') {
      this.settled.set(command.headId, 'discarded');
      this.drain(line, moment.now);
      return { kind: 'obeyed' };
    }
    const told = { replayId: command.replayId, replayCount: command.count };
    if (command.count > this.context.retries.replayCountMax) {
      if (command.kind === 'edit') this.settled.set(work.eventId, 'refused');
      this.put({ ...line, ...told, errorClass: 'ReplayedTooOften', errorMessage: `replayed ${command.count} times` });
      return { kind: 'refused', reason: 'it has been replayed too often' };
    }
    if (command.kind === 'edit') {
      if (!isNew) return { kind: 'refused', reason: 'an edited record needs an id that is new' };
      this.settled.set(command.headId, 'replaced');
    }
    const head = { ...line, ...told, headId: work.eventId };
    this.put(head);
    this.sentBack.set(work, head);
    return undefined;
  }

  /** After the last event of a commit that drains: none failed. */
  goOn({ now }: Moment): void {
    const line = this.draining;
    if (line && !this.blocked.has(line.id)) this.drain(line, now);
  }

  async write(tx: Transaction): Promise<void> {
    const lines = [...this.lines.values()];
    const changed = lines.flatMap((after) => {
      const before = this.locked.get(after.id);
      return before && before !== after ? [{ before, after }] : [];
    });
    const added = lines.filter(({ id }) => !this.locked.has(id));
    await Promise.all([
      insertLines(tx, added),
      updateLines(tx, changed),
      letGo(tx, this.gone),
      holdEvents(tx, this.held),
      releaseEmptyLines(tx, [...this.drained]),
      settleInInbox(tx, this.settled),
    ]);
  }

  private failedLine(work: EventWork<Kinds>, failure: Failure, now: Date): Line {
    const { record, eventId, command } = work;
    const line = this.draining ?? this.sentBack.get(work);
    const isHead = line?.headId === eventId;
    const attempts = isHead ? line.attempts + 1 : 1;
    const firstFailedAt = (isHead ? line.firstFailedAt : undefined) ?? now;
    const replayId = isHead ? line.replayId : command?.replayId;
    // A replay is watched by who asked for it: it is told at once.
    const mayBeTriedAgain = failure.failureClass === 'transient' && replayId === undefined;
    const dueAt = mayBeTriedAgain ? nextTryAt(this.context.retries, { attempts, firstFailedAt }, now, Math.random()) : undefined;
    return {
      ...{ id: line?.id ?? this.lineOf(work), version: line?.version ?? 0, topic: record.topic, key: record.key },
      ...{ headId: eventId, state: dueAt ? 'retrying' : 'dead', dueAt, attempts, firstFailedAt, blockedAt: line?.blockedAt ?? now },
      ...{ errorClass: failure.errorClass, errorMessage: redacted(failure.message, messageBytesMax).replaceAll('\0', '') },
      ...{ replayId, replayCount: (isHead ? line.replayCount : command?.count) ?? 0 },
      ...placeOf(this.sentBack.get(work) ?? record),
    };
  }

  private lineOf({ record, eventId }: EventWork<Kinds>): string {
    return this.draining?.id ?? lineOf(record.topic, record.key, eventId);
  }

  private heldOf(work: EventWork<Kinds>): HeldEvent {
    return { eventId: work.eventId, line: this.lineOf(work), record: keptOf(work.record) };
  }

  private know(line: Line): void {
    this.locked.set(line.id, line);
    this.lines.set(line.id, line);
    if (line.headId !== undefined) this.idOfHead.set(line.headId, line.id);
  }

  /** Whoever waits in it is due; a line in which nobody waits is released. */
  private drain(line: Line, now: Date): void {
    this.put(drainedOf(line, now));
    this.drained.add(line.id);
  }

  /** One version more than it was locked at, however often it changes in this commit. */
  private put(line: Line): void {
    this.lines.set(line.id, { ...line, version: (this.locked.get(line.id)?.version ?? 0) + 1 });
  }
}

const placeOf = ({ partition, offset, timestamp }: Pick<Line, 'partition' | 'offset' | 'timestamp'>) => ({ partition, offset, timestamp });

const drainedOf = (line: Line, now: Date): Line => ({
  ...line,
  ...{ headId: undefined, state: 'retrying', dueAt: now, attempts: 0, firstFailedAt: undefined },
  ...{ errorClass: undefined, errorMessage: undefined, replayId: undefined, replayCount: 0 },
});

const messageBytesMax = 500;
