import type { Account } from '../../accounts/account.js';
import { walletUseCase } from '../../wallet-rows.js';
import { endHold, hasExpired, type Hold } from '../hold.js';

/** Holds that seem to have expired, each with its account, by id. */
export type ExpireHolds = readonly { readonly id: string; readonly account: string }[];

/** Ends those whose time is over, now that they are locked: another word may have come first, or expiry may have been suspended. */
export const expireHolds = walletUseCase({
  name: 'expire-holds',
  weightOf: (holds: ExpireHolds) => holds.length,
  needs: (holds: ExpireHolds) => ({ accounts: holds.map(({ account }) => account), holds: holds.map(({ id }) => id) }),
  decide: (found, rows, { now }) => {
    const accounts = new Map<string, Account>();
    const expired: Hold[] = [];
    for (const { id, account: accountId } of found) {
      const hold = rows.get('holds', id);
      const account = accounts.get(accountId) ?? rows.get('accounts', accountId);
      if (!hold || !account || !hasExpired(hold, now)) continue;
      const change = endHold(hold, account, 'expire', now);
      if (typeof change === 'string') continue;
      accounts.set(accountId, change.account);
      expired.push(change.hold);
    }
    return { put: { accounts: [...accounts.values()], holds: expired }, reply: { status: 200, body: { expired: expired.length } } };
  },
});
