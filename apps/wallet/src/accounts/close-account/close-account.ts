import { walletUseCase } from '../../wallet-rows.js';
import { changeStatus } from '../change-status.js';
import { turnDown } from '../refusal.js';

export interface CloseAccount {
  readonly account: string;
  readonly reason: string;
}

/** Ends an account that has nothing left in it. A frozen one is thawed first: whoever froze it may want to know. */
export const closeAccount = walletUseCase({
  name: 'close-account',
  needs: ({ account }: CloseAccount) => ({ accounts: [account] }),
  decide: ({ account: key, reason }, rows, { now }) => {
    const account = rows.get('accounts', key);
    if (account?.status === 'FROZEN') return turnDown({ code: 'account-frozen', detail: `account ${key} is frozen` });
    // What is held or unreleased is part of what is posted: nothing posted means nothing at all.
    if (account && account.posted !== 0n) return turnDown({ code: 'conflict', detail: `account ${key} is not empty` });
    return changeStatus(account, key, 'close', reason, now);
  },
});
