import { accountAt, anyOf, postRequest, type RequestTarget } from './http-requests.js';
import type { Followed } from './transfer-load.js';

/** In minor units; the machines have notes of one and more. */
const NOTE = 100;
const NOTES_MAX = 10;

export const WITHDRAWALS: Followed = {
  completedSql: `select count(*)::int as count from orders where status = 'COMPLETED'`,
  openSql: `select from open_orders limit 1`,
};

export function withdrawalRequests(
  target: RequestTarget,
  accounts: readonly string[],
  machines: readonly string[],
  count: number,
): Buffer[] {
  return Array.from({ length: count }, () => {
    const [account, machine] = [accountAt(accounts, anyOf(accounts.length)), machines[anyOf(machines.length)]];
    const amount = `{"amount":${NOTE * (1 + anyOf(NOTES_MAX))},"currency":"USD"}`;
    return postRequest(target, `{"account":"${account}","amount":${amount},"atm_id":"${machine}"}`);
  });
}
