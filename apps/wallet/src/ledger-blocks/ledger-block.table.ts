import type { Statement, Transaction } from '@falconpay/postgres/transaction';
import { noBlock, type LedgerBlock } from './ledger-block.js';

interface BlockRecord {
  readonly number: bigint;
  readonly first_id: bigint;
  readonly last_id: bigint;
  readonly hash: Buffer;
}

const blockOf = ({ number, first_id, last_id, hash }: BlockRecord): LedgerBlock => ({ number, firstId: first_id, lastId: last_id, hash });

const findHead: Statement = {
  name: 'find head of ledger',
  text: 'select number, first_id, last_id, hash from ledger_blocks order by number desc limit 1',
};

export async function headOf(tx: Transaction): Promise<LedgerBlock> {
  const [head] = await tx.query<BlockRecord>(findHead);
  return head ? blockOf(head) : noBlock;
}

/**
 * All in the database: no entry travels. What is hashed how is also in docs/ledger-proof.md, for whoever checks it without us;
 * Postgres's binary form of a row leaves no two rows alike, and is cheaper to make than any text.
 */
const sealRange: Statement = {
  name: 'seal block',
  text: `
    with digested as (
      select id, sha256(record_send(row(
        amount, balance_after, account_version, created_at, currency, type, account_id, transaction_id, reference))) as digest
      from entries where id between $2 and $3
    ), content as (
      select count(*)::int as entries, string_agg(int4send((id - $2)::int) || substr(digest, 1, 8), '' order by id) as digests,
        sha256(string_agg(int8send(id) || digest, '' order by id)) as hash
      from digested
    ), clock as materialized (select clock_timestamp() as now)
    insert into ledger_blocks (number, first_id, last_id, entries, digests, previous_hash, hash, sealed_at)
    select $1, $2, $3, entries, digests, $4::bytea,
      sha256(record_send(row($1::bigint, $2::bigint, $3::bigint, entries, now, $4::bytea, hash))), now
    from content, clock where entries > 0
    returning number, first_id, last_id, hash`,
};

/** The entries from behind the last block up to this number as the next block; undefined when there are none. */
export async function sealUpTo(tx: Transaction, head: LedgerBlock, lastId: bigint): Promise<LedgerBlock | undefined> {
  const [sealed] = await tx.query<BlockRecord>(sealRange, [head.number + 1n, head.lastId + 1n, lastId, head.hash]);
  return sealed && blockOf(sealed);
}
