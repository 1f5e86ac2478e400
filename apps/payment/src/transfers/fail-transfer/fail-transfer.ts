import { InvariantViolation } from '@falconpay/lifecycle/lifecycle';
import { paymentUseCase } from '../../payment-rows.js';
import { fail, type Failure } from '../transfer.js';
import { knownTransfer } from '../known-transfer.js';
import { giveBack } from '../refund.js';

/** The wallet has refused; no balance was touched. What a refund had reserved of its transfer is free again. */
export const failTransfer = paymentUseCase({
  name: 'fail-transfer',
  needs: ({ paymentId }: { readonly paymentId: string; readonly failure: Failure }) => ({
    transfers: [paymentId],
    refundTotals: [paymentId],
  }),
  decide: ({ paymentId, failure }, rows, { now }) => {
    const transfer = knownTransfer(rows, paymentId);
    const failed = fail(transfer, failure, now);
    if (failed === transfer || failed.refundOf === undefined) return { put: { transfers: [failed] } };
    const total = rows.get('refundTotals', paymentId);
    if (!total) throw new InvariantViolation(`nothing was reserved of ${failed.refundOf}, and ${paymentId}, a refund of it, has failed`);
    return { put: { transfers: [failed], refundTotals: [giveBack(total, failed.amount.amount)] } };
  },
});
