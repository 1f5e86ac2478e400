import type { Change } from '@falconpay/postgres/set-based';
import type { Transaction } from '@falconpay/postgres/transaction';

/** What the pipeline needs to know of a table: how to lock rows by their keys, and how to write many at once. */
export interface Table<Row extends object> {
  /** All keys a row can be asked for by; the first is its identity. */
  keysOf(row: Row): readonly string[];
  /** Locks in ascending order of identity: every transaction of the service locks in one order, so none waits in a circle. */
  lock?(tx: Transaction, keys: readonly string[]): Promise<Row[]>;
  insert(tx: Transaction, rows: readonly Row[]): Promise<void>;
  update?(tx: Transaction, changes: readonly Change<Row>[]): Promise<void>;
}

/** A service's tables, in the order in which they are locked and written. */
export type Tables<Kinds> = { readonly [Name in keyof Kinds]: Kinds[Name] extends object ? Table<Kinds[Name]> : never };
