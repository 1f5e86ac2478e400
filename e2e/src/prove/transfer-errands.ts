import { accounts, moreThanThereIs, otherCurrency } from './accounts.js';
import { isRefused, operationOf, smallAmount, surprise, usd, type Errand, type Money } from './errand.js';
import type { FinalAnswer, Operation } from './persistent-client.js';
import type { Random } from './random.js';

interface Order {
  readonly from: string;
  readonly to: string;
  readonly amount: Money;
  readonly reference?: string;
}

export type OrderKind = 'hot' | 'any' | 'tooMuch' | 'unknownAccount' | 'otherCurrency';
export type BulkKind = 'bulk' | 'atomicBulk' | 'atomicBulkRefused';

/** A refund that was accepted, as it was answered. */
export interface AcceptedRefund {
  readonly id: string;
  readonly refundOf: string;
  readonly amount: number;
}

export const bulkSize = 50;
const refundableMax = 300;
const [hotPayer = '', hotPayee = ''] = accounts;

/** Moves money between the accounts, most of it between two of them, and has some of it given back. */
export class TransferErrands {
  /** Ids of all that were accepted, refunds among them. */
  readonly acknowledged: string[] = [];
  readonly refunds: AcceptedRefund[] = [];
  readonly counts = { accepted: 0, bulks: 0 };
  private readonly refundable: { id: string; amount: number }[] = [];

  constructor(
    private readonly url: string,
    private readonly random: Random,
  ) {}

  single(kind: OrderKind): Errand {
    const order = this.order(kind);
    const operation = this.post('', order);
    return {
      operation,
      learn: (answer) => {
        if (answer.status !== 202) return surprise(operation, answer);
        const { id } = JSON.parse(answer.text) as { id: string };
        this.accepted(id);
        const { amount } = order.amount;
        if (kind !== 'hot' && kind !== 'any') return undefined;
        if (this.refundable.length < refundableMax) this.refundable.push({ id, amount });
        else this.refundable[this.random.between(0, refundableMax - 1)] = { id, amount };
        return undefined;
      },
    };
  }

  bulk(kind: BulkKind): Errand {
    const transfers = Array.from({ length: bulkSize }, () => this.order('any'));
    if (kind === 'atomicBulkRefused') transfers[this.random.between(0, bulkSize - 1)] = this.order('tooMuch');
    const operation = this.post('/bulk', { transfers, atomic: kind !== 'bulk' });
    this.counts.bulks += 1;
    return { operation, learn: (answer) => this.learnBulk(operation, answer) };
  }

  /** All or a part of one that was accepted before, which may not have ended yet, or have failed, or be used up. */
  refund(): Errand | undefined {
    if (this.refundable.length === 0) return undefined;
    const { id: refundOf, amount } = this.random.pick(this.refundable);
    const part = this.random.next() < 0.2 ? {} : { amount: usd(this.random.between(1, amount)) };
    const operation = this.post(`/${refundOf}/refunds`, part);
    return {
      operation,
      learn: (answer) => {
        if (isRefused(answer, 'conflict', 'not-refundable', 'refund-exceeds-payment')) return undefined;
        if (answer.status !== 202) return surprise(operation, answer);
        const refund = JSON.parse(answer.text) as { id: string; amount: Money };
        this.accepted(refund.id);
        this.refunds.push({ id: refund.id, refundOf, amount: part.amount?.amount ?? refund.amount.amount });
        return undefined;
      },
    };
  }

  private learnBulk(operation: Operation, answer: FinalAnswer): string | undefined {
    if (answer.status !== 202) return surprise(operation, answer);
    const bulk = JSON.parse(answer.text) as { id: string; transfers: readonly { id?: string; error?: unknown }[] };
    for (const { id } of bulk.transfers) if (id !== undefined) this.accepted(id);
    const refused = bulk.transfers.find(({ id }) => id === undefined);
    return refused && `an item of bulk ${bulk.id} was refused: ${JSON.stringify(refused.error)}`;
  }

  private accepted(id: string): void {
    this.acknowledged.push(id);
    this.counts.accepted += 1;
  }

  private post(path: string, body: object): Operation {
    return operationOf(`${this.url}/v1/transfers${path}`, this.random, body);
  }

  private order(kind: OrderKind): Order {
    const amount = usd(smallAmount(this.random));
    if (kind === 'hot')
      return this.random.next() < 0.5 ? { from: hotPayer, to: hotPayee, amount } : { from: hotPayee, to: hotPayer, amount };
    const from = this.random.pick(accounts);
    const to = this.random.pick(accounts.filter((account) => account !== from));
    if (kind === 'tooMuch') return { from, to, amount: usd(moreThanThereIs) };
    if (kind === 'unknownAccount') return { from, to: `nobody-${this.random.hex(4)}`, amount };
    if (kind === 'otherCurrency') return { from, to: otherCurrency, amount };
    return { from, to, amount, reference: `prove ${this.random.hex(6)}` };
  }
}
