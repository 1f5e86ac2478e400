import type { DataSource } from 'typeorm';
import { Problem } from '@falconpay/http/problem';
import { read, type Statement } from '@falconpay/postgres/transaction';
import { deadLetterOf, summaryColumns, summaryOf, type DeadLetterRow, type LetterSummaryRow } from './dead-letter.table.js';
import type { DeadLetter, LetterSummary } from './dead-letter.js';
import { inOrderOfKeys, keyOrderColumns, newestFirst, type DeadLetterFilter } from './dead-letter.query.js';
import type { Sized } from './portions.js';

const find: Statement = { name: 'find dead letter', text: 'select * from dead_letters where id = $1' };
const findWhole: Statement = {
  name: 'find whole dead letters',
  text: `select * from dead_letters where id = any($1) order by ${keyOrderColumns}`,
};
const ofSagas: Statement = {
  name: 'find dead letters of sagas',
  text: `select ${summaryColumns} from dead_letters where saga_id = any($1) order by id`,
};

/** Newest first, from below an id on. */
export async function listLetters(
  source: DataSource,
  filter: DeadLetterFilter,
  below: string | undefined,
  limit: number,
): Promise<LetterSummary[]> {
  const { statement, values } = newestFirst(filter, below, limit);
  return (await read<LetterSummaryRow>(source, statement, values)).map(summaryOf);
}

export async function lettersOfSagas(source: DataSource, sagaIds: readonly string[]): Promise<LetterSummary[]> {
  return sagaIds.length === 0 ? [] : (await read<LetterSummaryRow>(source, ofSagas, [sagaIds])).map(summaryOf);
}

/** Those that a replay is to take, each key's in order, and how much each of them is. */
export async function selectLetters(source: DataSource, filter: DeadLetterFilter, limit: number): Promise<Sized[]> {
  const { statement, values } = inOrderOfKeys(filter, limit);
  return read<Sized>(source, statement, values);
}

export async function readDeadLetter(source: DataSource, id: string): Promise<DeadLetter> {
  const [row] = await read<DeadLetterRow>(source, find, [id]);
  if (!row) throw new Problem('dead-letter-not-found', `There is no dead letter ${id}.`);
  return deadLetterOf(row);
}

/** With all they say, in the order of their keys: a portion of them at a time. */
export async function readWholeLetters(source: DataSource, ids: readonly string[]): Promise<DeadLetter[]> {
  return (await read<DeadLetterRow>(source, findWhole, [ids])).map(deadLetterOf);
}
