import type { RunningSystem } from './running-system.js';

const ledger = `
  select 'transaction ' || transaction_id || ' does not sum to zero' as fault from entries group by transaction_id, currency having sum(amount) <> 0
  union all
  select 'account ' || a.id || ' has ' || a.posted || ', its entries ' || coalesce(sum(e.amount), 0) from accounts a left join entries e on e.account_id = a.id
    group by a.id having a.posted <> coalesce(sum(e.amount), 0)
  union all
  select 'account ' || id || ' is below zero' from accounts where posted - held - unreleased < 0
  union all
  select 'account ' || a.id || ' holds ' || a.held || ', its holds ' || coalesce(sum(h.amount), 0) from accounts a
    left join holds h on h.account_id = a.id and h.status = 'ACTIVE' group by a.id having a.held <> coalesce(sum(h.amount), 0)
  union all
  select 'entry ' || id || ' does not follow from the one before' from (
    select id, balance_after, amount, lag(balance_after, 1, 0) over (partition by account_id order by account_version) as before
    from entries where account_id not like 'sys\\_%') as e where balance_after <> before + amount
  union all
  select 'refused transaction ' || id || ' has entries' from transactions t where status = 'REFUSED' and exists (select 1 from entries where transaction_id = t.id)
  union all
  select 'posted transaction ' || id || ' has no two entries' from transactions t where status = 'POSTED' and (select count(*) from entries where transaction_id = t.id) <> 2`;

const agreed: Readonly<Record<string, string>> = { COMPLETED: 'POSTED', FAILED: 'REFUSED' };

/** What is wrong with the money, once everything has ended: an empty list, always. */
export async function faultsInBooks(system: RunningSystem): Promise<string[]> {
  const faults = (await system.sql<{ fault: string }>('wallet', ledger)).map(({ fault }) => fault);
  const transfers = await system.sql<{ id: string; status: string }>('payment', 'select id, status from transfers');
  const transactions = await system.sql<{ id: string; status: string }>(
    'wallet',
    `select id, status from transactions where type in ('transfer', 'refund')`,
  );
  const posted = new Map(transactions.map(({ id, status }) => [id, status]));
  for (const { id, status } of transfers) {
    if (agreed[status] !== posted.get(id)) faults.push(`${id} is ${status} in payment and ${posted.get(id) ?? 'unknown'} in the wallet`);
    posted.delete(id);
  }
  return [...faults, ...[...posted.keys()].map((id) => `${id} is in the wallet alone`)];
}
