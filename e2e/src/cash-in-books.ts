import pg from 'pg';

interface JournalLine {
  readonly dispense_id: string;
  readonly event: string;
  readonly amount: number;
}

interface OrderRow {
  readonly id: string;
  readonly status: string;
  readonly paid: string | null;
}

interface HoldRow {
  readonly id: string;
  readonly is_open: boolean;
  /** What has left through the bank's account for machines: captured, or posted as a shortage. */
  readonly paid_for: string;
}

export interface Cash {
  readonly withdrawals: number;
  /** By the machines' journals. */
  readonly cameOut: number;
  readonly paidFor: number;
  /** Came out, and the hold still stands: somebody has to find out. */
  readonly open: number;
  /** Came out after the machine had promised that it would not, and we have not heard of it: the day's journal will tell. */
  readonly broken: number;
  readonly byStatus: Readonly<Record<string, number>>;
  /** One line for each thing that is not as it ought to be, once nothing is under way (I11). */
  readonly wrong: readonly string[];
}

export interface CashSystem {
  readonly databaseUrls: Readonly<Record<string, string>>;
  readonly urls: Readonly<Record<string, string>>;
}

const ordersOf = `select id, status, paid::text from orders where kind = 'withdrawal' and partner = any($1)`;
const holdsOf = `
  select h.id, h.status = 'ACTIVE' as is_open, coalesce(sum(e.amount), 0)::text as paid_for
  from holds h left join entries e on e.transaction_id = h.id and e.account_id like 'sys\\_machines\\_%'
  where h.source = 'withdrawal' group by h.id`;

/** The machines' own journals against the gateway's orders and the wallet's ledger: cash out = paid for + open suspense. */
export async function cashInBooks({ databaseUrls, urls }: CashSystem, machines: readonly string[]): Promise<Cash> {
  const lines = (await Promise.all(machines.map((machine) => journalOf(`${urls['simulator']}/v1/atms/${machine}/journal`)))).flat();
  const [orders, holds] = await Promise.all([
    ask<OrderRow>(databaseUrls['atm-gateway'], ordersOf, [machines]),
    ask<HoldRow>(databaseUrls['wallet'], holdsOf),
  ]);
  return compareCash(lines, orders, holds);
}

export function compareCash(lines: readonly JournalLine[], orders: readonly OrderRow[], holds: readonly HoldRow[]): Cash {
  const holdOf = new Map(holds.map((hold) => [hold.id, hold]));
  const linesOf = new Map<string, JournalLine[]>();
  for (const line of lines) linesOf.set(line.dispense_id, [...(linesOf.get(line.dispense_id) ?? []), line]);
  const sums = { cameOut: 0, paidFor: 0, open: 0, broken: 0 };
  const byStatus: Record<string, number> = {};
  const wrong: string[] = [];
  for (const order of orders) {
    const own = linesOf.get(order.id) ?? [];
    linesOf.delete(order.id);
    const { is_open: isOpen = false, paid_for = '0' } = holdOf.get(order.id) ?? {};
    const [cash, paidFor] = [cameOut(own), Number(paid_for)];
    byStatus[order.status] = (byStatus[order.status] ?? 0) + 1;
    sums.cameOut += cash;
    sums.paidFor += paidFor;
    if (isOpen) sums.open += cash;
    if (order.status === 'REFUNDED' && paidFor === 0 && hasBrokenItsWord(own)) sums.broken += cash;
    else wrong.push(...wrongWith(order, own, { cash, paidFor, isOpen }));
  }
  wrong.push(...[...linesOf.keys()].map((id) => `I11 a machine knows ${id}, and we do not`));
  return { withdrawals: orders.length, ...sums, byStatus, wrong };
}

interface Sums {
  readonly cash: number;
  readonly paidFor: number;
  readonly isOpen: boolean;
}

function wrongWith({ id, status, paid }: OrderRow, lines: readonly JournalLine[], { cash, paidFor, isOpen }: Sums): string[] {
  const found: string[] = [];
  const times = lines.filter(isPaid).length;
  if (times > 1) found.push(`I11 withdrawal ${id}: the machine paid ${times} times`);
  if (!isOpen && cash !== paidFor)
    found.push(`I11 withdrawal ${id} (${status}): ${cash} came out by the machine's journal, and ${paidFor} was paid for`);
  if (status === 'MANUAL_REVIEW' && paid === null && !lines.some(({ event }) => leavesDoubt.has(event)))
    found.push(`I8 withdrawal ${id} waits for people, and the machine's journal tells what became of it`);
  return found;
}

const leaves: ReadonlySet<string> = new Set(['dispensed', 'partial', 'presented']);
const leavesDoubt: ReadonlySet<string> = new Set(['unknown', 'retracted']);

const isPaid = ({ event }: JournalLine): boolean => leaves.has(event);

function hasBrokenItsWord(lines: readonly JournalLine[]): boolean {
  const promised = lines.findIndex(({ event }) => event === 'tombstoned');
  return promised >= 0 && lines.slice(promised).some(isPaid);
}

const cameOut = (lines: readonly JournalLine[]): number =>
  lines.reduce((sum, { event, amount }) => sum + (leaves.has(event) ? amount : event === 'retracted' ? -amount : 0), 0);

/** All of it, as it really was; the last line closes it. */
async function journalOf(url: string): Promise<JournalLine[]> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(20_000) });
  const lines = (await answer.text()).trimEnd().split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as JournalLine);
}

async function ask<Row extends object>(connectionString: string | undefined, statement: string, values: unknown[] = []): Promise<Row[]> {
  const client = new pg.Client({ connectionString: connectionString ?? '' });
  await client.connect();
  try {
    return (await client.query<Row>(statement, values)).rows;
  } finally {
    await client.end();
  }
}
