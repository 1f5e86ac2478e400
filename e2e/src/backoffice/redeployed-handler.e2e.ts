import { faultsInBooks } from '@falconpay/testing/books';
import { copyOf, sabotage } from '../faults/sabotage.js';
import { falconpay } from '../prove/falconpay-command.js';
import { FailingWallet } from './failing-wallet.js';

/** A release in which somebody took for granted that every transfer has a reference. */
const wrong = {
  file: 'apps/wallet/dist/ledger/post-transfer/post-transfer.js',
  from: 'decideTransfer(order, found, now)',
  to: 'decideTransfer({ ...order, reference: order.reference.trim() }, found, now)',
};
const mended = { file: wrong.file, from: wrong.to, to: wrong.from };

let release: ReturnType<typeof copyOf>;
let wallet: FailingWallet;
beforeAll(async () => {
  release = copyOf({ name: 'wrong release', edits: [wrong] });
  wallet = await FailingWallet.start('redeploy', { root: release.root, env: { RETRY_BUDGET_MS: '0' } });
});
afterAll(async () => {
  await wallet?.system.stop();
  release?.remove();
});

const run = (...args: string[]) => falconpay(args, { FALCONPAY_HOME: wallet.system.local.home });
const entries = () => wallet.system.sql('wallet', 'select id from entries order by id');

describe('a release of the wallet that cannot take in some transfers', () => {
  it('is mended and redeployed: one command replays their group, and every payment ends right; ten more change nothing', async () => {
    const { system } = wallet;
    const paid = await wallet.transfers(5);
    const [refused = ''] = await wallet.transfers(1, 99_000_000);
    const withReference = { from: wallet.from, to: wallet.to, amount: { amount: 1, currency: 'USD' }, reference: 'rent' };
    const neighbour = (await system.payment.post('/v1/transfers', withReference)).body as { id: string };
    expect((await system.ended(neighbour.id)).status).toBe('COMPLETED');
    const { fingerprint } = await wallet.letterOf(refused);
    for (const id of paid) expect((await wallet.letterOf(id)).fingerprint).toBe(fingerprint);
    expect((await run('dlq', 'groups')).output).toMatch(new RegExp(`^${fingerprint} +6 +6 .*TypeError: Cannot read properties`, 'm'));

    sabotage(release.root, mended);
    await system.stopService('wallet');
    await system.startService('wallet');
    expect((await run('dlq', 'replay', '--fingerprint', fingerprint, '--yes', '--reason', 'the wallet takes them now')).status).toBe(0);
    for (const id of paid) expect((await system.ended(id)).status).toBe('COMPLETED');
    expect(await system.ended(refused)).toMatchObject({ status: 'FAILED', failure: { code: 'insufficient-funds' } });
    expect(await system.balance(wallet.to)).toBe(5 * 100 + 1);
    expect(await faultsInBooks(system)).toEqual([]);

    const before = await entries();
    for (let round = 0; round < 10; round += 1) {
      const again = await wallet.replay({ select: { fingerprint, status: 'resolved' }, dry_run: false, reason: 'once more' });
      expect(again.verdicts).toEqual({ 'already-processed': 6 });
      await wallet.replayIn(again.id, 'done');
    }
    expect(await entries()).toEqual(before);
    const sent = await system.consumeAll('payment.created.falconpay.wallet.retry');
    expect(new Set(sent.map(({ headers }) => headers['fp-replay-id'])).size).toBe(6);
    expect(await faultsInBooks(system)).toEqual([]);
  });
});
