import { createHash } from 'node:crypto';
import pg from 'pg';
import type { DataSource } from 'typeorm';
import { eventually } from '@falconpay/testing/eventually';
import { createDatabase } from '@falconpay/testing/infrastructure';
import { migratedForSpecs, type MigratedDatabase } from '../../migrated-database-for-specs.js';
import { ProveLedger1764374400000 } from '../../migrations/1764374400000-prove-ledger.js';
import { BlockSealer } from './seal-blocks.js';

let database: MigratedDatabase;
let source: DataSource;
beforeEach(async () => {
  database = await migratedForSpecs(await createDatabase('sealer'), ProveLedger1764374400000);
  source = database.source;
});
afterEach(() => database.drop());

/** Both legs of as many transactions, in one statement. */
const insert = (reference: string, transactions = 1) => ({
  text: `insert into entries (account_id, transaction_id, type, amount, currency, reference, created_at)
    select 'sys_' || side, 'dep_' || number, 'deposit', amount, 'USD', $1, '2026-01-31T12:00:00.123456Z'
    from generate_series(1, $2::int) as number cross join (values ('cash', -5), ('equity', 5)) as legs(side, amount)`,
  values: [reference, transactions],
});
const write = (reference: string, transactions?: number) => {
  const { text, values } = insert(reference, transactions);
  return source.query(text, values);
};

interface Block {
  readonly number: bigint;
  readonly first_id: bigint;
  readonly last_id: bigint;
  readonly entries: number;
  readonly previous_hash: Buffer;
  readonly hash: Buffer;
}
const blocks = (): Promise<Block[]> => source.query('select * from ledger_blocks order by number');
const ranges = async () => (await blocks()).map(({ first_id, last_id, entries }) => [Number(first_id), Number(last_id), entries]);

async function session(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  return client;
}

describe('the ledger is sealed', () => {
  it('not at all while it is empty', async () => {
    expect(await new BlockSealer(source).seal()).toBeUndefined();
    expect(await ranges()).toEqual([]);
  });

  it('block after block, each with the hash of the one before, and none without entries', async () => {
    const sealer = new BlockSealer(source);
    await write('first');
    await sealer.seal();
    expect(await sealer.seal()).toBeUndefined();
    await write('second', 2);
    const head = await sealer.seal();
    expect(await ranges()).toEqual([
      [1, 2, 2],
      [3, 6, 4],
    ]);
    const [one, two] = await blocks();
    expect(one?.previous_hash).toEqual(Buffer.alloc(32));
    expect(two?.previous_hash).toEqual(one?.hash);
    expect(head).toEqual({ number: 2n, firstId: 3n, lastId: 6n, hash: two?.hash });
  });

  it('with a hash that anybody can work out from the entries', async () => {
    await write('größer');
    await new BlockSealer(source).seal();
    const hex = (number: bigint, bytes: number) =>
      BigInt.asUintN(bytes * 8, number)
        .toString(16)
        .padStart(bytes * 2, '0');
    const column = (type: number, value: string | null) =>
      hex(BigInt(type), 4) + (value === null ? 'ffffffff' : hex(BigInt(value.length / 2), 4) + value);
    const text = (value: string) => column(25, Buffer.from(value).toString('hex'));
    const sha256 = (inHex: string) => createHash('sha256').update(inHex, 'hex').digest('hex');
    // 2026-01-31T12:00:00.123456Z in microseconds since 2000.
    const at = column(1184, hex(823_176_000_123_456n, 8));
    const leg = (amount: bigint, account: string) =>
      sha256(
        ['00000009', column(20, hex(amount, 8)), column(20, null), column(23, null), at].join('') +
          ['USD', 'deposit', account, 'dep_1', 'größer'].map(text).join(''),
      );
    const digests = [leg(-5n, 'sys_cash'), leg(5n, 'sys_equity')];
    const [block] = (await source.query(
      `select hash, digests, ((extract(epoch from sealed_at) - 946684800) * 1000000)::bigint as sealed_at from ledger_blocks`,
    )) as { hash: Buffer; digests: Buffer; sealed_at: bigint }[];
    const place = [1n, 1n, 2n].map((number) => column(20, hex(number, 8))).join('');
    const content = sha256(digests.map((digest, index) => hex(BigInt(index + 1), 8) + digest).join(''));
    const rest = column(23, hex(2n, 4)) + column(1184, hex(block?.sealed_at ?? 0n, 8)) + column(17, '00'.repeat(32)) + column(17, content);
    expect(block?.hash.toString('hex')).toBe(sha256(`00000007${place}${rest}`));
    expect(block?.digests.toString('hex')).toBe(digests.map((digest, index) => hex(BigInt(index), 4) + digest.slice(0, 16)).join(''));
  });

  it('not past a transaction that is still writing, and whole when it has ended', async () => {
    const sealer = new BlockSealer(source);
    const slow = await session();
    await slow.query('begin');
    await slow.query(insert('slow'));
    await write('quick');
    expect([await sealer.seal(), await sealer.seal(), await ranges()]).toEqual([undefined, undefined, []]);
    await slow.query('commit');
    await slow.end();
    await sealer.seal();
    expect(await ranges()).toEqual([[1, 4, 4]]);
  });

  it('not past a transaction that has taken a number and written nothing yet', async () => {
    await source.query(`create function wait_a_moment() returns trigger language plpgsql as $$
      begin perform pg_advisory_xact_lock(1); return new; end $$`);
    await source.query(
      `create trigger slow before insert on entries for each row when (new.reference = 'slow') execute function wait_a_moment()`,
    );
    // Taking the first number of a few dozen is logged, and that alone would make the transaction known.
    await write('before');
    const gate = await session();
    await gate.query('select pg_advisory_lock(1)');
    const slow = await session();
    const writing = slow.query(insert('slow'));
    await eventually('a number is taken', async () => {
      const waiting: unknown[] = await source.query(`select 1 from pg_locks where locktype = 'advisory' and not granted`);
      return waiting.length > 0;
    });
    await write('quick');
    const sealer = new BlockSealer(source);
    expect([await sealer.seal(), await sealer.seal(), await ranges()]).toEqual([undefined, undefined, []]);
    await gate.end();
    await writing;
    await slow.end();
    await sealer.seal();
    expect(await ranges()).toEqual([
      [1, 5, 5],
      [6, 6, 1],
    ]);
  });

  it('up to where it stood although somebody is always writing', async () => {
    const sealer = new BlockSealer(source);
    const [one, other] = [await session(), await session()];
    await one.query('begin');
    await one.query(insert('one'));
    expect(await sealer.seal()).toBeUndefined();
    await other.query('begin');
    await other.query(insert('other'));
    await one.query('commit');
    await sealer.seal();
    expect(await ranges()).toEqual([[1, 2, 2]]);
    await other.query('rollback');
    await write('third');
    await sealer.seal();
    // The numbers that came to nothing are in the block's range all the same: an entry that turns up there later is found out.
    expect(await ranges()).toEqual([
      [1, 2, 2],
      [3, 6, 2],
    ]);
    await Promise.all([one.end(), other.end()]);
  });

  it('in blocks of a bounded size, over gaps of any size', async () => {
    await write('many', 12_000);
    await source.query(`select setval('entry_id', 5000000)`);
    await write('after the gap');
    await new BlockSealer(source).seal();
    const sealed = await ranges();
    expect(sealed.slice(0, 3)).toEqual([
      [1, 10_000, 10_000],
      [10_001, 20_000, 10_000],
      [20_001, 30_000, 4_000],
    ]);
    expect(sealed.slice(3)).toEqual([[30_001, 5_000_002, 2]]);
  });

  it('once, by however many instances at once', async () => {
    await write('many', 30_000);
    const sealers = Array.from({ length: 5 }, () => new BlockSealer(source));
    await Promise.all(sealers.map((sealer) => sealer.seal()));
    await sealers[0]?.seal();
    expect((await ranges()).reduce((sum, [, , entries]) => sum + Number(entries), 0)).toBe(60_000);
    expect((await ranges()).map(([first]) => first)).toEqual([1, 10_001, 20_001, 30_001, 40_001, 50_001]);
  });
});
