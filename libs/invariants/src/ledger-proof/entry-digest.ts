import { createHash } from 'node:crypto';

/** An entry as the ledger stores it, each column as text. */
export interface SealedEntry {
  readonly id: string;
  readonly amount: string;
  readonly balance_after: string | null;
  readonly account_version: number | null;
  /** In microseconds since 1970. */
  readonly created_at: string;
  readonly currency: string;
  readonly type: string;
  readonly account_id: string;
  readonly transaction_id: string;
  readonly reference: string | null;
}

export const sealedEntryColumns = `id::text, amount::text, balance_after::text, account_version,
  (extract(epoch from created_at) * 1000000)::bigint::text as created_at, currency, type, account_id, transaction_id, reference`;

/** SHA-256 of all but the number, as docs/ledger-proof.md says. */
export const digestOf = (entry: SealedEntry): Buffer =>
  digestOfRow([
    bigint(entry.amount),
    bigint(entry.balance_after),
    int(entry.account_version),
    time(entry.created_at),
    ...[entry.currency, entry.type, entry.account_id, entry.transaction_id, entry.reference].map(text),
  ]);

/** A row of ledger_blocks. */
export interface SealedBlock {
  readonly number: string;
  readonly first_id: string;
  readonly last_id: string;
  readonly entries: number;
  /** Per entry the distance of its number from the first one (4 bytes), and the first 8 bytes of its digest. */
  readonly digests: Buffer;
  readonly previous_hash: Buffer;
  readonly hash: Buffer;
  /** As the entries'. */
  readonly sealed_at: string;
}

export const sealedBlockColumns = `number::text, first_id::text, last_id::text, entries, digests, previous_hash, hash,
  (extract(epoch from sealed_at) * 1000000)::bigint::text as sealed_at`;

export const digestStart = 4;
export const digestStride = 12;

/** The hash a block must have when these are its entries. */
export function hashOf(block: SealedBlock, digests: readonly (readonly [id: bigint, digest: Buffer])[]): Buffer {
  const content = createHash('sha256');
  const id = Buffer.alloc(8);
  for (const [number, digest] of digests) {
    id.writeBigInt64BE(number);
    content.update(id).update(digest);
  }
  const { number, first_id, last_id, sealed_at, previous_hash } = block;
  const place = [number, first_id, last_id].map(bigint);
  return digestOfRow([...place, int(digests.length), time(sealed_at), bytes(previous_hash), bytes(content.digest())]);
}

/** A column in Postgres's binary form: the type's number, and the value. */
interface BinaryColumn {
  readonly type: number;
  readonly value: Buffer | null;
}

const bytes = (value: Buffer): BinaryColumn => ({ type: 17, value });
const text = (value: string | null): BinaryColumn => ({ type: 25, value: value === null ? null : Buffer.from(value) });
const bigint = (value: string | null): BinaryColumn => ({ type: 20, value: value === null ? null : eightBytes(BigInt(value)) });
/** Postgres counts from the year 2000. */
const time = (microseconds: string): BinaryColumn => ({ type: 1184, value: eightBytes(BigInt(microseconds) - 946_684_800_000_000n) });

function int(value: number | null): BinaryColumn {
  if (value === null) return { type: 23, value };
  const four = Buffer.alloc(4);
  four.writeInt32BE(value);
  return { type: 23, value: four };
}

function eightBytes(value: bigint): Buffer {
  const eight = Buffer.alloc(8);
  eight.writeBigInt64BE(value);
  return eight;
}

/** As `sha256(record_send(row(…)))`: how many columns, and for each its type, its length or -1 for null, and its value. */
function digestOfRow(columns: readonly BinaryColumn[]): Buffer {
  const row = createHash('sha256');
  const head = Buffer.alloc(8);
  head.writeInt32BE(columns.length);
  row.update(head.subarray(0, 4));
  for (const { type, value } of columns) {
    head.writeInt32BE(type);
    head.writeInt32BE(value?.length ?? -1, 4);
    row.update(head);
    if (value) row.update(value);
  }
  return row.digest();
}
