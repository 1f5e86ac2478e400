import { setTimeout as sleep } from 'node:timers/promises';
import { dueLines, lockDueLine } from '@falconpay/inbox/waiting-lines';
import { recordFrom } from '@falconpay/kafka/kept-record';
import type { Failure } from '@falconpay/dead-letters/failure';
import type { InboundRecord } from '@falconpay/kafka/inbound-record';
import { DatabaseUnavailable } from '@falconpay/postgres/errors';
import { inTransaction } from '@falconpay/postgres/transaction';
import { failureOf } from './classify-failure.js';
import { CommitRun, type CommitContext, type Committed } from './commit.js';
import { LinesOfCommit } from './lines-of-commit.js';
import type { RowKinds } from './use-case.js';
import { isCall, type EventWork } from './work.js';

/** A commit holds the line, and whoever brings more of its key waits for it: it is kept short, and others have their turn after it. */
const eventsPerCommitMax = 100;
const linesPerRun = 100;
const commitsPerLineMax = 50;
const linesAtOnce = 4;

/** Whose fault it was that the database refused a commit. */
interface Blame {
  readonly eventId: string;
  readonly failure: Failure;
}

interface Step<Kinds extends RowKinds> {
  readonly work: readonly EventWork<Kinds>[];
  readonly committed: Committed<Kinds>;
}

/** Runs the lines that are due: the head again, or what waited behind one that is gone. Any number of instances may. */
export class LineDrainer<Kinds extends RowKinds> {
  constructor(
    private readonly context: CommitContext<Kinds>,
    private readonly understand: (record: InboundRecord) => EventWork<Kinds>,
    private readonly onStep: (step: Step<Kinds>) => void,
    private readonly retried: <T>(run: () => Promise<T>) => Promise<T>,
  ) {}

  async drainDue(): Promise<void> {
    const due = await dueLines(this.context.source, linesPerRun);
    const drainNext = async (): Promise<void> => {
      for (let line = due.shift(); line !== undefined; line = due.shift()) await this.drain(line);
    };
    await Promise.all(Array.from({ length: linesAtOnce }, drainNext));
  }

  /** A commit that fails for what is in it is tried with half as much, until the culprit stands alone. */
  private async drain(line: string): Promise<void> {
    let limit = eventsPerCommitMax;
    let blame: Blame | undefined;
    for (let commits = 0; commits < commitsPerLineMax; commits += 1) {
      let first = '';
      const begunAt = performance.now();
      try {
        const step = await this.retried(() => this.step(line, limit, blame, (eventId) => (first = eventId)));
        if (!step) return;
        this.onStep(step);
        // As long as it took: a long line takes no more than half of the time from those that were never blocked.
        if (step.work.length === eventsPerCommitMax) await sleep(performance.now() - begunAt);
        limit = Math.min(limit * 2, eventsPerCommitMax);
        blame = undefined;
      } catch (error) {
        if (error instanceof DatabaseUnavailable || blame?.eventId === first) throw error;
        blame = limit === 1 ? { eventId: first, failure: failureOf(error) } : undefined;
        limit = Math.max(1, limit >> 1);
      }
    }
  }

  /** Undefined when the line is not due: it is released, failed once more, or another instance has it. */
  private step(lineId: string, limit: number, blame: Blame | undefined, tells: (first: string) => void): Promise<Step<Kinds> | undefined> {
    return inTransaction(this.context.source, async (tx) => {
      const due = await lockDueLine(tx, lineId, limit);
      if (!due) return undefined;
      const work = due.held.map(({ eventId, record }) => {
        const understood = this.understand(recordFrom(due.line.topic, record));
        return { ...understood, eventId, todo: blame?.eventId === eventId ? failed(understood, blame.failure) : understood.todo };
      });
      tells(work[0]?.eventId ?? '');
      const run = new CommitRun(this.context, work, new LinesOfCommit<Kinds>(this.context, due.line));
      await run.prepare(tx, false);
      run.decideAll();
      run.goOn();
      await run.write(tx);
      return { work, committed: run.result };
    });
  }
}

const failed = <Kinds extends RowKinds>({ todo }: EventWork<Kinds>, failure: Failure): Failure =>
  isCall(todo) ? { ...failure, handler: todo.useCase.name } : todo;
