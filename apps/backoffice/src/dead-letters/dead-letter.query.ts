import { statementOfText } from '@falconpay/postgres/named-by-text';
import type { Statement } from '@falconpay/postgres/transaction';
import { letterBytesSql, summaryColumns } from './dead-letter.table.js';

/** Which dead letters are meant: all of these hold. */
export interface DeadLetterFilter {
  readonly ids?: readonly string[] | undefined;
  readonly status?: string | undefined;
  readonly topic?: string | undefined;
  readonly group?: string | undefined;
  readonly fingerprint?: string | undefined;
  readonly error_class?: string | undefined;
  readonly saga_id?: string | undefined;
  readonly event_id?: string | undefined;
  /** Failed at or after, and before. */
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  /** Anywhere in the key or in the words of the error. */
  readonly q?: string | undefined;
}

export interface DeadLetterQuery {
  readonly statement: Statement;
  readonly values: readonly unknown[];
}

const conditionsSql: { readonly [Name in keyof DeadLetterFilter]-?: (parameterSql: string) => string } = {
  ids: (parameterSql) => `id = any(${parameterSql})`,
  status: (parameterSql) => `state = ${parameterSql}`,
  topic: (parameterSql) => `topic = ${parameterSql}`,
  group: (parameterSql) => `consumer_group = ${parameterSql}`,
  fingerprint: (parameterSql) => `fingerprint = ${parameterSql}`,
  error_class: (parameterSql) => `error_class = ${parameterSql}`,
  saga_id: (parameterSql) => `saga_id = ${parameterSql}`,
  event_id: (parameterSql) => `event_id = ${parameterSql}::uuid`,
  since: (parameterSql) => `failed_at >= ${parameterSql}`,
  until: (parameterSql) => `failed_at < ${parameterSql}`,
  q: (parameterSql) => `position(lower(${parameterSql}) in lower(saga_id || ' ' || error_message)) > 0`,
};

export const keyOrderColumns = 'topic, consumer_group, source_partition, source_offset, id';

/** Newest first, from below an id on. */
export function newestFirst(filter: DeadLetterFilter, below: string | undefined, limit: number): DeadLetterQuery {
  const values: unknown[] = [limit];
  const conditions = conditionsOf(filter, values);
  if (below !== undefined) conditions.push(`id < $${values.push(below)}`);
  const text = `select ${summaryColumns} from dead_letters ${whereSql(conditions)} order by id desc limit $1`;
  return { statement: statementOfText(text), values };
}

/** As a replay takes them: each key's in the order in which they were published. Ids, and how much there is to read of each. */
export function inOrderOfKeys(filter: DeadLetterFilter, limit: number): DeadLetterQuery {
  const values: unknown[] = [limit];
  const conditions = conditionsOf(filter, values);
  const text = `select id, ${letterBytesSql} as bytes from dead_letters ${whereSql(conditions)} order by ${keyOrderColumns} limit $1`;
  return { statement: statementOfText(text), values };
}

function conditionsOf(filter: DeadLetterFilter, values: unknown[]): string[] {
  return Object.entries(filter).flatMap(([name, value]) =>
    value === undefined ? [] : [conditionsSql[name as keyof DeadLetterFilter](`$${values.push(value)}`)],
  );
}

const whereSql = (conditions: readonly string[]): string => (conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`);
