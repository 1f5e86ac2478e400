import { checkBooks as readBooks } from '@falconpay/invariants/check-books';
import { databaseUrlsOf } from '@falconpay/invariants/under-way';
import { TRANSFERS, untilNothingIsOpen } from '../load/transfer-load.js';
import type { BenchSystem } from './bench-system.js';

interface Finding {
  readonly fault: string;
  readonly count: string;
}

const WALLET_FAULTS = `
  select 'the entries do not sum to zero in some currency' as fault, count(*) from
    (select currency from entries group by currency having sum(amount) <> 0) as unbalanced
  union all select 'an account differs from the sum of its entries', count(*) from
    accounts left join (select account_id, sum(amount) as total from entries group by account_id) as folded on folded.account_id = accounts.id
    where accounts.posted <> coalesce(folded.total, 0)
  union all select 'a transfer has not exactly two entries', count(*) from
    (select transactions.id from transactions left join entries on entries.transaction_id = transactions.id
     where transactions.type = 'transfer' and transactions.status = 'POSTED' group by transactions.id having count(entries.id) <> 2) as odd`;

/** Fast wrong figures are worth nothing: after every round, what can be seen quickly. Throws when something is not right. */
export async function checkTotals(system: BenchSystem): Promise<void> {
  await untilNothingIsOpen(system.payment, TRANSFERS);
  const { rows } = await system.wallet.query<Finding>(WALLET_FAULTS);
  const faults = rows.filter(({ count }) => Number(count) > 0).map(({ fault, count }) => `${fault} (${count})`);
  const completed = await countOf(system.payment, `select count(*) from transfers where status = 'COMPLETED'`);
  const posted = await countOf(system.wallet, `select count(*) from transactions where type = 'transfer' and status = 'POSTED'`);
  if (completed !== posted) faults.push(`${completed} transfers are COMPLETED and ${posted} were posted`);
  if (faults.length > 0) throw new Error(`the books are wrong: ${faults.join('; ')}`);
}

async function countOf(database: BenchSystem['payment'], query: string): Promise<number> {
  const { rows } = await database.query<{ count: string }>(query);
  return Number(rows[0]?.count);
}

/** At the end, every promise of the system, down to the last entry and event. */
export async function checkBooks(system: BenchSystem): Promise<number> {
  const { databaseUrls, brokers } = system.local;
  const { ok, violations, counts } = await readBooks({
    databaseUrls: databaseUrlsOf(databaseUrls),
    brokers: [brokers],
    waitForQuiescenceMs: 30_000,
  });
  if (!ok) throw new Error(`the books are wrong: ${JSON.stringify(violations.slice(0, 5))}`);
  return counts.transfers;
}
