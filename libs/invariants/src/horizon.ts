import type { BooksDatabase } from './books-database.js';

/** Rows of a day's edge may have gone with the day before. */
const edgeMs = 60_000;

/**
 * From when on the outbox still has every row. Days go whole when they are past their retention: when the day of the oldest
 * change has no partition any more, only what came after the oldest day that has one can be checked.
 */
export async function outboxCompleteSince(books: BooksDatabase, changes: 'transfers' | 'orders' | 'transactions'): Promise<number> {
  const { oldest, day } = await books.one<{ oldest: Date | null; day: string | null }>(
    `select (select min(created_at) from ${changes}) as oldest, (select min(right(child.relname, 8)) from pg_inherits
       join pg_class child on child.oid = inhrelid join pg_class parent on parent.oid = inhparent
       where parent.relname = 'outbox' and child.relname ~ '_[0-9]{8}$') as day`,
  );
  if (oldest === null || day === null) return 0;
  const begins = Date.parse(`${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}T00:00:00Z`);
  return oldest.getTime() < begins ? begins + edgeMs : 0;
}

/** The smallest UUIDv7 of an instant: event ids begin with their time. */
export function smallestIdAt(timeMs: number): string {
  const hex = Math.max(0, timeMs).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}
