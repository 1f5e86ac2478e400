import type { Change } from '@falconpay/postgres/set-based';
import type { Transaction } from '@falconpay/postgres/transaction';
import type { Table, Tables } from './table.js';
import type { Decision, Needs, RowKinds, Rows } from './use-case.js';

interface Held {
  row: object;
  /** As it was when locked; undefined for a row that is new. */
  readonly locked: object | undefined;
}

/** One table's rows in this commit: those locked, those changed, those new. */
class HeldRows {
  private readonly byKey = new Map<string, Held | undefined>();
  private readonly held: Held[] = [];

  constructor(private readonly table: Table<object>) {}

  async lock(tx: Transaction, keys: ReadonlySet<string>): Promise<void> {
    if (keys.size === 0) return;
    for (const key of keys) this.byKey.set(key, undefined);
    if (!this.table.lock) throw new TypeError('rows of an append-only table cannot be asked for');
    for (const row of await this.table.lock(tx, [...keys])) this.hold({ row, locked: row });
  }

  get(key: string): object | undefined {
    if (!this.byKey.has(key)) throw new TypeError(`${key} was not named in needs`);
    return this.byKey.get(key)?.row;
  }

  put(row: object): void {
    const [identity] = this.table.keysOf(row);
    const known = identity === undefined ? undefined : this.byKey.get(identity);
    if (known) known.row = row;
    else this.hold({ row, locked: undefined });
  }

  async write(tx: Transaction): Promise<void> {
    const added = this.held.filter((held) => !held.locked).map((held) => held.row);
    const changed = this.held.flatMap(({ row, locked }) => (locked && row !== locked ? [{ before: locked, after: row }] : []));
    await Promise.all([
      added.length > 0 ? this.table.insert(tx, added) : undefined,
      changed.length > 0 ? this.update(tx, changed) : undefined,
    ]);
  }

  private update(tx: Transaction, changed: readonly Change<object>[]): Promise<void> {
    if (!this.table.update) throw new TypeError('rows of this table never change');
    return this.table.update(tx, changed);
  }

  private hold(held: Held): void {
    this.held.push(held);
    if (!this.table.lock) return;
    for (const key of this.table.keysOf(held.row)) this.byKey.set(key, held);
  }
}

/** All rows of one commit. Decisions see what the ones before them put; nothing reaches the database before `write`. */
export class WorkingSet<Kinds extends RowKinds> implements Rows<Kinds> {
  private readonly tables = new Map<keyof Kinds, HeldRows>();

  constructor(tables: Tables<Kinds>) {
    for (const name of Object.keys(tables)) this.tables.set(name, new HeldRows(tables[name] as Table<object>));
  }

  /** Locks the union of what is needed, table by table in the service's order. */
  async lock(tx: Transaction, needs: readonly Needs<Kinds>[]): Promise<void> {
    await Promise.all([...this.tables].map(([name, held]) => held.lock(tx, new Set(needs.flatMap((need) => need[name] ?? [])))));
  }

  get<Name extends keyof Kinds>(table: Name, key: string): Kinds[Name] | undefined {
    return this.tables.get(table)?.get(key) as Kinds[Name] | undefined;
  }

  apply(decision: Decision<Kinds>): void {
    for (const [name, rows] of Object.entries(decision.put ?? {})) {
      for (const row of (rows as readonly object[] | undefined) ?? []) this.tables.get(name)?.put(row);
    }
  }

  async write(tx: Transaction): Promise<void> {
    await Promise.all([...this.tables.values()].map((held) => held.write(tx)));
  }
}
