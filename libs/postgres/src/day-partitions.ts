import type { DataSource } from 'typeorm';
import { codeOf } from './errors.js';

const dayMs = 86_400_000;
const daysAhead = 3;

/** A table partitioned by day: how a day begins in terms of its partition key, and how long a day is kept. */
export interface DayPartitioned {
  readonly table: string;
  readonly boundOf: (day: Date) => string;
  readonly keepDays: number;
  /** May this partition go? Asked only for days past keepDays. */
  readonly mayDrop?: (partition: string) => Promise<boolean>;
}

const dayOf = (time: number): Date => new Date(Math.floor(time / dayMs) * dayMs);
const nameOf = (table: string, day: Date): string => `${table}_${day.toISOString().slice(0, 10).replaceAll('-', '')}`;

/**
 * Keeps the partitions of the next days ready and lets old days go whole: dropping a partition costs the same however many
 * rows it holds, and leaves no dead rows behind. A default partition, made with the table, catches what falls outside.
 */
export async function maintainDayPartitions(source: DataSource, partitioned: DayPartitioned, now: number): Promise<string[]> {
  for (let ahead = 0; ahead <= daysAhead; ahead += 1) {
    const from = dayOf(now + ahead * dayMs);
    const to = new Date(from.getTime() + dayMs);
    await source.query(createPartition(partitioned, from, to)).catch(leaveInDefault);
  }
  return dropOldDays(source, partitioned, now);
}

const checkViolation = '23514';

/** Rows of that day came before it had a partition (an id from a clock that runs ahead): they stay where they are, in the default one. */
function leaveInDefault(error: unknown): void {
  if (codeOf(error) !== checkViolation) throw error;
}

const createPartition = ({ table, boundOf }: DayPartitioned, from: Date, to: Date): string =>
  `create table if not exists ${nameOf(table, from)} partition of ${table} for values from ('${boundOf(from)}') to ('${boundOf(to)}')`;

async function dropOldDays(source: DataSource, { table, keepDays, mayDrop }: DayPartitioned, now: number): Promise<string[]> {
  const oldest = nameOf(table, dayOf(now - keepDays * dayMs));
  const partitions: { name: string }[] = await source.query(
    `select child.relname as name from pg_inherits
     join pg_class child on child.oid = inhrelid join pg_class parent on parent.oid = inhparent
     where parent.relname = $1 and child.relname < $2 and child.relname ~ '_[0-9]{8}$' order by 1`,
    [table, oldest],
  );
  const dropped: string[] = [];
  for (const { name } of partitions) {
    if (mayDrop && !(await mayDrop(name))) continue;
    await source.query(`drop table ${name}`);
    dropped.push(name);
  }
  return dropped;
}
