import { read, type Statement } from '@falconpay/postgres/transaction';
import type { ServiceRuntime } from '@falconpay/service/service-runtime';
import type { WalletRows } from '../../wallet-rows.js';
import { expireHolds } from './expire-holds.js';

const atOnceMax = 500;

const find: Statement = {
  name: 'find expired holds',
  text: `select id, account_id as account from holds
    where status = 'ACTIVE' and expires_at is not null and expires_at <= now() order by expires_at limit $1`,
};

/** Looks for holds whose time is over, by the database's clock, and has them expire as ordinary work. */
export function expireHoldsBy(runtime: ServiceRuntime<WalletRows>, everyMs: number): void {
  runtime.repeat('expiring holds', everyMs, async () => {
    for (let found = atOnceMax; found === atOnceMax;) found = await expireNext(runtime);
  });
}

async function expireNext(runtime: ServiceRuntime<WalletRows>): Promise<number> {
  const holds = await read<{ id: string; account: string }>(runtime.source, find, [atOnceMax]);
  if (holds.length > 0) await runtime.run(expireHolds, holds);
  return holds.length;
}
