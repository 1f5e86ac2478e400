import { digestOf, digestStart, digestStride, hashOf, type SealedBlock, type SealedEntry } from './entry-digest.js';

/** Something in the ledger that is not as it was sealed. */
export interface LedgerFault {
  /** `entry 17`, or `block 3` when it is the proof itself that was changed. */
  readonly subject: string;
  readonly detail: string;
}

/** How the entries in a block's range differ from those it was sealed with, in the order of their numbers. */
export function compareBlock(block: SealedBlock, entries: readonly SealedEntry[]): LedgerFault[] {
  const found = entries.map((entry) => [BigInt(entry.id), digestOf(entry)] as const);
  const isWhole = hashOf(block, found).equals(block.hash);
  const faults = [...differences(block, found)];
  if (!isWhole && faults.length > 0) return faults;
  const subject = `block ${block.number}`;
  if (!isWhole) return [{ subject, detail: 'was changed: its hash does not follow from what it says and its entries' }];
  if (faults.length === 0 && block.entries === found.length) return [];
  return [{ subject, detail: 'does not list the entries it was sealed with; they are all there' }];
}

type Digests = ReadonlyMap<bigint, string>;

const shorten = (digest: Buffer): string => digest.toString('hex', 0, digestStride - digestStart);

/** A number outside the block's range tells that the block was changed, and nothing about that entry. */
function digestsIn({ first_id, last_id, digests }: SealedBlock): Digests {
  const sealed = new Map<bigint, string>();
  for (let at = 0; at + digestStride <= digests.length; at += digestStride) {
    const id = BigInt(first_id) + BigInt(digests.readUInt32BE(at));
    if (id <= BigInt(last_id)) sealed.set(id, digests.toString('hex', at + digestStart, at + digestStride));
  }
  return sealed;
}

function* differences(block: SealedBlock, entries: readonly (readonly [bigint, Buffer])[]): Generator<LedgerFault> {
  const sealed = digestsIn(block);
  const found = new Map(entries.map(([id, digest]) => [id, shorten(digest)]));
  const twice = new Set(entries.flatMap(([id], index) => (id === entries[index - 1]?.[0] ? [id] : [])));
  let placeOf: ReadonlyMap<string, bigint> | undefined;
  for (const id of idsOf(sealed, found)) {
    const subject = `entry ${id}`;
    const [was, is] = [sealed.get(id), found.get(id)];
    if (twice.has(id)) yield { subject, detail: 'is there more than once' };
    if (twice.has(id) || was === is) continue;
    placeOf ??= new Map([...sealed].map(([place, digest]) => [digest, place]));
    yield { subject, detail: describe(block.number, was, is, is === undefined ? undefined : placeOf.get(is)) };
  }
}

function describe(block: string, was: string | undefined, is: string | undefined, movedFrom: bigint | undefined): string {
  if (is === undefined) return `is missing; block ${block} was sealed with it`;
  const moved = movedFrom === undefined ? '' : `, it is what was sealed as entry ${movedFrom}`;
  return was === undefined ? `was not there when block ${block} was sealed${moved}` : `is not what block ${block} was sealed with${moved}`;
}

const idsOf = (one: Digests, other: Digests): bigint[] => [...new Set([...one.keys(), ...other.keys()])].sort((a, b) => (a < b ? -1 : 1));
