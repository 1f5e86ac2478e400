import { shortagePosted } from '@falconpay/contracts/topics/shortage-posted.topic';
import { toWire, type Money } from '@falconpay/money/money';
import { emit, type Decision } from '@falconpay/pipeline/use-case';
import type { WalletRows } from '../wallet-rows.js';
import { posted, postingOf, type Cause } from './ledger.js';
import { systemAccount } from './system-accounts.js';

export interface Shortage {
  readonly sagaId: string;
  /** The bank's own account that stands for where the money went. */
  readonly to: string;
  readonly amount: Money;
}

/** A saga's hold is captured or a shortage is posted, under the same transaction id: its money leaves the bank once. */
export function shortageOf({ sagaId, to, amount }: Shortage, now: Date): Decision<WalletRows> {
  const cause: Cause = { id: sagaId, type: 'shortage', reference: undefined, createdAt: now };
  const { entries } = postingOf(cause, systemAccount('receivable', amount.currency), to, amount);
  const event = { saga_id: sagaId, amount: toWire(amount), posted_at: now.toISOString() };
  return { put: { transactions: [posted(cause)], entries }, events: [emit(shortagePosted, event, shortageVersion)] };
}

/** After all that a hold can go through. */
const shortageVersion = 9;
