import { execFile } from 'node:child_process';
import { request, type IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { startSystem, type RunningSystem, type TestAccount } from '@falconpay/testing/running-system';

const lines = 1_000_000;
const mebibyte = 1_048_576;

let system: RunningSystem;
let account: TestAccount;

/** Half a million transactions whose two legs are both on the account: the books stay in order, and each leg is a line. */
beforeAll(async () => {
  // Sealing a million entries would take the processor, and memory, from what is measured.
  system = await startSystem({ name: 'export', services: ['wallet'], env: { WALLET_SEAL_EVERY_MS: '3600000' } });
  account = await system.account();
  await system.sql(
    'wallet',
    `insert into transactions (id, type, status, reference, created_at)
     select 'pay_' || lpad(n::text, 26, '0'), 'transfer', 'POSTED', 'order ' || n, now() - interval '1 second' * n
     from generate_series(1, ${lines / 2}) n`,
  );
  await system.sql(
    'wallet',
    `insert into entries (account_id, transaction_id, type, amount, currency, balance_after, account_version, reference, created_at)
     select $1, 'pay_' || lpad(n::text, 26, '0'), 'transfer', leg, 'USD', greatest(leg, 0), 2 * n + (leg < 0)::int, 'order ' || n,
       now() - interval '1 second' * n
     from generate_series(1, ${lines / 2}) n, (values (1), (-1)) as legs(leg)`,
    [account.id],
  );
});
afterAll(() => system?.stop());

const run = promisify(execFile);
const residentBytes = async (): Promise<number> =>
  1_024 * Number((await run('ps', ['-o', 'rss=', '-p', String(system.local.pid('wallet'))])).stdout);

/** How much more memory the wallet had than before, at most, while the work was done. */
async function growthDuring(work: () => Promise<void>): Promise<number> {
  const before = await residentBytes();
  let most = before;
  const done = new AbortController();
  const watching = (async () => {
    while (!done.signal.aborted) {
      most = Math.max(most, await residentBytes());
      await delay(50);
    }
  })();
  await work().finally(() => done.abort());
  await watching;
  return (most - before) / mebibyte;
}

function open(format: string): Promise<IncomingMessage> {
  const { hostname, port } = new URL(system.wallet.url);
  return new Promise((resolve, reject) => {
    request({ hostname, port, path: `/v1/accounts/${account.id}/transactions?format=${format}` }, resolve)
      .once('error', reject)
      .end();
  });
}

/** Pages of histories that are being read in the database, and when the last one was. */
async function fetching(): Promise<{ busy: number; last: string | null }> {
  const [row] = await system.sql<{ busy: number; last: string | null }>(
    'wallet',
    `select count(*) filter (where state <> 'idle')::int as busy, max(query_start)::text as last from pg_stat_activity
     where application_name = 'falconpay-wallet' and datname = current_database() and query like '%from entries where%'`,
  );
  return row ?? { busy: 0, last: null };
}

describe('a history of a million lines', () => {
  it.each(['csv', 'jsonl'])('is sent as %s within 100 MB of memory', async (format) => {
    const startedAt = performance.now();
    let count = 0;
    const grownMiB = await growthDuring(async () => {
      for await (const chunk of await open(format)) for (const byte of chunk as Buffer) if (byte === 10) count += 1;
    });
    const seconds = (performance.now() - startedAt) / 1_000;
    process.stdout.write(
      `${count} lines of ${format} in ${seconds.toFixed(1)} s, with at most ${grownMiB.toFixed(0)} MiB more than before\n`,
    );
    expect(count).toBe(lines + (format === 'csv' ? 1 : 0));
    expect(grownMiB).toBeLessThan(100);
  });

  it('waits for readers who are slow, and holds no connection to the database meanwhile', async () => {
    const grownMiB = await growthDuring(async () => {
      // Nobody reads: what fits in between is sent, and no more is fetched.
      const slow = await Promise.all(Array.from({ length: 20 }, () => open('jsonl')));
      await system.eventually('nothing is fetched any more', async () => {
        const before = await fetching();
        await delay(200);
        const now = await fetching();
        return now.busy === 0 && now.last === before.last;
      });
      slow.forEach((each) => each.destroy());
    });
    expect(grownMiB).toBeLessThan(100);
    expect(await system.balance(account.id)).toBe(0);
  });
});
