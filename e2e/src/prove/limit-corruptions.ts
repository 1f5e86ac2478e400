import type { RunningSystem, TestAccount } from '@falconpay/testing/running-system';
import { usd } from '../partner.js';

export interface LimitFacts {
  /** May spend 500 a day, four times an hour; has spent three times: 30, 40 of a hold of 100, and 5. */
  readonly limited: TestAccount;
}

export async function limitedAccount(system: RunningSystem): Promise<TestAccount> {
  const limited = await system.account('USD', 1_000);
  const path = `/v1/accounts/${limited.id}`;
  const limits = { per_day: usd(500), velocity: { count: 4, window_seconds: 3_600 } };
  await system.wallet.send('PUT', `${path}/limits`, JSON.stringify(limits), { 'content-type': 'application/json' });
  await system.wallet.post(`${path}/withdrawals`, { amount: usd(30) });
  const { id } = (await system.wallet.post(`${path}/holds`, { amount: usd(100) })).body as { id: string };
  await system.wallet.post(`/v1/holds/${id}/capture`, { amount: usd(40) });
  await system.wallet.post(`${path}/withdrawals`, { amount: usd(5) });
  return limited;
}

const named = ({ limited }: LimitFacts): string[] => [`I16 account ${limited.number}`];

export const limitCorruptions: readonly {
  readonly name: string;
  readonly in: 'wallet';
  readonly sql: (facts: LimitFacts) => string;
  readonly named: (facts: LimitFacts) => readonly string[];
}[] = [
  {
    name: 'a spending that is not counted',
    in: 'wallet',
    sql: ({ limited }) => `update accounts set usage = jsonb_set(usage, '{spent,USD}', '"4"') where id = '${limited.id}'`,
    named,
  },
  {
    name: 'a spending that is counted twice',
    in: 'wallet',
    sql: ({ limited }) =>
      `update accounts set usage = jsonb_set(usage, '{spent,USD}', to_jsonb(((usage -> 'spent' ->> 'USD')::int + 5)::text)) where id = '${limited.id}'`,
    named,
  },
  {
    name: 'a day on which more was spent than may be',
    in: 'wallet',
    sql: ({ limited }) => `update accounts set limits = jsonb_set(limits, '{rules,per_day,amount}', '4') where id = '${limited.id}'`,
    named,
  },
  {
    name: 'an hour in which was spent more often than may be',
    in: 'wallet',
    sql: ({ limited }) => `update accounts set limits = jsonb_set(limits, '{rules,velocity,count}', '2') where id = '${limited.id}'`,
    named,
  },
];
