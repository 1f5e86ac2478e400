import type { DataSource } from 'typeorm';
import { read, type Statement } from '@falconpay/postgres/transaction';

interface Progress {
  readonly summed_to: bigint;
  readonly sums: Readonly<Record<string, string>>;
  readonly reach: bigint;
  readonly is_settled: boolean;
  readonly last_id: bigint;
}

interface Added {
  readonly currency: string;
  readonly amount: string;
  readonly settled: string;
}

/** What one look reads at the most: a second's work. A ledger that nobody looked at for long is caught up with in steps. */
const entriesPerLookMax = 1_000_000;
const lastId = 2n ** 63n - 1n;

// Settled: whoever had taken an id up to `reach` when that was noted has ended since. An older id can no longer turn up. A mark
// of the future comes from another cluster, of which this database is a copy: it says nothing here.
const progress: Statement = {
  name: 'ledger sums',
  text: `select summed_to, sums, reach, (select last_value - (not is_called)::int from entry_id) as last_id,
      reached_at <= pg_snapshot_xmin(pg_current_snapshot()) or reached_at > pg_snapshot_xmax(pg_current_snapshot()) as is_settled
    from ledger_sums`,
};

const added: Statement = {
  name: 'ledger sums added',
  text: `select currency, sum(amount)::text as amount, coalesce(sum(amount) filter (where id <= $2), 0)::text as settled
    from entries where id > $1 and id <= $3 group by currency`,
};

// The mark is of a later snapshot than the id, so that it covers whoever has taken an id up to it.
const advance: Statement = {
  name: 'ledger sums advance',
  text: `update ledger_sums set summed_to = $3, sums = $4, reach = $5, reached_at = pg_snapshot_xmax(pg_current_snapshot())
    where summed_to = $1 and reach = $2`,
};

/**
 * What all entries of each currency sum to: zero, or money came from nowhere. Entries up to some id were summed before; what
 * came later is read in one snapshot, in which a transaction is there with all its legs or with none. So the sum is that of
 * the whole ledger, at the cost of what was added since the last look.
 */
export class LedgerImbalance {
  constructor(
    private readonly source: DataSource,
    private readonly entriesMax = entriesPerLookMax,
  ) {}

  /** In minor units; undefined while it is catching up with what was added since it last looked. */
  async perCurrency(): Promise<ReadonlyMap<string, bigint> | undefined> {
    const [state] = await read<Progress>(this.source, progress);
    if (!state) throw new Error('ledger_sums has lost its row');
    const { summed_to: from, sums, reach, is_settled: isSettled, last_id: newest } = state;
    const most = from + BigInt(this.entriesMax);
    const isBehind = newest > most;
    const settledTo = !isSettled ? from : reach < most ? reach : most;
    const rows = newest > from ? await read<Added>(this.source, added, [from, settledTo, isBehind ? settledTo : lastId]) : [];
    if (isSettled && newest > from) {
      const settled = [...plus(sums, rows, 'settled')].map(([currency, sum]) => [currency, String(sum)] as const);
      const values = [from, reach, settledTo, JSON.stringify(Object.fromEntries(settled)), settledTo < reach ? reach : newest];
      await read(this.source, advance, values);
    }
    return isBehind ? undefined : plus(sums, rows, 'amount');
  }
}

function plus(sums: Progress['sums'], rows: readonly Added[], which: 'amount' | 'settled'): Map<string, bigint> {
  const total = new Map(Object.entries(sums).map(([currency, sum]) => [currency, BigInt(sum)]));
  for (const row of rows) total.set(row.currency, (total.get(row.currency) ?? 0n) + BigInt(row[which]));
  return total;
}
