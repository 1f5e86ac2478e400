import { iban } from '../bank.js';
import { orderKinds, wordsOf, type OrderKind } from '../partners-in-books.js';
import { accounts } from './accounts.js';
import { operationOf, put, surprise, usd, type Errand } from './errand.js';
import type { Random } from './random.js';

/** A withdrawal at a machine, payout or redemption that was acknowledged, as it was asked for. */
export interface AcceptedOrder {
  readonly id: string;
  readonly kind: OrderKind;
  readonly account: string;
  readonly amount: number;
}

/** So many machines, banks and institutions each. */
export const partners: readonly string[] = ['prove-1', 'prove-2', 'prove-3'];
const note = 100;

/**
 * What they do, in percent; the rest is as it should be. A broken tombstone is rare: when its late word is lost with a killed
 * gateway, only the day's journal can tell.
 */
const misbehaviour = {
  ...{ refuse: 4, unknown: 0.5, tombstone_broken: 1 },
  ...{ silent: 5, 'late:900': 5, 'late:2500': 2, 'late_answer:900': 2, 'delayed:900': 4 },
  ...{ crash_after_act: 6, error: 3, error_after_act: 3, broken_answer: 2, wrong_id: 2, duplicate_answer: 4 },
  ...{ 'crash_after_act+cancel_error:2': 3, 'silent+cancel_lost:1': 3 },
};
const misbehaviourOf: Readonly<Record<OrderKind, Readonly<Record<string, number>>>> = {
  withdrawal: { ...misbehaviour, jam: 3, 'partial:40': 6, retract_counted: 3, retract_uncounted: 1 },
  payout: { ...misbehaviour, wrong_currency: 2, too_much: 2, 'late_refuse:900': 2 },
  redemption: { ...misbehaviour, wrong_currency: 2, too_much: 2, 'crash_after_act+cancel_lost:1': 3 },
};

/** Asks for money from machines, to banks and from cards; all partners misbehave. */
export class PartnerErrands {
  readonly accepted: AcceptedOrder[] = [];

  constructor(
    private readonly url: string,
    private readonly random: Random,
  ) {}

  /** Makes them known to the gateway, and spoils them. */
  async install(simulatorUrl: string): Promise<void> {
    for (const kind of orderKinds) {
      for (const partner of partners) {
        const path = `/v1/${wordsOf[kind].path}/${partner}`;
        await put(`${simulatorUrl}${path}/behaviour`, { rates: misbehaviourOf[kind] });
        const notes = kind === 'withdrawal' ? { currency: 'USD', smallest_note: note } : {};
        await put(`${this.url}${path}`, { url: `${simulatorUrl}${path}`, ...notes });
      }
    }
  }

  order(kind: OrderKind): Errand {
    const [account, amount] = [this.random.pick(accounts), note * this.random.between(1, 10)];
    const body = { account, amount: usd(amount), ...this.detailsOf(kind, this.random.pick(partners)) };
    const operation = operationOf(`${this.url}/v1/${kind}s`, this.random, body);
    return {
      operation,
      learn: (answer) => {
        if (answer.status !== 202) return surprise(operation, answer);
        this.accepted.push({ id: (JSON.parse(answer.text) as { id: string }).id, kind, account, amount });
        return undefined;
      },
    };
  }

  count(kind: OrderKind): number {
    return this.accepted.filter((order) => order.kind === kind).length;
  }

  private detailsOf(kind: OrderKind, partner: string): object {
    if (kind === 'withdrawal') return { atm_id: partner };
    if (kind === 'payout') return { bank: partner, iban };
    return { institution: partner, card: { number: `4929${this.random.between(10 ** 11, 10 ** 12 - 1)}`, pin: '1234' } };
  }
}
