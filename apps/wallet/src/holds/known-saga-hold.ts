import { InvariantViolation } from '@falconpay/lifecycle/lifecycle';
import type { Rows } from '@falconpay/pipeline/use-case';
import type { WalletRows } from '../wallet-rows.js';
import type { HoldChange } from './hold.js';

/** What a saga says about its hold. */
export interface SagaHold {
  readonly sagaId: string;
  /** The hold's account, by id. */
  readonly account: string;
}

export const sagaHoldNeeds = ({ sagaId, account }: SagaHold) => ({ accounts: [account], holds: [sagaId] });

/** A saga speaks of holds that were confirmed to it: one we do not have was lost. */
export function knownSagaHold(rows: Rows<WalletRows>, { sagaId, account: accountId }: SagaHold): HoldChange {
  const hold = rows.get('holds', sagaId);
  const account = rows.get('accounts', accountId);
  if (!hold || !account || hold.accountId !== account.id)
    throw new InvariantViolation(`a saga speaks of its hold ${sagaId} on ${accountId}, which is not here`);
  return { hold, account };
}
