import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@falconpay/telemetry/logger';
import type { Errand, ErrandStep } from './errand.js';
import type { PartnerAnswer } from './partner-port.js';

/** An errand that may be due. Whether it is, its claim decides. */
export type Hint = Pick<Errand, 'orderId' | 'kind' | 'partner'> & { readonly isCommand: boolean };

/** What the claim of an errand gave: something to do, outside any transaction. */
export interface Task {
  readonly orderId: string;
  readonly step: ErrandStep;
}

/** How errands of one kind are claimed, carried out and closed. */
export interface Desk<T extends Task> {
  /** Commits the intent; undefined when there is nothing to do (any more). */
  claim(hint: Hint): Promise<T | undefined>;
  /** Never rejects. */
  carryOut(task: T): Promise<PartnerAnswer>;
  record(task: T, answer: PartnerAnswer): Promise<void>;
}

export interface Surroundings {
  /** Keeps a place for a call to this partner until it is given back; undefined when there is none. */
  reserve(partner: string, isCommand: boolean): (() => void) | undefined;
  /** Errands that are due by the database's clock, those of these queues left out. */
  due(without: readonly string[], limit: number): Promise<readonly Hint[]>;
}

/** What is known to be due, per partner: beyond this the database remembers it for us. */
const queuedMax = 1_000;
const dueAtOnceMax = 500;
const recordForMs = 60_000;
const finishWithinMs = 2_000;

/**
 * Carries errands to partners: as many at once as there is room for, each partner's own queue, so that a slow one holds up
 * nobody else. What is lost with the process is found due again by whoever looks next.
 */
export class ErrandWorker<T extends Task> {
  private readonly queues = new Map<
    string,
    { readonly waiting: Map<string, Hint>; readonly isCommand: boolean; readonly partner: string }
  >();
  private readonly inClaim = new Set<string>();
  private readonly underWay = new Set<Promise<void>>();
  private isStopping = false;

  constructor(
    private readonly desks: Readonly<Record<string, Desk<T>>>,
    private readonly surroundings: Surroundings,
    private readonly logger: Logger,
  ) {}

  /** Something has just become due. */
  tell(hint: Hint): void {
    if (this.isStopping || this.inClaim.has(hint.orderId)) return;
    const key = queueKey(hint);
    const queue = this.queues.get(key) ?? { waiting: new Map<string, Hint>(), isCommand: hint.isCommand, partner: hint.partner };
    if (queue.waiting.size >= queuedMax) return;
    queue.waiting.set(hint.orderId, hint);
    this.queues.set(key, queue);
    this.begin(key);
  }

  /** Looks for what became due by time, or was left by somebody else. */
  async look(): Promise<void> {
    for (const key of this.queues.keys()) this.begin(key);
    for (const hint of await this.surroundings.due([...this.queues.keys()], dueAtOnceMax)) this.tell(hint);
  }

  /** Begins nothing more, and waits a moment for what is under way; what takes longer is asked about after the next start. */
  async stop(): Promise<void> {
    this.isStopping = true;
    this.queues.clear();
    const tooLong = new AbortController();
    const patience = delay(finishWithinMs, undefined, { signal: tooLong.signal }).catch(() => undefined);
    await Promise.race([Promise.all(this.underWay), patience]);
    tooLong.abort();
  }

  private begin(key: string): void {
    const queue = this.queues.get(key);
    if (!queue) return;
    for (const [orderId, hint] of queue.waiting) {
      const giveBack = this.surroundings.reserve(queue.partner, queue.isCommand);
      if (!giveBack) return;
      queue.waiting.delete(orderId);
      const work = this.carryOut(hint, giveBack).finally(() => {
        this.underWay.delete(work);
        this.begin(key);
      });
      this.underWay.add(work);
    }
    this.queues.delete(key);
  }

  private async carryOut(hint: Hint, giveBack: () => void): Promise<void> {
    const desk = this.desks[hint.kind];
    const task = desk && (await this.claim(desk, hint));
    // The call takes the place in this very turn, before anybody else can.
    giveBack();
    if (!task || this.isStopping) return;
    const answer = await desk.carryOut(task);
    await this.record(desk, task, answer);
  }

  /** A claim that fails has not happened, or is due again when its time comes: there is nothing to repeat here. */
  private async claim(desk: Desk<T>, hint: Hint): Promise<T | undefined> {
    this.inClaim.add(hint.orderId);
    try {
      return await desk.claim(hint);
    } catch (error) {
      this.logger.warn({ err: error, saga_id: hint.orderId }, 'an errand could not be claimed');
      return undefined;
    } finally {
      this.inClaim.delete(hint.orderId);
    }
  }

  /** What was heard is worth some patience with the database; if it stays away, the partner will be asked again. */
  private async record(desk: Desk<T>, task: T, answer: PartnerAnswer): Promise<void> {
    const giveUpAt = performance.now() + recordForMs;
    for (let pauseMs = 50; !this.isStopping || answer.doubt === undefined; pauseMs = Math.min(2 * pauseMs, 2_000)) {
      try {
        return await desk.record(task, answer);
      } catch (error) {
        if (this.isStopping || performance.now() > giveUpAt) {
          this.logger.error({ err: error, saga_id: task.orderId }, 'an answer could not be stored; the partner will be asked again');
          return;
        }
        await delay(pauseMs);
      }
    }
  }
}

/** Commands and questions wait apart: while a partner's commands hang, it can still be asked what became of them. */
export const queueKey = ({ partner, isCommand }: Pick<Hint, 'partner' | 'isCommand'>): string =>
  `${partner}/${isCommand ? 'command' : 'question'}`;
