import { momentOn, withAccountLimits } from '../../accounts/account.js';
import { absenceOf, isInUse, turnDown } from '../../accounts/refusal.js';
import { walletUseCase } from '../../wallet-rows.js';
import { currenciesOf } from '../limited.js';
import type { Limits } from '../limits.js';
import { accountLimitsView } from '../limits-view.js';

export interface SetAccountLimits {
  readonly account: string;
  /** Undefined: none from now on. */
  readonly limits: Limits | undefined;
}

/** Puts these limits in the place of those there were. What has been spent today stays counted. */
export const setAccountLimits = walletUseCase({
  name: 'set-account-limits',
  needs: ({ account }: SetAccountLimits) => ({ accounts: [account] }),
  decide: ({ account: key, limits }, rows, { now }) => {
    const account = rows.get('accounts', key);
    if (!isInUse(account)) return turnDown(absenceOf(account, key));
    if (limits && currenciesOf(limits).some((currency) => currency !== account.currency))
      return turnDown({ code: 'currency-mismatch', detail: `account ${key} is in ${account.currency}` });
    const at = momentOn(now, account);
    const after = withAccountLimits(account, limits, at);
    const { account: id, spent_today, ...said } = accountLimitsView(after, at);
    const reason = JSON.stringify(said);
    return {
      put: {
        accounts: [after],
        accountEvents: [{ accountId: id, accountVersion: after.version, event: 'set-limits', reason, createdAt: at }],
      },
      reply: { status: 200, body: { account: id, ...said, spent_today } },
    };
  },
});
