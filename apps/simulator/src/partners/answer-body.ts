import type { Delivery } from './behaviour.js';
import type { Found, Order, OrderMoney } from './partner.js';
import { wordOf, WORDS, type Kind } from './words.js';

export type Body = Readonly<Record<string, unknown>>;

const money = (amount: number, currency: string) => ({ amount, currency });

/** The answer to a command. Its protocol knows four outcomes; the rest of what can have become of an order fits into these. */
export function commandBody(kind: Kind, id: string, order: Order | undefined, asked: OrderMoney): Body {
  const words = WORDS[kind];
  if (order === undefined) return { [words.id]: id, outcome: 'unknown' };
  const { fate, ref, reason } = order;
  if (fate === 'retracted' || fate === 'unknown') return { [words.id]: id, outcome: 'unknown', [words.ref]: ref, reason: reason ?? fate };
  if (fate === 'tombstoned' || fate === 'reversed')
    return { [words.id]: id, outcome: words.refused, ...paidOf(kind, { ...asked, paid: 0 }), [words.ref]: ref, reason: fate };
  return {
    [words.id]: id,
    outcome: wordOf(kind, fate),
    ...paidOf(kind, order),
    [words.ref]: ref,
    ...(reason === undefined ? {} : { reason }),
  };
}

/** The answer to a cancel or an inquiry; undefined where the partner has never heard of the order. */
export function foundBody(kind: Kind, id: string, found: Found): Body | undefined {
  if (found === undefined) return undefined;
  const words = WORDS[kind];
  if ('underWay' in found) {
    const { amount, currency, behaviour } = found.underWay;
    if (!behaviour.denies) return { [words.id]: id, outcome: 'in_progress' };
    return { [words.id]: id, outcome: words.refused, ...paidOf(kind, { amount, currency, paid: 0 }), reason: 'denied' };
  }
  const { fate, ref, reason } = found.order;
  return {
    [words.id]: id,
    outcome: wordOf(kind, fate),
    ...(fate === 'unknown' || fate === 'tombstoned' ? {} : paidOf(kind, found.order)),
    [words.ref]: ref,
    ...(reason === undefined ? {} : { reason }),
  };
}

/** What came out; left away where nobody knows. */
const paidOf = (kind: Kind, { paid, currency }: Pick<Order, 'paid' | 'currency' | 'amount'>): Body =>
  paid === undefined ? {} : { [WORDS[kind].amount]: money(paid, currency) };

/** The answer as a partner that lies gives it. */
export function distorted(kind: Kind, delivery: Delivery, body: Body, asked: OrderMoney): Body {
  const words = WORDS[kind];
  if (delivery === 'wrong-id') return { ...body, [words.id]: 'another-order' };
  if (delivery === 'wrong-currency') return { ...body, [words.amount]: money(asked.amount, asked.currency === 'JPY' ? 'KRW' : 'JPY') };
  if (delivery === 'too-much') return { ...body, [words.amount]: money(asked.amount + 1, asked.currency) };
  return body;
}
