import type { IdempotentRequest } from '@falconpay/idempotency/idempotency-key';
import { placeOf, readAnswer } from '@falconpay/idempotency/idempotency-table';
import type { InboundRecord } from '@falconpay/kafka/inbound-record';
import { DatabaseUnavailable } from '@falconpay/postgres/errors';
import { failureOf } from './classify-failure.js';
import { commitTogether, replayOf, UnseenLines, type CommitContext, type Committed } from './commit.js';
import { Lane } from './lane.js';
import { LineDrainer } from './line-drainer.js';
import { retriedRaces } from './retried-races.js';
import type { RowKinds } from './use-case.js';
import { isCall, type EventWork, type Outcome, type RequestWork, type Work } from './work.js';

export interface PipelineEvents<Kinds extends RowKinds> {
  /** Right after a commit, before anybody is answered. */
  onCommitted(work: readonly Work<Kinds>[], committed: Committed<Kinds>): void;
  /** A transaction lost a race and is done again. */
  onRetry(sqlstate: string): void;
  /** A commit failed for what is in it, which ought not to happen: it is cut in halves to find the culprit. */
  onSplit(error: unknown, work: number): void;
  /** What became of events that had to wait or were tried again, after their commit. */
  onDrained(work: readonly EventWork<Kinds>[], outcomes: readonly Outcome[]): void;
}

/** Another request with this key is being worked on at this very moment. */
export interface InProgress {
  readonly kind: 'in-progress';
}

/** Rows written by one commit, about: beyond this a fuller commit gains nothing and delays its neighbours. */
const commitWeightMax = 1_000;
/** What may wait for a commit, in rows: more than this is answered with 503 at once, before it fills the memory. */
const requestWeightWaitingMax = 10_000;

/** The one way in which a service's state changes: see `use-case.ts` for what, this for how. */
export class Pipeline<Kinds extends RowKinds> {
  private readonly requests: Lane<Work<Kinds>, Outcome>;
  private readonly events: Lane<Work<Kinds>, Outcome>;
  private readonly keysInProgress = new Map<string, string>();
  private readonly drainer: LineDrainer<Kinds>;
  /** As the last commit saw it; each commit looks for itself whether that is still so. */
  private anyBlocked = false;

  constructor(
    private readonly context: CommitContext<Kinds>,
    private readonly listener: PipelineEvents<Kinds>,
    understand: (record: InboundRecord) => EventWork<Kinds>,
  ) {
    const commit = (work: readonly Work<Kinds>[]): Promise<readonly Outcome[]> => this.commitOrIsolate(work);
    const drained = ({ work, committed }: { work: readonly EventWork<Kinds>[]; committed: Committed<Kinds> }): void => {
      if (work.length > 0) listener.onCommitted(work, committed);
      listener.onDrained(work, committed.outcomes);
    };
    this.drainer = new LineDrainer(context, understand, drained, (run) => retriedRaces(run, listener.onRetry));
    this.requests = new Lane(commit, commitWeightMax, requestWeightWaitingMax);
    // One partition's records may be in several commits: the later ones must not be settled before the earlier are.
    this.events = new Lane(commit, commitWeightMax, Number.MAX_SAFE_INTEGER, true);
  }

  /** Settles events in the order given; rejects with DatabaseUnavailable when nothing is known to be settled. */
  takeIn(events: readonly EventWork<Kinds>[]): Promise<Outcome[]> {
    return Promise.all(events.map((event) => this.events.add(event, weightOf(event))));
  }

  /** Tries again what is due, and then what waits behind it. To be called again and again, by every instance. */
  drainDue(): Promise<void> {
    return this.drainer.drainDue();
  }

  /** Takes effect once per idempotency key, however often it is asked. */
  async request(work: RequestWork<Kinds>): Promise<Outcome | InProgress> {
    if (!work.idempotency) return this.requests.add(work, weightOf(work));
    const place = placeOf(work.idempotency);
    const underWay = this.keysInProgress.get(place);
    if (underWay !== undefined) return this.whileUnderWay(work.idempotency, underWay);
    this.keysInProgress.set(place, work.idempotency.fingerprint);
    try {
      return await this.requests.add(work, weightOf(work));
    } finally {
      this.keysInProgress.delete(place);
    }
  }

  /** What a key was answered, or that it is being worked on; undefined when it is new. */
  async answered(request: IdempotentRequest): Promise<Outcome | InProgress | undefined> {
    const underWay = this.keysInProgress.get(placeOf(request));
    if (underWay !== undefined) return this.whileUnderWay(request, underWay);
    return replayOf(request, await readAnswer(this.context.source, request));
  }

  /** Repetitions of a key that was answered long ago must not stand in each other's way. */
  private async whileUnderWay(request: IdempotentRequest, fingerprint: string): Promise<Outcome | InProgress> {
    const replay = replayOf(request, await readAnswer(this.context.source, request));
    return replay ?? { kind: fingerprint === request.fingerprint ? 'in-progress' : 'key-reused' };
  }

  async idle(): Promise<void> {
    await Promise.all([this.requests.idle(), this.events.idle()]);
  }

  /**
   * A commit that fails for what is in it is cut in halves until the culprit stands alone: an event is set
   * aside, or tried again later; a request is told; its neighbours go on.
   */
  private async commitOrIsolate(work: readonly Work<Kinds>[]): Promise<readonly Outcome[]> {
    try {
      return await this.commitWithRetries(work);
    } catch (error) {
      if (error instanceof DatabaseUnavailable) throw error;
      this.listener.onSplit(error, work.length);
      if (work.length > 1) {
        const half = work.length >> 1;
        return [...(await this.commitOrIsolate(work.slice(0, half))), ...(await this.commitOrIsolate(work.slice(half)))];
      }
      const [culprit] = work;
      if (culprit?.kind !== 'event' || !isCall(culprit.todo)) return [{ kind: 'failed', error }];
      return this.commitWithRetries([{ ...culprit, todo: failureOf(error, culprit.todo.useCase.name) }]);
    }
  }

  private async commitWithRetries(work: readonly Work<Kinds>[]): Promise<readonly Outcome[]> {
    const committed = await retriedRaces(() => this.commitLooking(work), this.listener.onRetry);
    this.listener.onCommitted(work, committed);
    return committed.outcomes;
  }

  /** Keys are looked up only while some are blocked: that the first was is seen by the commit itself, which is then done again. */
  private async commitLooking(work: readonly Work<Kinds>[]): Promise<Committed<Kinds>> {
    try {
      const committed = await commitTogether(this.context, work, this.anyBlocked);
      this.anyBlocked = committed.anyBlocked;
      return committed;
    } catch (error) {
      if (error instanceof UnseenLines) this.anyBlocked = true;
      throw error;
    }
  }
}

const weightOf = <Kinds extends RowKinds>({ todo }: Work<Kinds>): number =>
  isCall(todo) ? (todo.useCase.weightOf?.(todo.message) ?? 1) : 1;
