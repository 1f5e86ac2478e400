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

/** Whether it is one of these refusals. */
export function isRefused({ status, text }: FinalAnswer, ...codes: readonly string[]): boolean {
  return (status === 409 || status === 422) && codes.includes((JSON.parse(text) as { code?: string }).code ?? '');
}

export function surprise({ url, key }: Operation, { status, text }: FinalAnswer): string {
  return `${new URL(url).pathname} with key ${key} was answered ${status}: ${text}`.slice(0, 800);
}
