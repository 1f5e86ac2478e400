import { walletUseCase } from '../../wallet-rows.js';
import { decideTransfer, type TransferOrder } from '../transfer-decision.js';
import { completed, failed } from '../transfer-outcome.js';

/** A member of an atomic bulk is decided with the others, by post-bulk: its own announcement changes nothing. */
export interface PostTransfer {
  readonly order: TransferOrder;
  readonly bulkId: string | undefined;
}

/** Posts a payment or refuses it, once: a payment the ledger knows already has had its answer. */
export const postTransfer = walletUseCase({
  name: 'post-transfer',
  needs: ({ order, bulkId }: PostTransfer) =>
    bulkId === undefined ? { accounts: [order.from, order.to], transactions: [order.paymentId] } : {},
  decide: ({ order, bulkId }, rows, { now }) => {
    if (bulkId !== undefined || rows.get('transactions', order.paymentId)) return {};
    const decision = decideTransfer(order, (key) => rows.get('accounts', key), now);
    if ('refused' in decision) {
      return { put: { transactions: [decision.transaction] }, events: [failed(order.paymentId, decision.refused)] };
    }
    const { posted, transaction } = decision;
    return {
      put: { accounts: posted.accounts, transactions: [transaction], entries: posted.entries },
      events: [completed(order.paymentId, posted, now)],
    };
  },
});
