import type { BooksDatabase } from './books-database.js';

/** A set of facts by key: `select … as key, … as fact`, both text, keys unique and in ASCII. */
export interface FactSource {
  readonly books: BooksDatabase;
  readonly sql: string;
  readonly values?: readonly unknown[];
}

export interface Difference {
  readonly key: string;
  readonly left: string | undefined;
  readonly right: string | undefined;
}

const buckets = 1_024;

/**
 * What differs between two sets that lie in different databases, however large they are: each database sums up its facts in
 * buckets, and only the buckets whose sums differ are read row by row, side by side in the order of their keys.
 */
export async function* compareSets(left: readonly FactSource[], right: readonly FactSource[]): AsyncGenerator<Difference> {
  const [sumsLeft, sumsRight] = await Promise.all([sumsOf(left), sumsOf(right)]);
  const different = [...new Set([...sumsLeft.keys(), ...sumsRight.keys()])].filter(
    (bucket) => sumsLeft.get(bucket) !== sumsRight.get(bucket),
  );
  if (different.length === 0) return;
  const lefts = merged(left.map((source) => factsIn(source, different)));
  const rights = merged(right.map((source) => factsIn(source, different)));
  let a = await lefts.next();
  let b = await rights.next();
  while (!a.done || !b.done) {
    const keyOfA = a.done ? undefined : a.value.key;
    const keyOfB = b.done ? undefined : b.value.key;
    if (keyOfB === undefined || (keyOfA !== undefined && keyOfA < keyOfB)) {
      yield { key: String(keyOfA), left: a.done ? undefined : a.value.fact, right: undefined };
      a = await lefts.next();
    } else if (keyOfA === undefined || keyOfB < keyOfA) {
      yield { key: keyOfB, left: undefined, right: b.done ? undefined : b.value.fact };
      b = await rights.next();
    } else {
      if (!a.done && !b.done && a.value.fact !== b.value.fact) yield { key: keyOfA, left: a.value.fact, right: b.value.fact };
      [a, b] = [await lefts.next(), await rights.next()];
    }
  }
}

/** One number per bucket: the sum of its facts' hashes, and how many there are. */
async function sumsOf(sources: readonly FactSource[]): Promise<Map<number, string>> {
  const totals = new Map<number, { sum: bigint; count: bigint }>();
  for (const { books, sql, values } of sources) {
    const rows = await books.query<{ bucket: number; sum: string; count: string }>(
      `select hashtext(key) & ${buckets - 1} as bucket, sum(hashtextextended(key || chr(31) || fact, 0))::text as sum, count(*)::text as count
       from (${sql}) as facts group by 1`,
      values,
    );
    for (const { bucket, sum, count } of rows) {
      const known = totals.get(bucket) ?? { sum: 0n, count: 0n };
      totals.set(bucket, { sum: known.sum + BigInt(sum), count: known.count + BigInt(count) });
    }
  }
  return new Map([...totals].map(([bucket, { sum, count }]) => [bucket, `${sum}/${count}`]));
}

interface Fact {
  readonly key: string;
  readonly fact: string;
}

const factsIn = ({ books, sql, values = [] }: FactSource, different: readonly number[]): AsyncGenerator<Fact> =>
  books.stream<Fact>(
    `select key, fact from (${sql}) as facts where hashtext(key) & ${buckets - 1} = any($${values.length + 1}::int[]) order by key collate "C"`,
    [...values, different],
  );

/** Several ordered streams as one. */
async function* merged(streams: readonly AsyncGenerator<Fact>[]): AsyncGenerator<Fact> {
  const heads = await Promise.all(streams.map((stream) => stream.next()));
  for (;;) {
    let first = -1;
    let smallest: Fact | undefined;
    heads.forEach((head, index) => {
      if (head.done || (smallest && smallest.key <= head.value.key)) return;
      smallest = head.value;
      first = index;
    });
    const stream = streams[first];
    if (!smallest || !stream) return;
    yield smallest;
    heads[first] = await stream.next();
  }
}
