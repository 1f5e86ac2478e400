import { startSystem, type RunningSystem } from '@falconpay/testing/running-system';
import { falconpay } from './prove/falconpay-command.js';
import { SpoiltCopies } from './prove/spoilt-copies.js';

interface Block {
  readonly number: bigint;
  readonly hash: Buffer;
}

let system: RunningSystem;
let blocks: Block[];
const copies = new SpoiltCopies();

const sealed = () =>
  system.eventually('all is sealed', async () => {
    const unsealed = `select 1 from entries where id > (select coalesce(max(last_id), 0) from ledger_blocks) limit 1`;
    return (await system.sql('wallet', unsealed)).length === 0;
  });

/** Six deposits, of two entries each and each in a block of its own: the entries 1 to 12 are what the tests below speak of. */
beforeAll(async () => {
  system = await startSystem({
    name: 'ledger',
    services: ['wallet'],
    env: { WALLET_SEAL_EVERY_MS: '10', FALCONPAY_SEED_DEMO: 'false' },
  });
  const account = await system.account();
  for (let amount = 101; amount <= 106; amount += 1) {
    const deposit = { amount: { amount, currency: 'USD' }, reference: 'rent für 1' };
    await system.wallet.post(`/v1/accounts/${account.id}/deposits`, deposit);
    await sealed();
  }
  blocks = await system.sql<Block>('wallet', 'select number, hash from ledger_blocks order by number');
});
afterAll(async () => {
  await copies.drop();
  await system?.stop();
});

const urlOfWallet = () => system.local.databaseUrls['wallet'] ?? '';
const noted = (number: number) => `${number}:${blocks[number - 1]?.hash.toString('hex')}`;

async function verify(url: string, ...args: string[]) {
  const run = await falconpay(['ledger', 'verify', '--json', ...args], { WALLET_DATABASE_URL: url });
  return { status: run.status, proof: JSON.parse(run.output) as { faults: { subject: string; detail: string }[]; faultCount: number } };
}

/** What is found in books that were spoilt so: who and what, in order. */
async function foundAfter(sql: string, ...args: string[]): Promise<string[]> {
  await system.stopService('wallet');
  const copy = await copies.of(urlOfWallet());
  await copies.spoil(copy, sql);
  const { status, proof } = await verify(copy, ...args);
  expect(status).toBe(proof.faultCount === 0 ? 0 : 1);
  return proof.faults.map(({ subject, detail }) => `${subject} ${detail}`);
}

describe('the ledger as it was sealed', () => {
  it('is proved while the wallet is at work', async () => {
    expect(blocks.map(({ number }) => number)).toEqual([1n, 2n, 3n, 4n, 5n, 6n]);
    const run = await falconpay(['ledger', 'verify', '--noted', noted(2)], { WALLET_DATABASE_URL: urlOfWallet() });
    expect(run).toMatchObject({ status: 0, errors: '' });
    expect(run.output).toMatch(/^12 entries in 6 blocks, 0 entries not sealed yet/);
    expect(run.output).toContain(noted(6));
    expect(run.output).toMatch(/All is as it was sealed\.$/m);
  });

  it.each([[[]], [['prove']], [['verify', '--noted', '2:abc']], [['verify', '--color']]])(
    'is not asked for by `ledger %s`',
    async (args) => {
      const run = await falconpay(['ledger', ...args], { WALLET_DATABASE_URL: urlOfWallet() });
      expect(run).toMatchObject({ status: 2, output: '' });
    },
  );
});

describe('the first altered row is named when', () => {
  const changed: [string, string][] = [
    ['amount', 'amount + 1'],
    ['currency', `'OMR'`],
    ['balance_after', 'balance_after + 1'],
    ['account_version', 'account_version + 1'],
    ['type', `'transfer'`],
    ['account_id', `overlay(account_id placing 'x' from 10)`],
    ['transaction_id', `overlay(transaction_id placing 'x' from 10)`],
    ['reference', `'rent fur 1'`],
    ['reference', 'null'],
    ['created_at', `created_at + interval '1 microsecond'`],
  ];
  it.each(changed)('one byte of its %s changes (%s)', async (column, value) => {
    expect(await foundAfter(`update entries set ${column} = ${value} where id = 6`)).toEqual([
      'entry 6 is not what block 3 was sealed with',
    ]);
  });

  it('letters move from one column to the next', async () => {
    const moved = `update entries set transaction_id = transaction_id || left(reference, 1), reference = substr(reference, 2) where id = 6`;
    expect(await foundAfter(moved)).toEqual(['entry 6 is not what block 3 was sealed with']);
  });

  it.each([
    [1, 1],
    [6, 3],
    [12, 6],
  ])('entry %i is dropped', async (id, block) => {
    expect(await foundAfter(`delete from entries where id = ${id}`)).toEqual([`entry ${id} is missing; block ${block} was sealed with it`]);
  });

  it('two are swapped, in a block and across blocks', async () => {
    const swap = (one: number, other: number) => `update entries set id = ${one} + ${other} - id where id in (${one}, ${other})`;
    expect(await foundAfter(swap(5, 6))).toEqual([
      'entry 5 is not what block 3 was sealed with, it is what was sealed as entry 6',
      'entry 6 is not what block 3 was sealed with, it is what was sealed as entry 5',
    ]);
    expect(await foundAfter(swap(2, 11))).toEqual([
      'entry 2 is not what block 1 was sealed with',
      'entry 11 is not what block 6 was sealed with',
    ]);
  });

  it('one is added: where a number had come to nothing, before the first, in the place of another', async () => {
    const copyTo = (id: number) =>
      `insert into entries (id, account_id, transaction_id, type, amount, currency, balance_after, account_version, reference, created_at)
       select ${id}, account_id, transaction_id, type, amount, currency, balance_after, account_version, reference, created_at + interval '1 s' from entries where id = 6`;
    expect(await foundAfter(copyTo(-3))).toEqual(['entry -3 was not there when block 1 was sealed']);
    expect(await foundAfter(`${copyTo(7)}`)).toEqual(['entry 7 is there more than once']);
    expect(await foundAfter(`delete from entries where id = 7; ${copyTo(7)}`)).toEqual(['entry 7 is not what block 4 was sealed with']);
  });

  it('many are altered: the first one comes first, and all are counted', async () => {
    const found = await foundAfter('update entries set amount = amount * 2 where id in (11, 3, 8)');
    expect(found.map((line) => line.split(' is ')[0])).toEqual(['entry 3', 'entry 8', 'entry 11']);
  });
});

describe('the proof itself', () => {
  const block = (set: string) => `update ledger_blocks set ${set} where number = 2`;
  it.each([
    ['its hash', block(`hash = sha256('x')`), ['block 2', 'block 3']],
    ['the hash of the one before', block(`previous_hash = sha256('x')`), ['block 2', 'block 2']],
    ['when it was sealed', block(`sealed_at = sealed_at - interval '1 day'`), ['block 2']],
    ['its digests', block(`digests = overlay(digests placing '\\x00' from 9)`), ['block 2']],
    ['its count', block(`entries = 1, digests = substr(digests, 1, 12)`), ['block 2']],
    ['where it ends', block(`last_id = 3`), ['block 2', 'block 3']],
  ])('is not altered unseen: %s', async (_, sql, subjects) => {
    expect((await foundAfter(sql)).map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual(subjects);
  });

  it('does not lose a block unseen', async () => {
    expect(await foundAfter('delete from ledger_blocks where number = 2')).toEqual(['block 2 is missing']);
    expect(await foundAfter('delete from ledger_blocks where number = 6', '--noted', noted(6))).toEqual([
      'block 6 is missing: its hash was noted',
    ]);
  });

  it('made anew from an altered entry on is told by a hash that was noted', async () => {
    await system.stopService('wallet');
    await copies.spoil(
      urlOfWallet(),
      `update entries set amount = amount * 2 where id in (5, 6); delete from ledger_blocks where number > 2`,
    );
    await system.startService('wallet');
    await sealed();
    expect(await verify(urlOfWallet())).toMatchObject({ status: 0, proof: { faultCount: 0 } });
    const { status, proof } = await verify(urlOfWallet(), '--noted', noted(3));
    expect({ status, faults: proof.faults.map(({ subject }) => subject) }).toEqual({ status: 1, faults: ['block 3'] });
  });
});
