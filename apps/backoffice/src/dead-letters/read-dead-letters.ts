import type { DataSource } from 'typeorm';
import { Problem } from '@falconpay/http/problem';
import { read, type Statement } from '@falconpay/postgres/transaction';
import { deadLetterOf, type DeadLetterRow } from './dead-letter.table.js';
import type { DeadLetter } from './dead-letter.js';
import type { DeadLetterQuery } from './dead-letter.query.js';

const find: Statement = { name: 'find dead letter', text: 'select * from dead_letters where id = $1' };
const ofSagas: Statement = { name: 'find dead letters of sagas', text: 'select * from dead_letters where saga_id = any($1) order by id' };

export async function readDeadLetters(source: DataSource, { statement, values }: DeadLetterQuery): Promise<DeadLetter[]> {
  return (await read<DeadLetterRow>(source, statement, values)).map(deadLetterOf);
}

export async function readDeadLetter(source: DataSource, id: string): Promise<DeadLetter> {
  const [row] = await read<DeadLetterRow>(source, find, [id]);
  if (!row) throw new Problem('dead-letter-not-found', `There is no dead letter ${id}.`);
  return deadLetterOf(row);
}

export async function lettersOfSagas(source: DataSource, sagaIds: readonly string[]): Promise<DeadLetter[]> {
  return sagaIds.length === 0 ? [] : (await read<DeadLetterRow>(source, ofSagas, [sagaIds])).map(deadLetterOf);
}
