import { fromWire } from '@falconpay/money/money';
import type { ServiceRuntime } from '@falconpay/service/service-runtime';
import type { GatewayRows } from '../gateway-rows.js';
import type { Desk } from '../outside/errand-worker.timer.js';
import type { PartnerAnswer, PartnerPort } from '../outside/partner-port.js';
import type { CardMemory } from './card-memory.timer.js';
import type { CashOutTask } from './cash-out-task.js';
import { claimCashOut } from './claim-cash-out/claim-cash-out.js';
import { recordAnswer } from './record-answer/record-answer.js';

export interface RedemptionPatience {
  readonly answerWithinMs: number;
  readonly creditWithinMs: number;
  readonly firstReversalWaitMs: number;
}

/** A late approval is recorded too: it is listened for this many times as long as an answer may take. */
const listenFor = 5;
const questionMsMax = 10_000;
const silence: PartnerAnswer = { says: 'unknown', doubt: 'time-out', raw: '', tookMs: 0 };
const noCard: PartnerAnswer = { says: 'not_sent', raw: '', tookMs: 0 };

/** Errands of redemptions: the cash-out by whoever has the card, inquiry and reversal by anybody. */
export class RedemptionDesk implements Desk<CashOutTask> {
  private readonly questionMs: number;

  constructor(
    private readonly runtime: ServiceRuntime<GatewayRows>,
    private readonly port: PartnerPort,
    private readonly cards: CardMemory,
    private readonly patience: RedemptionPatience,
  ) {
    this.questionMs = Math.min(patience.answerWithinMs, questionMsMax);
  }

  async claim({ orderId, partner }: Parameters<Desk<CashOutTask>['claim']>[0]): Promise<CashOutTask | undefined> {
    const { answerWithinMs, firstReversalWaitMs } = this.patience;
    const message = { orderId, partner, hasCard: this.cards.has(orderId), answerWithinMs, firstReversalWaitMs };
    const { task } = (await this.runtime.run(claimCashOut, message)) as { task?: CashOutTask };
    return task;
  }

  carryOut(task: CashOutTask): Promise<PartnerAnswer> {
    const { orderId: id, step, partner, reversalId } = task;
    const order = { id, partner, amount: fromWire(task.amount) };
    if (step === 'inquire') return this.port.inquire(order, this.questionMs);
    if (step === 'cancel') return this.port.cancel(order, this.questionMs, reversalId);
    const card = this.cards.take(id);
    if (!card) return Promise.resolve(noCard);
    const answer = this.port.command(order, { kind: 'institution', card }, this.patience.answerWithinMs * listenFor);
    void this.doubtInTime(task, answer);
    return answer;
  }

  async record({ orderId, step }: CashOutTask, { tookMs: _, ...answer }: PartnerAnswer): Promise<void> {
    await this.runtime.run(recordAnswer, { orderId, asked: step, answer, creditWithinMs: this.patience.creditWithinMs });
  }

  /** Silence is an answer too, when its time has come. What cannot be stored now is found by the inquiry that is due then. */
  private async doubtInTime(task: CashOutTask, answer: Promise<PartnerAnswer>): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => (timer = setTimeout(() => resolve('late'), this.patience.answerWithinMs)));
    const first = await Promise.race([answer, late]);
    clearTimeout(timer);
    if (first === 'late') await this.record(task, silence).catch(() => undefined);
  }
}
