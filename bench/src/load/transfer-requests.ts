import { anyOf, elementAt, postRequest, type RequestTarget } from './http-requests.js';

export const TRANSFERS_PER_BULK = 1_000;
const CURRENCY = 'USD';
const AMOUNT_MAX = 100;

/** Which accounts a transfer moves money between. */
export type Pairing = (accounts: readonly string[]) => { from: string; to: string };

export const uniform: Pairing = (accounts) => {
  const from = anyOf(accounts.length);
  const other = anyOf(accounts.length - 1);
  return { from: elementAt(accounts, from), to: elementAt(accounts, other < from ? other : other + 1) };
};

/** Four of five transfers credit the first account; what is left is uniform over all. */
export const oneHotAccount: Pairing = (accounts) =>
  Math.random() < 0.8 ? { from: elementAt(accounts, 1 + anyOf(accounts.length - 1)), to: elementAt(accounts, 0) } : uniform(accounts);

export function singleRequests(target: RequestTarget, accounts: readonly string[], count: number, pairing: Pairing): Buffer[] {
  return Array.from({ length: count }, () => postRequest(target, transfer(accounts, pairing)));
}

export function bulkRequests(target: RequestTarget, accounts: readonly string[], bulks: number, pairing: Pairing): Buffer[] {
  return Array.from({ length: bulks }, () => {
    const transfers = Array.from({ length: TRANSFERS_PER_BULK }, () => transfer(accounts, pairing));
    return postRequest(target, `{"transfers":[${transfers.join(',')}]}`);
  });
}

function transfer(accounts: readonly string[], pairing: Pairing): string {
  const { from, to } = pairing(accounts);
  return `{"from":"${from}","to":"${to}","amount":{"amount":${1 + anyOf(AMOUNT_MAX)},"currency":"${CURRENCY}"}}`;
}
