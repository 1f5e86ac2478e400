import { turnDown } from '../../accounts/refusal.js';
import { walletUseCase } from '../../wallet-rows.js';
import { holdView } from '../hold-view.js';
import { endHold } from '../hold.js';

export interface ReleaseHold {
  readonly id: string;
  /** The hold's, by id. */
  readonly account: string;
}

/** Gives back what was set apart. */
export const releaseHold = walletUseCase({
  name: 'release-hold',
  needs: ({ id, account }: ReleaseHold) => ({ accounts: [account], holds: [id] }),
  decide: ({ id, account: accountId }, rows, { now }) => {
    const hold = rows.get('holds', id);
    const account = rows.get('accounts', accountId);
    if (!hold || !account) return turnDown({ code: 'hold-not-found', detail: `there is no hold ${id}` });
    const decision = endHold(hold, account, 'release', now);
    if (decision === 'stale') return turnDown({ code: 'conflict', detail: `hold ${id} is ${hold.status}` });
    if (decision === 'duplicate') return { reply: { status: 200, body: holdView(hold) } };
    return { put: { accounts: [decision.account], holds: [decision.hold] }, reply: { status: 200, body: holdView(decision.hold) } };
  },
});
