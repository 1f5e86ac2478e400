import type { Account } from '../../accounts/account.js';
import { walletUseCase } from '../../wallet-rows.js';
import { refused, type Posting } from '../ledger.js';
import { decideTransfer, type TransferDecision, type TransferOrder, type TransferRefusal } from '../transfer-decision.js';
import { completed, failed } from '../transfer-outcome.js';

export interface PostBulk {
  readonly bulkId: string;
  readonly orders: readonly TransferOrder[];
}

/** Posts all members of an atomic bulk or none: the first refusal is everybody's. */
export const postBulk = walletUseCase({
  name: 'post-bulk',
  weightOf: ({ orders }: PostBulk) => orders.length,
  needs: ({ orders }: PostBulk) => ({
    accounts: orders.flatMap(({ from, to }) => [from, to]),
    transactions: orders.map(({ paymentId }) => paymentId),
  }),
  decide: ({ orders }, rows, { now }) => {
    if (orders.some(({ paymentId }) => rows.get('transactions', paymentId))) return {};
    const changed = new Map<string, Account>();
    const find = (key: string): Account | undefined => {
      const account = rows.get('accounts', key);
      return account && (changed.get(account.id) ?? account);
    };
    const postings: { order: TransferOrder; posted: Posting; decision: TransferDecision }[] = [];
    for (const [index, order] of orders.entries()) {
      const decision = decideTransfer(order, find, now);
      if ('refused' in decision) return refuseAll(orders, index, decision.refused, now);
      for (const account of decision.posted.accounts) changed.set(account.id, account);
      postings.push({ order, posted: decision.posted, decision });
    }
    return {
      put: {
        accounts: [...changed.values()],
        transactions: postings.map(({ decision }) => decision.transaction),
        entries: postings.flatMap(({ posted }) => posted.entries),
      },
      events: postings.map(({ order, posted }) => completed(order.paymentId, posted, now)),
    };
  },
});

function refuseAll(orders: readonly TransferOrder[], culprit: number, refusal: TransferRefusal, now: Date) {
  const forTheOthers: TransferRefusal = {
    code: refusal.code,
    detail: `the bulk is atomic, and its transfer ${culprit} was refused: ${refusal.detail}`.slice(0, 500),
  };
  return {
    put: {
      transactions: orders.map(({ paymentId, kind, reference }) =>
        refused({ id: paymentId, type: kind, reference, createdAt: now }, refusal.code),
      ),
    },
    events: orders.map((order, index) => failed(order.paymentId, index === culprit ? refusal : forTheOthers)),
  };
}
