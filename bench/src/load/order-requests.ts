import { anyOf, oneOf, postRequest, type RequestTarget } from './http-requests.js';
import type { Followed } from './transfer-load.js';

/** In minor units; the machines have notes of one and more. */
const NOTE = 100;
const NOTES_MAX = 10;
const IBAN = 'DE89370400440532013000';
const CARD_DIGITS = 15;

/** Withdrawals, payouts and redemptions are one kind of row. */
export const ORDERS: Followed = {
  completedSql: `select count(*)::int as count from orders where status = 'COMPLETED'`,
  openSql: `select from open_orders limit 1`,
};

/** Those at these partners only. */
export function ordersAt(partners: readonly string[]): Followed {
  const namesSql = partners.map((name) => `'${name}'`).join(', ');
  return {
    completedSql: `select count(*)::int as count from orders where status = 'COMPLETED' and partner in (${namesSql})`,
    openSql: `select from open_orders join orders using (id) where partner in (${namesSql}) limit 1`,
  };
}

/** What a request says beside account and amount: where, at one of these partners, and what else it takes there. */
type Particulars = (partner: string) => string;

export const WITHDRAWAL: Particulars = (machine) => `"atm_id":"${machine}"`;
export const PAYOUT: Particulars = (bank) => `"bank":"${bank}","iban":"${IBAN}"`;
/** A card of its own each. */
export const REDEMPTION: Particulars = (institution) =>
  `"institution":"${institution}","card":{"number":"4${anyDigits(CARD_DIGITS)}","pin":"${anyDigits(4)}"}`;

export function orderRequests(
  target: RequestTarget,
  accounts: readonly string[],
  partners: readonly string[],
  particulars: Particulars,
  count: number,
): Buffer[] {
  return Array.from({ length: count }, () => {
    const amount = `{"amount":${NOTE * (1 + anyOf(NOTES_MAX))},"currency":"USD"}`;
    const partner = particulars(oneOf(partners));
    return postRequest(target, `{"account":"${oneOf(accounts)}","amount":${amount},${partner}}`);
  });
}

const anyDigits = (count: number): string => String(anyOf(10 ** count)).padStart(count, '0');
