import type { DataSource } from 'typeorm';
import { Problem } from '@falconpay/http/problem';
import { read, type Statement } from '@falconpay/postgres/transaction';
import type { Hold } from './hold.js';
import { holdOf, type HoldRecord } from './hold.table.js';

const find: Statement = { name: 'find hold', text: `select * from holds where id = $1` };

/** Without a lock. Also for what a hold keeps for life, such as its account: a use case needs to know beforehand what to lock. */
export async function readHold(source: DataSource, id: string): Promise<Hold> {
  const [record] = await read<HoldRecord>(source, find, [id]);
  if (!record) throw new Problem('hold-not-found', `There is no hold ${id}.`);
  return holdOf(record);
}
