import { paymentUseCase } from '../../payment-rows.js';
import { fail, type Failure } from '../transfer.js';
import { knownTransfer } from '../known-transfer.js';

/** The wallet has refused; no balance was touched. */
export const failTransfer = paymentUseCase({
  name: 'fail-transfer',
  needs: ({ paymentId }: { readonly paymentId: string; readonly failure: Failure }) => ({ transfers: [paymentId] }),
  decide: ({ paymentId, failure }, rows, { now }) => ({ put: { transfers: [fail(knownTransfer(rows, paymentId), failure, now)] } }),
});
