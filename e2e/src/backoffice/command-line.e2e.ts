import { falconpay } from '../prove/falconpay-command.js';
import { FailingWallet } from './failing-wallet.js';

let wallet: FailingWallet;
beforeAll(async () => {
  wallet = await FailingWallet.start('commands');
});
afterAll(() => wallet?.system.stop());

const run = (...args: string[]) => falconpay(args, { FALCONPAY_BACKOFFICE_URL: wallet.system.backoffice.url });

describe('the command line of the operators', () => {
  it('leads from the kinds of failure over a dry run to a payment that has ended', async () => {
    await wallet.breakHandler();
    const [transfer = ''] = await wallet.transfers(1);
    const { id, fingerprint } = await wallet.letterOf(transfer);
    const groups = await run('dlq', 'groups');
    expect(groups.output).toContain(fingerprint);
    expect(groups.output).toContain('the handler is wrong');
    expect((await run('dlq', 'show', id)).output).toContain(`"payment_id": "${transfer}"`);
    expect((await run('dlq', 'note', fingerprint, 'seen by the test')).status).toBe(0);

    const dryRun = await run('dlq', 'replay', '--fingerprint', fingerprint);
    expect(dryRun.status).toBe(0);
    expect(dryRun.output).toMatch(new RegExp(`${id}\\s+will-be-processed\\s+planned`));
    expect(dryRun.output).toContain('Nothing was sent');
    expect((await wallet.letterOf(transfer)).status).toBe('waiting');
    expect(await run('dlq', 'replay', id, '--execute')).toMatchObject({ status: 2, output: '' });

    const failed = await run('dlq', 'replay', id, '--execute', '--reason', 'hope');
    expect(failed.status).toBe(1);
    expect(failed.output).toContain('stopped');
    await wallet.mendHandler();
    const executed = await run('dlq', 'replay', '--fingerprint', fingerprint, '--execute', '--reason', 'mended', '--json');
    expect(executed.status).toBe(0);
    expect(JSON.parse(executed.output)).toMatchObject({ status: 'done', letters: [{ status: 'resolved', verdict: 'will-be-processed' }] });
    expect((await wallet.system.ended(transfer)).status).toBe('COMPLETED');
    await wallet.system.eventually('the timeline has ended', async () => (await run('timeline', transfer)).output.includes('ended'));
    expect(await run('stuck')).toMatchObject({ status: 0, output: 'Nothing is stuck.\n' });
  });

  it('asks before what cannot be undone, and says what it does not know', async () => {
    expect((await run('dlq', 'discard', 'dlt_01jzzzzzzzzzzzzzzzzzzzzzzz', '--reason', 'x')).errors).toContain('--yes');
    expect(await run('dlq', 'show', 'dlt_01jzzzzzzzzzzzzzzzzzzzzzzz')).toMatchObject({ status: 2, output: '' });
    expect((await run('dlq', 'replay')).errors).toContain('say which');
    expect((await falconpay(['stuck', '--url', 'http://127.0.0.1:9'])).errors).toContain('does not answer');
  });
});
