import { paymentCompleted, type PostedEntry } from '@falconpay/contracts/topics/payment-completed.topic';
import { paymentFailed } from '@falconpay/contracts/topics/payment-failed.topic';
import { toWireInteger } from '@falconpay/money/money';
import { emit, type NewEvent } from '@falconpay/pipeline/use-case';
import type { MoneyRefusal } from '../accounts/refusal.js';
import type { Posting } from './ledger.js';

/** payment.created is a payment's version 1; the wallet's word on it is version 2. */
const outcomeVersion = 2;

export function completed(paymentId: string, { entries }: Posting, at: Date): NewEvent {
  const posted: PostedEntry[] = entries.map((entry) => ({
    account_id: entry.accountId,
    amount: toWireInteger(entry.amount),
    currency: entry.currency,
    balance_after: toWireInteger(entry.balanceAfter ?? 0n),
  }));
  return emit(paymentCompleted, { payment_id: paymentId, completed_at: at.toISOString(), entries: posted }, outcomeVersion);
}

export const failed = (paymentId: string, { code, detail }: MoneyRefusal): NewEvent =>
  emit(paymentFailed, { payment_id: paymentId, code, detail }, outcomeVersion);
