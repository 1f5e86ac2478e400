import { walletUseCase } from '../../wallet-rows.js';
import { changeStatus } from '../change-status.js';

export interface FreezeAccount {
  readonly account: string;
  readonly event: 'freeze' | 'unfreeze';
  readonly reason: string;
}

/** Stops an account from giving and taking money, or lets it again. */
export const freezeAccount = walletUseCase({
  name: 'freeze-account',
  needs: ({ account }: FreezeAccount) => ({ accounts: [account] }),
  decide: ({ account, event, reason }, rows, { now }) => changeStatus(rows.get('accounts', account), account, event, reason, now),
});
