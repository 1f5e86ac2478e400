import type { FinalAnswer, Operation } from './persistent-client.js';
import type { Random } from './random.js';

/** Something that a client wants done: what it posts, and what it makes of the answer. */
export interface Errand {
  readonly operation: Operation;
  /** Keeps what was answered; says so when the answer is one that ought not to be. */
  learn(answer: FinalAnswer): string | undefined;
}

export interface Money {
  readonly amount: number;
  readonly currency: string;
}

export const usd = (amount: number): Money => ({ amount, currency: 'USD' });
/** So small that an account is hardly ever short of it. */
export const smallAmount = (random: Random): number => random.between(1, 500);

export function operationOf(url: string, random: Random, body: object): Operation {
  return { url, key: `prove-${random.hex(24)}`, body: JSON.stringify(body) };
}

/** What anybody who spends may be told. */
export const spendingRefusals = ['insufficient-funds', 'limit-exceeded'] as const;

/** Whether it is one of these refusals. */
export function isRefused({ status, text }: FinalAnswer, ...codes: readonly string[]): boolean {
  return (status === 409 || status === 422) && codes.includes((JSON.parse(text) as { code?: string }).code ?? '');
}

export function surprise({ url, key }: Operation, { status, text }: FinalAnswer): string {
  return `${new URL(url).pathname} with key ${key} was answered ${status}: ${text}`.slice(0, 800);
}

/** What is set up before the load begins, when everything is up. */
export async function put(url: string, body: object): Promise<void> {
  const answer = await fetch(url, { method: 'PUT', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`PUT ${url} was answered with ${answer.status}: ${await answer.text()}`);
}
