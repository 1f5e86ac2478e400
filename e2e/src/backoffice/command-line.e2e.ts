import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { falconpay } from '../prove/falconpay-command.js';
import { FailingWallet } from './failing-wallet.js';

let wallet: FailingWallet;
beforeAll(async () => {
  wallet = await FailingWallet.start('commands');
});
afterAll(() => wallet?.system.stop());

const run = (...args: string[]) => falconpay(args, { FALCONPAY_HOME: wallet.system.local.home });

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
    expect(await run('dlq', 'replay', id, '--yes')).toMatchObject({ status: 2, output: '' });

    const failed = await run('dlq', 'replay', id, '--yes', '--reason', 'hope');
    expect(failed.status).toBe(1);
    expect(failed.output).toContain('stopped');
    await wallet.mendHandler();
    const executed = await run('dlq', 'replay', '--fingerprint', fingerprint, '--yes', '--reason', 'mended', '--json');
    // A progress bar is for terminals.
    expect(executed).toMatchObject({ status: 0, errors: '' });
    expect(JSON.parse(executed.output)).toMatchObject({ status: 'done', letters: [{ status: 'resolved', verdict: 'will-be-processed' }] });
    expect((await wallet.system.ended(transfer)).status).toBe('COMPLETED');
    await wallet.system.eventually('the timeline has ended', async () => (await run('timeline', transfer)).output.includes('ended'));
    expect(await run('stuck')).toMatchObject({ status: 0, output: 'Nothing is stuck.\n' });
  });

  it('shows what waits and what comes, over which topics, until all of it is done', async () => {
    await wallet.breakHandler();
    const first = await wallet.letterOf((await wallet.transfers(1))[0] ?? '');
    let shown = '';
    const watch = ['dlq', 'watch', '--json', '--count', '2'];
    const watching = falconpay(watch, { FALCONPAY_HOME: wallet.system.local.home }, (soFar) => (shown = soFar));
    await wallet.system.eventually('what waits is shown', () => shown.includes(first.id));
    const second = await wallet.letterOf((await wallet.transfers(1))[0] ?? '');
    const watched = await watching;
    expect(watched.status).toBe(0);
    const lines = watched.output.trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { id: string }).id)).toEqual([first.id, second.id]);
    expect((await run('dlq', 'watch', '--fingerprint', first.fingerprint, '--count', '1')).output).toContain('the handler is wrong');

    const topics = await run('topics', '--json');
    expect(topics.status).toBe(1);
    expect((JSON.parse(topics.output) as { topics: object[] }).topics).toContainEqual({
      ...{ topic: 'payment.created', version: 1, publisher: 'payment', heard_by: 'wallet', dead_letters: 2 },
      behind: expect.any(Number) as unknown,
      oldest_seconds: expect.any(Number) as unknown,
    });
    await wallet.mendHandler();
    expect((await run('dlq', 'replay', '--group', 'falconpay.wallet', '--yes', '--reason', 'mended')).status).toBe(0);
    expect((await run('topics')).status).toBe(0);
    const outbox = await run('outbox', 'status');
    expect(outbox.status).toBe(0);
    for (const service of ['wallet', 'payment', 'atm-gateway', 'backoffice'])
      expect(outbox.output).toMatch(new RegExp(`^${service} +\\d`, 'm'));
  });

  it('edits, pauses, goes on and gives up, and all of it is on record', async () => {
    await wallet.breakHandler();
    const transfers = await wallet.transfers(20);
    const letters = await Promise.all(transfers.map((id) => wallet.letterOf(id)));
    await wallet.mendHandler();
    const [first = '', second = ''] = letters.map(({ id }) => id);
    const list = await run('dlq', 'list', '--status', 'waiting', '--limit', '1');
    expect(list).toMatchObject({ status: 0, output: expect.stringContaining('There are more: --cursor ') as unknown });
    const next = await run('dlq', 'list', '--status', 'waiting', '--limit', '1', '--cursor', list.output.trim().split(' ').at(-1) ?? '');
    expect(next.output.split('\n')[1]).toMatch(/^dlt_/);
    expect(next.output.split('\n')[1]).not.toBe(list.output.split('\n')[1]);

    const { data } = JSON.parse((await run('dlq', 'show', first, '--json')).output) as { data: object };
    const file = join(wallet.system.local.home, 'edited.json');
    const edit = ['dlq', 'edit', first, '--reason', 'as the client says', '--data', file];
    writeFileSync(file, JSON.stringify({ ...data, amount: 'much' }));
    expect(await run(...edit)).toMatchObject({ status: 2, errors: expect.stringContaining('This is no payment.created') as unknown });
    writeFileSync(file, JSON.stringify({ ...data, reference: 'edited' }));
    expect(await run(...edit)).toMatchObject({ status: 0, output: expect.stringContaining(`${first} is edited as `) as unknown });
    const archived = await run('dlq', 'archive', second, '--reason', 'x', '--yes');
    expect(archived).toMatchObject({ status: 2, errors: expect.stringContaining('replay or discard it') as unknown });

    const ids = letters.map(({ id }) => id);
    const { id } = await wallet.replay({ select: { ids }, dry_run: false, reason: 'one by one', canary: 1, per_second: 1 });
    expect(await run('dlq', 'pause', id, '--reason', 'lunch')).toMatchObject({ status: 0, output: `${id} is paused.\n` });
    const resumed = run('dlq', 'resume', id, '--reason', 'back again');
    await wallet.replayIn(id, 'running');
    expect(await run('dlq', 'abort', id, '--reason', 'too slow')).toMatchObject({ status: 0, output: `${id} is aborted.\n` });
    expect(await resumed).toMatchObject({ status: 1, output: expect.stringContaining(`${id} aborted: `) as unknown });
    expect((await run('dlq', 'replays')).output).toMatch(new RegExp(`^${id} +aborted .* back again$`, 'm'));
    const { body } = await wallet.system.backoffice.get(`/v1/audit?subject=${id}`);
    expect((body as { data: object[] }).data).toMatchObject([
      {
        action: 'abort-replay',
        who: expect.stringMatching(/^local\/./) as unknown,
        reason: 'too slow',
        before: { state: 'running' },
        after: { state: 'aborted' },
      },
      { action: 'start-replay', reason: 'back again', before: { state: 'paused' }, after: { state: 'running' } },
      { action: 'pause-replay', reason: 'lunch', before: { state: 'running' }, after: { state: 'paused' } },
      { action: 'start-replay', reason: 'one by one', before: null, after: { letters: 20, state: 'running' } },
    ]);
    expect((await run('dlq', 'replay', '--group', 'falconpay.wallet', '--yes', '--reason', 'the rest')).status).toBe(0);
    for (const transfer of transfers) expect((await wallet.system.ended(transfer)).status).toBe('COMPLETED');
  });

  it('asks before what cannot be undone, and says what it does not know', async () => {
    expect((await run('dlq', 'discard', 'dlt_01jzzzzzzzzzzzzzzzzzzzzzzz', '--reason', 'x')).errors).toContain('--yes');
    expect(await run('dlq', 'show', 'dlt_01jzzzzzzzzzzzzzzzzzzzzzzz')).toMatchObject({ status: 2, output: '' });
    expect((await run('dlq', 'replay')).errors).toContain('say which');
    expect((await run('dlq', 'replay', '--topic', 'payment.created', '--yes', '--dry-run')).errors).toContain('either --dry-run or --yes');
    expect((await falconpay(['stuck', '--url', 'http://127.0.0.1:9'])).errors).toContain('does not answer');
    const silent = { FALCONPAY_HOME: wallet.system.local.home, FALCONPAY_WALLET_URL: 'http://127.0.0.1:9' };
    expect(await falconpay(['topics'], silent)).toMatchObject({ status: 2, errors: 'No answer from wallet.\n' });
    expect(await falconpay(['outbox', 'status'], silent)).toMatchObject({
      status: 2,
      output: expect.stringContaining('no answer') as unknown,
    });
    expect(await run('outbox')).toMatchObject({ status: 2, output: '' });
  });
});
