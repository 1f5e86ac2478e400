import { BooksDatabase } from '../books-database.js';
import { compareBlock, type LedgerFault } from './compare-block.js';
import { sealedBlockColumns, sealedEntryColumns, type SealedBlock, type SealedEntry } from './entry-digest.js';

/** A block's hash that was noted outside the database, when it was the last one. */
export interface Anchor {
  readonly number: string;
  readonly hash: string;
}

export interface LedgerProof {
  readonly ok: boolean;
  readonly blocks: number;
  /** Of them, the ones that were sealed; the others are too new. */
  readonly entries: number;
  readonly unsealed: number;
  /** The last block: what to note elsewhere. */
  readonly head: Anchor | undefined;
  /** The first ones, in the order of the ledger. */
  readonly faults: readonly LedgerFault[];
  readonly faultCount: number;
  readonly tookMs: number;
}

const faultsKept = 50;
/** Blocks whose entries are read together: the index on the numbers is a coarse one, many small reads would be slow. */
const entriesPerRead = 20_000;
/** A full one carries 120 kB of digests. */
const blocksPerFetch = 50;
const allBlocks = `select ${sealedBlockColumns} from ledger_blocks order by ledger_blocks.number`;

/** Works the whole chain out again from the entries. Shares no code with the service that sealed it, and changes nothing. */
export async function verifyLedger(walletUrl: string, anchor?: Anchor): Promise<LedgerProof> {
  const startedAt = performance.now();
  const wallet = await BooksDatabase.open('wallet', walletUrl);
  try {
    await wallet.query('set local enable_seqscan = off');
    const walk = new ChainWalk(wallet, anchor);
    for await (const blocks of together(wallet.stream<SealedBlock>(allBlocks, [], blocksPerFetch))) await walk.take(blocks);
    return { ...(await walk.end()), tookMs: Math.round(performance.now() - startedAt) };
  } finally {
    await wallet.close();
  }
}

async function* together(blocks: AsyncIterable<SealedBlock>): AsyncGenerator<SealedBlock[]> {
  let batch: SealedBlock[] = [];
  let entries = 0;
  for await (const block of blocks) {
    if (batch.length > 0 && entries + block.entries > entriesPerRead) {
      yield batch;
      [batch, entries] = [[], 0];
    }
    batch.push(block);
    entries += block.entries;
  }
  if (batch.length > 0) yield batch;
}

const smallestId = -(2n ** 63n);

class ChainWalk {
  private readonly faults: LedgerFault[] = [];
  private faultCount = 0;
  private blocks = 0;
  private entries = 0;
  private last: SealedBlock | undefined;
  private anchorSeen = false;

  constructor(
    private readonly wallet: BooksDatabase,
    private readonly anchor: Anchor | undefined,
  ) {}

  async take(blocks: readonly SealedBlock[]): Promise<void> {
    const end = blocks.at(-1)?.last_id ?? '0';
    const entries = await this.entriesFrom(this.nextId, end);
    let at = 0;
    for (const block of blocks) {
      const follows = this.checkPlace(block);
      const before = at;
      while (at < entries.length && BigInt(entries[at]?.id ?? 0) < BigInt(block.first_id)) at += 1;
      // Those of a missing block belong nowhere now; the block is named instead.
      if (follows)
        for (const { id } of entries.slice(before, at)) this.add(`entry ${id}`, `was not there when block ${block.number} was sealed`);
      const first = at;
      while (at < entries.length && BigInt(entries[at]?.id ?? 0) <= BigInt(block.last_id)) at += 1;
      for (const { subject, detail } of compareBlock(block, entries.slice(first, at))) this.add(subject, detail);
      this.blocks += 1;
      this.entries += at - first;
      this.last = block;
    }
  }

  async end(): Promise<Omit<LedgerProof, 'tookMs'>> {
    if (this.anchor && !this.anchorSeen) this.add(`block ${this.anchor.number}`, 'is missing: its hash was noted');
    const { count } = await this.wallet.one<{ count: number }>(`select count(*)::int as count from entries where id >= $1`, [
      String(this.nextId),
    ]);
    return {
      ok: this.faultCount === 0,
      blocks: this.blocks,
      entries: this.entries,
      unsealed: count,
      head: this.last && { number: this.last.number, hash: this.last.hash.toString('hex') },
      faults: this.faults,
      faultCount: this.faultCount,
    };
  }

  /** Where the next block must begin. */
  private get nextId(): bigint {
    return this.last ? BigInt(this.last.last_id) + 1n : smallestId;
  }

  private entriesFrom(from: bigint, to: string): Promise<SealedEntry[]> {
    return this.wallet.query(`select ${sealedEntryColumns} from entries where id between $1 and $2 order by entries.id`, [
      String(from),
      to,
    ]);
  }

  /** Whether it begins where the one before it ended: then every entry up to its end is in a block, or came later. */
  private checkPlace(block: SealedBlock): boolean {
    const subject = `block ${block.number}`;
    if (this.anchor?.number === block.number) this.compareWithAnchor(block, this.anchor);
    const { number, last_id, hash } = this.last ?? { number: '0', last_id: '0', hash: Buffer.alloc(32) };
    for (let missing = BigInt(number) + 1n; missing < BigInt(block.number); missing += 1n) this.add(`block ${missing}`, 'is missing');
    if (BigInt(block.number) !== BigInt(number) + 1n) return false;
    if (!block.previous_hash.equals(hash))
      this.add(subject, `does not follow from block ${number}, which was made anew, or was changed itself`);
    if (BigInt(block.first_id) === BigInt(last_id) + 1n) return true;
    this.add(subject, `begins at entry ${block.first_id}, the one before it ends at ${last_id}`);
    return false;
  }

  private compareWithAnchor(block: SealedBlock, { hash }: Anchor): void {
    this.anchorSeen = true;
    if (hash !== block.hash.toString('hex'))
      this.add(`block ${block.number}`, 'has not the hash that was noted: it, or something before it, was made anew');
  }

  private add(subject: string, detail: string): void {
    this.faultCount += 1;
    if (this.faults.length < faultsKept) this.faults.push({ subject, detail });
  }
}
