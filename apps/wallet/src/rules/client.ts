import type { Money } from '@falconpay/money/money';
import type { Account } from '../accounts/account.js';
import { refusalByRules, withLimits, withSpent, type Limited } from './limited.js';
import type { Limits } from './limits.js';
import type { RuleRefusal } from './rule.js';

/** A client of the interfaces, as the wallet knows it: by its limits, once it has been given any. */
export interface Client {
  readonly id: string;
  readonly limited: Limited | undefined;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export const newClient = (id: string, limits: Limits | undefined, now: Date): Client => ({
  ...{ id, limited: withLimits(undefined, limits, now), version: 0, createdAt: now, updatedAt: now },
});

export const withClientLimits = (client: Client, limits: Limits | undefined, now: Date): Client =>
  changed(client, withLimits(client.limited, limits, now), now);

/** Why this client may not spend that on this account, whoever’s it is. */
export const refusalToClient = (client: Client | undefined, account: Account, money: Money, now: Date): RuleRefusal | undefined =>
  client && refusalByRules(client.limited, `client ${client.id}`, { ...money, accountSince: account.createdAt }, now);

/** The client as the spending leaves it: in a list, to be put; nothing where nothing is counted. */
export const afterSpending = (client: Client | undefined, money: Money, now: Date): Client[] =>
  client?.limited ? [changed(client, withSpent(client.limited, money, now), now)] : [];

const changed = (client: Client, limited: Limited | undefined, now: Date): Client => ({
  ...client,
  ...{ limited, version: client.version + 1, updatedAt: now },
});
