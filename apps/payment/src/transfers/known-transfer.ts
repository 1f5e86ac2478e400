import { InvariantViolation } from '@falconpay/lifecycle/lifecycle';
import type { Rows } from '@falconpay/pipeline/use-case';
import type { PaymentRows } from '../payment-rows.js';
import type { Transfer } from './transfer.js';

/** The wallet speaks only of transfers that were announced in the commit that made them: one we do not have was lost. */
export function knownTransfer(rows: Rows<PaymentRows>, id: string): Transfer {
  const transfer = rows.get('transfers', id);
  if (!transfer) throw new InvariantViolation(`the wallet speaks of ${id}, which is not here`);
  return transfer;
}
