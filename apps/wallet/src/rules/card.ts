import { newClient, type Client } from './client.js';
import { withLimits } from './limited.js';

/** Its limits are those of each card whose money comes in: most at once, most a day, so often in so much time. */
export const cardsClient = 'cards';

/** A card as the rules see it: what it has brought so far is its own, the limits are those of all cards. Undefined: there are none. */
export function cardOf(token: string, known: Client | undefined, cards: Client | undefined, at: Date): Client | undefined {
  const limits = cards?.limited?.limits;
  if (!limits) return undefined;
  return known ? { ...known, limited: withLimits(known.limited, limits, at) } : newClient(token, limits, at);
}
