import { walletUseCase } from '../../wallet-rows.js';
import { accountView } from '../account-view.js';
import { withStatus } from '../account.js';

export interface FreezeAccount {
  readonly account: string;
  readonly event: 'freeze' | 'unfreeze';
}

/** Stops an account from giving and taking money, or lets it again. */
export const freezeAccount = walletUseCase({
  name: 'freeze-account',
  needs: ({ account }: FreezeAccount) => ({ accounts: [account] }),
  decide: ({ account: key, event }, rows, { now }) => {
    const account = rows.get('accounts', key);
    if (!account) return { reply: { refused: 'account-not-found', detail: `there is no account ${key}` } };
    const after = withStatus(account, event, now);
    return { put: { accounts: [after] }, reply: { status: 200, body: accountView(after) } };
  },
});
