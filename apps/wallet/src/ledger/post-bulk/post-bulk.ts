import type { Account } from '../../accounts/account.js';
import type { MoneyRefusal } from '../../accounts/refusal.js';
import type { Client } from '../../rules/client.js';
import { walletUseCase } from '../../wallet-rows.js';
import { refused, type Posting } from '../ledger.js';
import { decideTransfer, needsOf, type TransferDecision, type TransferOrder, type TransferRows } from '../transfer-decision.js';
import { completed, failed } from '../transfer-outcome.js';

export interface PostBulk {
  readonly bulkId: string;
  readonly orders: readonly TransferOrder[];
}

/** Posts all members of an atomic bulk or none: the first refusal is everybody's. */
export const postBulk = walletUseCase({
  name: 'post-bulk',
  weightOf: ({ orders }: PostBulk) => orders.length,
  needs: ({ orders }: PostBulk) => needsOf(orders),
  decide: ({ orders }, rows, { now }) => {
    if (orders.some(({ paymentId }) => rows.get('transactions', paymentId))) return {};
    const changed = new Map<string, Account>();
    const spenders = new Map<string, Client>();
    const found: TransferRows = {
      account: (key) => {
        const account = rows.get('accounts', key);
        return account && (changed.get(account.id) ?? account);
      },
      client: (id) => spenders.get(id) ?? rows.get('clients', id),
    };
    const postings: { order: TransferOrder; posted: Posting; decision: TransferDecision }[] = [];
    for (const [index, order] of orders.entries()) {
      const decision = decideTransfer(order, found, now);
      if ('refused' in decision) return refuseAll(orders, index, decision.refused, now);
      for (const account of decision.posted.accounts) changed.set(account.id, account);
      for (const client of decision.clients) spenders.set(client.id, client);
      postings.push({ order, posted: decision.posted, decision });
    }
    return {
      put: {
        clients: [...spenders.values()],
        accounts: [...changed.values()],
        transactions: postings.map(({ decision }) => decision.transaction),
        entries: postings.flatMap(({ posted }) => posted.entries),
      },
      events: postings.map(({ order, posted, decision }) => completed(order.paymentId, posted, decision.transaction.createdAt)),
    };
  },
});

function refuseAll(orders: readonly TransferOrder[], culprit: number, refusal: MoneyRefusal, now: Date) {
  const forTheOthers: MoneyRefusal = {
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
