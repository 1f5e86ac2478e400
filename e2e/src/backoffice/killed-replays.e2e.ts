import { faultsInBooks } from '@falconpay/testing/books';
import { FailingWallet } from './failing-wallet.js';

const letters = 200;

let wallet: FailingWallet;
beforeAll(async () => {
  wallet = await FailingWallet.start('killed');
});
afterAll(() => wallet?.system.stop());

describe('a back office that is killed in the middle of a replay', () => {
  it('goes on where it was: every letter is sent once, every payment ends right', async () => {
    await wallet.breakHandler();
    const transfers: string[] = [];
    while (transfers.length < letters) transfers.push(...(await wallet.transfers(50, 1)));
    const waiting = () =>
      wallet.system.sql<{ count: number }>('backoffice', `select count(*)::int as count from dead_letters where state = 'waiting'`);
    await wallet.system.eventually('all are in the store', async () => (await waiting())[0]?.count === letters, { everyMs: 100 });
    await wallet.mendHandler();
    const replay = await wallet.replay({ select: { group: 'falconpay.wallet' }, dry_run: false, reason: 'mended', per_second: 100 });
    for (const share of [0.1, 0.4, 0.7]) {
      const settled = () => wallet.system.sql('backoffice', `select 1 from replay_items where state = 'resolved'`);
      await wallet.system.eventually(`${share} of it is done`, async () => (await settled()).length >= share * letters);
      await wallet.system.kill('backoffice');
      await wallet.system.ready('backoffice');
    }
    const done = await wallet.replayIn(replay.id, 'done');
    expect(done.items).toEqual({ resolved: letters });
    for (const id of transfers) expect((await wallet.system.ended(id)).status).toBe('COMPLETED');
    const sent = await wallet.system.consumeAll('payment.created.falconpay.wallet.retry');
    // The relay may send a record twice; a delivery is one all the same.
    expect(new Set(sent.map(({ headers }) => headers['fp-replay-id'])).size).toBe(letters);
    expect(await wallet.system.balance(wallet.to)).toBe(letters);
    expect(await faultsInBooks(wallet.system)).toEqual([]);
  }, 240_000);
});
