import pg from 'pg';

export const orderKinds = ['withdrawal', 'payout', 'redemption'] as const;
export type OrderKind = (typeof orderKinds)[number];

/** A line of a partner's own journal. */
export interface JournalLine {
  readonly id: string;
  readonly event: string;
  readonly amount: number;
}

interface OrderRow {
  readonly id: string;
  readonly status: string;
  readonly paid: string | null;
}

interface LedgerRow {
  readonly id: string;
  readonly is_held: boolean;
  /** What went through the bank's own account for such partners: captured, posted as a shortage, or credited. */
  readonly booked: string;
}

/** Of one kind of orders, what the partners did and what we made of it. */
export interface AtPartners {
  readonly orders: number;
  /** By the partners' journals: what left there, or was charged there, less what came back. */
  readonly moved: number;
  readonly booked: number;
  /** Moved, and the hold or the reversal still stands: somebody has to find out. */
  readonly open: number;
  /** Moved after the partner had promised that it would not, and we have not heard of it: the day's journal will tell. */
  readonly broken: number;
  readonly byStatus: Readonly<Record<string, number>>;
  /** One line for each order that goes on by itself. */
  readonly underWay: readonly string[];
  /** One line for each thing that is not as it ought to be, once nothing is under way. */
  readonly wrong: readonly string[];
}

export interface SystemWithPartners {
  readonly databaseUrls: Readonly<Record<string, string>>;
  readonly urls: Readonly<Record<string, string>>;
}

interface Words {
  readonly partner: string;
  /** Its place in the simulator's paths, and in the gateway's. */
  readonly path: string;
  readonly idMember: string;
  readonly account: string;
  /** Of the bank's own account, when money has gone the way that it does with such orders. */
  readonly sign: 1 | -1;
  readonly invariant: string;
}

export const wordsOf: Readonly<Record<OrderKind, Words>> = {
  withdrawal: { partner: 'machine', path: 'atms', idMember: 'dispense_id', account: 'sys_machines_', sign: 1, invariant: 'I11' },
  payout: { partner: 'bank', path: 'banks', idMember: 'credit_id', account: 'sys_banks_', sign: 1, invariant: 'I11' },
  redemption: {
    ...{ partner: 'institution', path: 'institutions', idMember: 'cashout_id' },
    ...{ account: 'sys_institutions_', sign: -1, invariant: 'I14' },
  },
};

const ordersOf = `select id, status, paid::text from orders where kind = $1 and partner = any($2)`;
const ledgerOf = `
  select id, coalesce(h.status = 'ACTIVE', false) as is_held, coalesce(e.booked, 0)::text as booked
  from (select id, status from holds where source = $1) h full join (
    select transaction_id as id, $3::int * sum(amount) as booked from entries where starts_with(account_id, $2) group by 1) e using (id)`;

/** The partners' own journals against the gateway's orders and the wallet's ledger: moved = booked + open, to the unit. */
export async function partnersInBooks(
  { databaseUrls, urls }: SystemWithPartners,
  kind: OrderKind,
  partners: readonly string[],
): Promise<AtPartners> {
  const { account, sign } = wordsOf[kind];
  const [journals, orders, ledger] = await Promise.all([
    Promise.all(partners.map((partner) => journalOf(urls, kind, partner))),
    ask<OrderRow>(databaseUrls['atm-gateway'], ordersOf, [kind, partners]),
    ask<LedgerRow>(databaseUrls['wallet'], ledgerOf, [kind, account, sign]),
  ]);
  return comparePartners(kind, journals.flat(), orders, ledger);
}

export function comparePartners(
  kind: OrderKind,
  lines: readonly JournalLine[],
  orders: readonly OrderRow[],
  ledger: readonly LedgerRow[],
): AtPartners {
  const { partner, invariant } = wordsOf[kind];
  const rowOf = new Map(ledger.map((row) => [row.id, row]));
  const linesOf = new Map<string, JournalLine[]>();
  for (const line of lines) linesOf.set(line.id, [...(linesOf.get(line.id) ?? []), line]);
  const sums = { moved: 0, booked: 0, open: 0, broken: 0 };
  const byStatus: Record<string, number> = {};
  const [underWay, wrong]: [string[], string[]] = [[], []];
  for (const order of orders) {
    const own = linesOf.get(order.id) ?? [];
    linesOf.delete(order.id);
    const { is_held: isHeld = false, booked: inLedger = '0' } = rowOf.get(order.id) ?? {};
    const [moved, booked, isOpen] = [movedBy(own), Number(inLedger), isHeld || order.status === 'REVERSING'];
    byStatus[order.status] = (byStatus[order.status] ?? 0) + 1;
    sums.moved += moved;
    sums.booked += booked;
    if (isOpen) sums.open += moved;
    if (isUnderWay(order, own)) underWay.push(`I8 ${kind} ${order.id} is still ${order.status}`);
    if (givenBack.has(order.status) && booked === 0 && hasBrokenItsWord(own)) sums.broken += moved;
    else wrong.push(...wrongWith(kind, order, own, { moved, booked, isOpen }));
  }
  wrong.push(...[...linesOf.keys()].map((id) => `${invariant} a ${partner} knows ${id}, and we do not`));
  return { orders: orders.length, ...sums, byStatus, underWay, wrong };
}

interface Sums {
  readonly moved: number;
  readonly booked: number;
  readonly isOpen: boolean;
}

function wrongWith(
  kind: OrderKind,
  { id, status, paid }: OrderRow,
  lines: readonly JournalLine[],
  { moved, booked, isOpen }: Sums,
): string[] {
  const { partner, invariant } = wordsOf[kind];
  const found: string[] = [];
  const times = lines.filter(isMove).length;
  if (times > 1) found.push(`${invariant} ${kind} ${id}: the ${partner} did it ${times} times`);
  if (!isOpen && moved !== booked)
    found.push(`${invariant} ${kind} ${id} (${status}): ${moved} by the ${partner}'s journal, and ${booked} by our ledger`);
  if (status === 'MANUAL_REVIEW' && paid === null && !lines.some(leavesDoubt))
    found.push(`I8 ${kind} ${id} waits for people, and the ${partner}'s journal tells what became of it`);
  return found;
}

const over: ReadonlySet<string> = new Set(['COMPLETED', 'REFUNDED', 'REFUSED', 'DECLINED', 'REVERSED', 'MANUAL_REVIEW']);
const givenBack: ReadonlySet<string> = new Set(['REFUNDED', 'REVERSED']);
const moves: ReadonlySet<string> = new Set(['dispensed', 'partial', 'presented', 'accepted', 'approved']);
const comesBack: ReadonlySet<string> = new Set(['retracted', 'reversed']);
const doubts: ReadonlySet<string> = new Set(['unknown', 'retracted']);

const isMove = ({ event }: JournalLine): boolean => moves.has(event);
const leavesDoubt = ({ event }: JournalLine): boolean => doubts.has(event);

/** An institution that does not know itself never acknowledges the reversal: it is sent for ever, and people are called. */
const isUnderWay = ({ status }: OrderRow, lines: readonly JournalLine[]): boolean =>
  !over.has(status) && !(status === 'REVERSING' && lines.some(leavesDoubt));

function hasBrokenItsWord(lines: readonly JournalLine[]): boolean {
  const promised = lines.findIndex(({ event }) => event === 'tombstoned');
  return promised >= 0 && lines.slice(promised).some(isMove);
}

const movedBy = (lines: readonly JournalLine[]): number =>
  lines.reduce((sum, line) => sum + (isMove(line) ? line.amount : comesBack.has(line.event) ? -line.amount : 0), 0);

/** All of it, as it really was; the last line closes it. */
export async function journalOf(urls: SystemWithPartners['urls'], kind: OrderKind, partner: string): Promise<JournalLine[]> {
  const { path, idMember } = wordsOf[kind];
  const answer = await fetch(`${urls['simulator']}/v1/${path}/${partner}/journal`, { signal: AbortSignal.timeout(20_000) });
  const lines = (await answer.text()).trimEnd().split('\n').slice(0, -1);
  return lines.map((line) => {
    const { event, amount, [idMember]: id } = JSON.parse(line) as Readonly<Record<string, string | number>>;
    return { id: String(id), event: String(event), amount: Number(amount) };
  });
}

async function ask<Row extends object>(connectionString: string | undefined, statement: string, values: unknown[]): Promise<Row[]> {
  const client = new pg.Client({ connectionString: connectionString ?? '' });
  await client.connect();
  try {
    return (await client.query<Row>(statement, values)).rows;
  } finally {
    await client.end();
  }
}
