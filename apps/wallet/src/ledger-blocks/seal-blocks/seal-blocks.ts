import type { DataSource } from 'typeorm';
import { inTransaction, type Statement } from '@falconpay/postgres/transaction';
import type { LedgerBlock } from '../ledger-block.js';
import { headOf, sealUpTo } from '../ledger-block.table.js';
import { isComplete, summarizeEntries, takeMark, type Mark } from '../written-entries.js';

/** Entries in a block, at most. */
const blockSizeMax = 10_000n;

/** One instance seals at a time. Any number will do that nothing else in the wallet's database uses. */
const onlyOneSeals: Statement = { name: 'only one seals', text: 'select pg_try_advisory_xact_lock(4001002) as mine' };

/** Seals the ledger behind those who write it: it takes no lock that they wait for, and never a block that could still grow. */
export class BlockSealer {
  private mark: Mark | undefined;
  /** All entries up to here are in blocks, whoever sealed them. */
  private sealedUpTo = 0n;

  constructor(private readonly source: DataSource) {}

  /** Seals what was there when it last looked, and what is there now unless somebody is writing. The last block sealed, if any. */
  async seal(): Promise<LedgerBlock | undefined> {
    let last: LedgerBlock | undefined;
    for (;;) {
      const known = this.mark;
      const mark = known ?? (await takeMark(this.source));
      this.mark = mark;
      if (!(await isComplete(this.source, mark))) return last;
      last = (await this.sealUpTo(mark.lastId)) ?? last;
      this.mark = undefined;
      if (!known) return last;
    }
  }

  private async sealUpTo(end: bigint): Promise<LedgerBlock | undefined> {
    if (end <= this.sealedUpTo) return undefined;
    await summarizeEntries(this.source);
    let last: LedgerBlock | undefined;
    let span = blockSizeMax;
    for (;;) {
      const { head, sealed } = await this.sealNext(span, end);
      last = sealed ?? last;
      if (!head) return last;
      if (head.lastId + span >= end) {
        this.sealedUpTo = end;
        return last;
      }
      // Where numbers came to nothing the block reaches further, until it finds entries.
      span = sealed ? blockSizeMax : span * 2n;
    }
  }

  /** `head` is the block this one came after; undefined when another instance is at it. */
  private sealNext(span: bigint, end: bigint): Promise<{ head?: LedgerBlock; sealed?: LedgerBlock }> {
    return inTransaction(this.source, async (tx) => {
      const [lock] = await tx.query<{ mine: boolean }>(onlyOneSeals);
      if (!lock?.mine) return {};
      const head = await headOf(tx);
      const lastId = head.lastId + span < end ? head.lastId + span : end;
      const sealed = lastId > head.lastId ? await sealUpTo(tx, head, lastId) : undefined;
      return sealed ? { head, sealed } : { head };
    });
  }
}
