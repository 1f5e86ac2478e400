import type { Decision } from '@falconpay/pipeline/use-case';
import type { WalletRows } from '../wallet-rows.js';
import { accountView } from './account-view.js';
import { momentOn, withStatus, type Account } from './account.js';
import { absenceOf, turnDown } from './refusal.js';

/** An operator's word on an account, kept with its reason; said twice it is as good as once. */
export function changeStatus(
  account: Account | undefined,
  name: string,
  event: 'freeze' | 'unfreeze' | 'close',
  reason: string,
  now: Date,
): Decision<WalletRows> {
  if (!account) return turnDown(absenceOf(account, name));
  const at = momentOn(now, account);
  const after = withStatus(account, event, at);
  if (!after) return turnDown({ code: 'conflict', detail: `account ${name} is closed` });
  const reply = { status: 200, body: accountView(after) };
  if (after === account) return { reply };
  const happened = { accountId: after.id, accountVersion: after.version, event, reason, createdAt: at };
  return { put: { accounts: [after], accountEvents: [happened] }, reply };
}
