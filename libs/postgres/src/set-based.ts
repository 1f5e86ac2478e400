import type { Statement, Transaction } from './transaction.js';

/** A column of a set-based statement: its Postgres type, and what a row has for it. */
export interface Column<Row> {
  readonly type: string;
  readonly of: (row: Row) => unknown;
}
export type Columns<Row> = Readonly<Record<string, Column<Row>>>;

let lastTime: Date | undefined;
let lastTimeText = '';

/** An instant as Postgres takes it. The rows of one commit mostly share one. */
export function timeText(time: Date): string {
  if (time !== lastTime) {
    lastTime = time;
    lastTimeText = time.toISOString();
  }
  return lastTimeText;
}

/** The columns' values, the first being one that is never null: `unnest` makes the shorter lists up with nulls. */
export const arraysOf = <Row>(columns: Columns<Row>, rows: readonly Row[]): unknown[][] =>
  Object.values(columns).map((column) => withoutTrailingNulls(rows.map((row) => column.of(row))));

/** Most optional columns are null in most rows: what is not sent need not be read and spread out again. */
function withoutTrailingNulls(values: unknown[]): unknown[] {
  let { length } = values;
  while (length > 0 && (values[length - 1] ?? null) === null) length -= 1;
  values.length = length;
  return values;
}

export const unnestOf = <Row>(columns: Columns<Row>): string =>
  Object.values(columns)
    .map((column, index) => `$${index + 1}::${column.type}[]`)
    .join(', ');

/** One statement inserts any number of rows, in their order. */
export function insertInto<Row>(
  table: string,
  columns: Columns<Row>,
  onConflict = '',
): (tx: Transaction, rows: readonly Row[]) => Promise<void> {
  const names = Object.keys(columns).join(', ');
  const statement: Statement = {
    name: `insert ${table}`,
    text: `insert into ${table} (${names}) select ${names} from unnest(${unnestOf(columns)}) with ordinality as new(${names}, ordinal) order by ordinal ${onConflict}`,
  };
  return async (tx, rows) => {
    if (rows.length > 0) await tx.query(statement, arraysOf(columns, rows));
  };
}

/** A row as it was locked, and as it is to be. */
export interface Change<Row> {
  readonly before: Row;
  readonly after: Row;
}

/**
 * One statement updates any number of rows by their id, each only if its version is still the one it was locked at:
 * a row that changed under our lock would be a bug, and must stop the transaction.
 */
export function updateById<Row extends { readonly version: number }>(
  table: string,
  id: Column<Row>,
  columns: Columns<Row>,
  /** Tells the statements of one table apart, when it is updated in different sets of columns. */
  variant = '',
): (tx: Transaction, changes: readonly Change<Row>[]) => Promise<void> {
  const changing: Columns<Row> = { ...columns, version: { type: 'int', of: (row) => row.version } };
  const all: Columns<Change<Row>> = {
    id: { type: id.type, of: ({ after }) => id.of(after) },
    ...Object.fromEntries(
      Object.entries(changing).map(([name, { type, of }]) => [name, { type, of: ({ after }: Change<Row>) => of(after) }]),
    ),
    version_before: { type: 'int', of: ({ before }) => before.version },
  };
  const sets = Object.keys(changing)
    .map((name) => `${name} = new.${name}`)
    .join(', ');
  const statement: Statement = {
    name: `update ${table}${variant}`,
    text: `with changed as (update ${table} as old set ${sets} from unnest(${unnestOf(all)}) as new(${Object.keys(all).join(', ')})
           where old.id = new.id and old.version = new.version_before returning 1) select count(*)::int as changed from changed`,
  };
  return async (tx, changes) => {
    if (changes.length === 0) return;
    const [result] = await tx.query<{ changed: number }>(statement, arraysOf(all, changes));
    if (result?.changed !== changes.length)
      throw new Error(`${table}: of ${changes.length} rows to update ${result?.changed} were as they were locked`);
  };
}
