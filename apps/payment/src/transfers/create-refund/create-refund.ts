import { paymentCreated } from '@falconpay/contracts/topics/payment-created.topic';
import { formatMoney, type Money } from '@falconpay/money/money';
import { emit, type Refusal } from '@falconpay/pipeline/use-case';
import { paymentUseCase } from '../../payment-rows.js';
import { newRefund, nothingRefunded, refundable, reserve, type RefundTotal } from '../refund.js';
import type { Transfer } from '../transfer.js';
import { announcementOf, transferView } from '../transfer-view.js';

export interface CreateRefund {
  readonly client: string;
  readonly transferId: string;
  /** All that is left, when not given. */
  readonly amount: Money | undefined;
  readonly reason: string | undefined;
}

/** Accepts that money goes back, and reserves it on the transfer in the same commit. Whether it is still there the wallet decides. */
export const createRefund = paymentUseCase({
  name: 'create-refund',
  needs: ({ transferId }: CreateRefund) => ({ transfers: [transferId], refundTotals: [transferId] }),
  decide: ({ client, transferId, amount, reason }, rows, moment) => {
    const transfer = rows.get('transfers', transferId);
    if (!transfer) return { reply: refuse('transfer-not-found', `there is no transfer ${transferId}`) };
    const total = rows.get('refundTotals', transferId) ?? nothingRefunded(transfer);
    const refusal = refusalOf(transfer, total, amount);
    if (refusal) return { reply: refusal };
    const refund = newRefund(transfer, amount?.amount ?? refundable(total), reason, moment.newId('pay'), client, moment.now);
    return {
      put: { transfers: [refund], refundTotals: [reserve(total, refund.amount.amount)] },
      events: [emit(paymentCreated, announcementOf(refund), refund.version)],
      reply: { status: 202, headers: { location: `/v1/transfers/${refund.id}` }, body: transferView(refund, moment.now) },
    };
  },
});

function refusalOf(transfer: Transfer, total: RefundTotal, asked: Money | undefined): Refusal | undefined {
  const { id, kind, status, amount } = transfer;
  if (kind === 'refund') return refuse('not-refundable', `${id} is a refund itself`);
  if (status === 'FAILED') return refuse('not-refundable', `${id} has failed: no money has moved`);
  if (status === 'PENDING') return refuse('conflict', `${id} has not ended yet`);
  if (asked && asked.currency !== amount.currency) return refuse('currency-mismatch', `${id} is in ${amount.currency}`);
  const left = refundable(total);
  if (left > 0n && (asked?.amount ?? left) <= left) return undefined;
  return refuse('refund-exceeds-payment', `${formatMoney({ ...amount, amount: left })} ${amount.currency} of ${id} can be refunded`);
}

const refuse = (refused: string, detail: string): Refusal => ({ refused, detail });
