import { randomUUID } from 'node:crypto';

const CONCURRENCY = 32;
/** In minor units: more than the transfers of any run can take from one account. */
const FUNDS = 1_000_000_000;

/** Opens accounts and funds them through the wallet's own API. Returns their ids. */
export async function openFundedAccounts(walletUrl: string, count: number): Promise<string[]> {
  const accounts: string[] = [];
  let left = count;
  const openSome = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const { id } = (await post(`${walletUrl}/v1/accounts`, { owner: 'Bench', currency: 'USD' })) as { id: string };
      await post(`${walletUrl}/v1/accounts/${id}/deposits`, { amount: { amount: FUNDS, currency: 'USD' } });
      accounts.push(id);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, openSome));
  return accounts;
}

async function post(url: string, body: unknown): Promise<unknown> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() },
    body: JSON.stringify(body),
  });
  const content = await answer.text();
  if (answer.status !== 201) throw new Error(`POST ${url} was answered with ${answer.status}: ${content}`);
  return JSON.parse(content);
}
