/**
 * Entries that were complete together, and a hash over them and the block before: whoever changes an entry later has to make all
 * blocks after it anew. Each block begins where the one before it ended; numbers of entries that came to nothing leave gaps within.
 */
export interface LedgerBlock {
  readonly number: bigint;
  readonly firstId: bigint;
  readonly lastId: bigint;
  readonly hash: Buffer;
}

/** Before the first block. */
export const noBlock: LedgerBlock = { number: 0n, firstId: 0n, lastId: 0n, hash: Buffer.alloc(32) };
