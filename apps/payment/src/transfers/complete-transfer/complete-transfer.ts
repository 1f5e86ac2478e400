import { paymentUseCase } from '../../payment-rows.js';
import { complete } from '../transfer.js';
import { knownTransfer } from '../known-transfer.js';

/** The wallet has posted both legs. */
export const completeTransfer = paymentUseCase({
  name: 'complete-transfer',
  needs: ({ paymentId }: { readonly paymentId: string }) => ({ transfers: [paymentId] }),
  decide: ({ paymentId }, rows, { now }) => ({ put: { transfers: [complete(knownTransfer(rows, paymentId), now)] } }),
});
