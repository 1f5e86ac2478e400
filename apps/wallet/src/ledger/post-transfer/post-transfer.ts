import { walletUseCase } from '../../wallet-rows.js';
import { decideTransfer, needsOf, type TransferOrder } from '../transfer-decision.js';
import { completed, failed } from '../transfer-outcome.js';

/** A member of an atomic bulk is decided with the others, by post-bulk: its own announcement changes nothing. */
export interface PostTransfer {
  readonly order: TransferOrder;
  readonly bulkId: string | undefined;
}

/** Posts a payment or refuses it, once: a payment the ledger knows already has had its answer. */
export const postTransfer = walletUseCase({
  name: 'post-transfer',
  needs: ({ order, bulkId }: PostTransfer) => (bulkId === undefined ? needsOf([order]) : {}),
  decide: ({ order, bulkId }, rows, { now }) => {
    if (bulkId !== undefined || rows.get('transactions', order.paymentId)) return {};
    const found = { account: (key: string) => rows.get('accounts', key), client: (id: string) => rows.get('clients', id) };
    const decision = decideTransfer(order, found, now);
    if ('refused' in decision) {
      return { put: { transactions: [decision.transaction] }, events: [failed(order.paymentId, decision.refused)] };
    }
    const { posted, transaction, clients } = decision;
    return {
      put: { clients, accounts: posted.accounts, transactions: [transaction], entries: posted.entries },
      events: [completed(order.paymentId, posted, transaction.createdAt)],
    };
  },
});
