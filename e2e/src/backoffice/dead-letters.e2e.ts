import { faultsInBooks } from '@falconpay/testing/books';
import { FailingWallet, type Letter } from './failing-wallet.js';

const dayMs = 86_400_000;

let wallet: FailingWallet;
beforeAll(async () => {
  wallet = await FailingWallet.start('letters', { env: { REPLAY_COUNT_MAX: '2' } });
});
afterEach(() => wallet.mendHandler());
afterAll(() => wallet?.system.stop());

const get = async (path: string) => (await wallet.system.backoffice.get(path)).body as Record<string, unknown>;
const post = (path: string, body: object) => wallet.system.backoffice.post(path, body);
/** A transfer whose event lies with the dead letters; the handler is mended when this resolves. */
async function deadLetter(): Promise<{ transfer: string; letter: Letter }> {
  await wallet.breakHandler();
  const [transfer = ''] = await wallet.transfers(1);
  const letter = await wallet.letterOf(transfer);
  await wallet.mendHandler();
  return { transfer, letter };
}

describe('an event that the wallet cannot take in', () => {
  it('is found whole, explained, replayed and resolved by the wallet’s word; once more, there is nothing to do', async () => {
    await wallet.breakHandler();
    const [transfer = ''] = await wallet.transfers(1);
    const letter = await wallet.letterOf(transfer);
    expect(letter).toMatchObject({ status: 'waiting', topic: 'payment.created', group: 'falconpay.wallet', kind: 'poison' });
    const whole = await get(`/v1/dead-letters/${letter.id}`);
    expect(whole).toMatchObject({
      data: { payment_id: transfer, kind: 'transfer', amount: { amount: 100, currency: 'USD' } },
      contract_fault: null,
      error: { class: '22000', message: expect.stringContaining('the handler is wrong') as unknown },
      events: [{ event: 'payment.created', service: 'payment', event_id: letter.event_id }],
    });
    const [record] = (await wallet.system.consumeAll('payment.created')).filter(({ key }) => key === transfer);
    const { value, headers } = whole as { value: { text: string }; headers: { name: string; text: string }[] };
    expect(value.text).toBe(record?.value);
    expect(Object.fromEntries(headers.map(({ name, text }) => [name, text]))).toEqual(record?.headers);

    expect(await get(`/v1/timelines/${transfer}`)).toMatchObject({
      dead_letters: [{ id: letter.id }],
      expected: [{ service: 'wallet', does: 'post-transfer', consumer: { state: 'blocked', tries: 1 } }],
    });

    const dryRun = await wallet.replay({ select: { ids: [letter.id] } });
    expect(dryRun).toMatchObject({ status: 'draft', verdicts: { 'will-be-processed': 1 }, items: { planned: 1 } });
    expect((await wallet.letterOf(transfer)).status).toBe('waiting');

    await wallet.mendHandler();
    const started = await post(`/v1/replays/${dryRun.id}/start`, { reason: 'the handler is mended' });
    expect(started).toMatchObject({ status: 200, body: { status: 'running' } });
    expect((await wallet.replayIn(dryRun.id, 'done')).items).toEqual({ resolved: 1 });
    expect((await wallet.system.ended(transfer)).status).toBe('COMPLETED');
    expect(await wallet.letterOf(transfer)).toMatchObject({ status: 'resolved', replays: 1 });

    for (let round = 0; round < 3; round += 1) {
      const again = await wallet.replay({ select: { ids: [letter.id] }, dry_run: false, reason: 'once more' });
      expect(again.verdicts).toEqual({ 'already-processed': 1 });
      await wallet.replayIn(again.id, 'done');
    }
    expect(await wallet.system.sql('backoffice', `select 1 from outbox where aggregatetype like '%.retry'`)).toHaveLength(1);
    expect(await faultsInBooks(wallet.system)).toEqual([]);
  });

  it('that fails again comes back as a letter of its own, and the replay that sent it stops there', async () => {
    await wallet.breakHandler();
    const transfers = await wallet.transfers(3);
    for (const id of transfers) await wallet.letterOf(id);
    const replay = await wallet.replay({
      select: { group: 'falconpay.wallet' },
      dry_run: false,
      reason: 'hope',
      canary: 1,
      per_second: 1_000,
    });
    const stopped = await wallet.replayIn(replay.id, 'stopped');
    expect(stopped).toMatchObject({
      items: { failed: 1, planned: 2 },
      stopped_by: expect.stringContaining('the handler is wrong') as unknown,
    });
    await wallet.mendHandler();
    const letters = (await get('/v1/dead-letters?status=waiting')) as { data: Letter[] };
    expect(letters.data).toHaveLength(3);
    expect(letters.data.filter(({ replays }) => replays === 1)).toHaveLength(1);
    const groups = (await get('/v1/dead-letters/groups')) as { data: { fingerprint: string; waiting: number; count: number }[] };
    expect(groups.data).toMatchObject([{ waiting: 3, count: 5 }]);
    const all = await wallet.replay({ select: { fingerprint: groups.data[0]?.fingerprint }, dry_run: false, reason: 'mended now' });
    await wallet.replayIn(all.id, 'done');
    for (const id of transfers) expect((await wallet.system.ended(id)).status).toBe('COMPLETED');
    expect(await faultsInBooks(wallet.system)).toEqual([]);
  });

  it('waits again when it was discarded elsewhere while it was on its way, and the replay that sent it stops there and says so', async () => {
    const { transfer, letter } = await deadLetter();
    const { system } = wallet;
    const [record] = (await system.consumeAll('payment.created')).filter(({ key }) => key === transfer);
    const byHand = { 'fp-replay-of': letter.event_id, 'fp-replay-id': letter.event_id, 'fp-discard': 'by hand' };
    const held = `select 1 from blocked_lines where head_id = '${letter.event_id}' for update`;
    const replay = await system.whileHolding('wallet', held, async () => {
      await system.produce('payment.created.falconpay.wallet.retry', {
        key: transfer,
        value: '',
        headers: { ...record?.headers, ...byHand },
      });
      await system.someoneWaits('wallet');
      const begun = await wallet.replay({ select: { ids: [letter.id] }, dry_run: false, reason: 'mended' });
      await system.eventually('it is on its way', async () => (await wallet.items(begun.id))[0]?.status === 'sent');
      return begun;
    });
    const because = 'its consumer refused it: to it the event is discarded';
    expect(await wallet.replayIn(replay.id, 'stopped')).toMatchObject({ items: { failed: 1 }, stopped_by: because });
    expect(await wallet.items(replay.id)).toMatchObject([{ status: 'failed', outcome: because }]);
    expect(await wallet.letterOf(transfer)).toMatchObject({ status: 'waiting', replays: 1 });
    expect(await post(`/v1/dead-letters/${letter.id}/archive`, { reason: 'it was discarded by hand' })).toMatchObject({ status: 200 });
    expect(await post(`/v1/replays/${replay.id}/start`, { reason: 'seen' })).toMatchObject({ status: 200 });
    await wallet.replayIn(replay.id, 'done');
    expect(await faultsInBooks(system)).toEqual([]);
  });

  it('is not sent while its replay is paused, is when that goes on, and never when it is given up', async () => {
    await wallet.breakHandler();
    const transfers = await wallet.transfers(10);
    const letters = await Promise.all(transfers.map((id) => wallet.letterOf(id)));
    await wallet.mendHandler();
    const ids = letters.map(({ id }) => id);
    const [others, select] = [ids.slice(0, 3), ids.slice(3)];
    const slow = { dry_run: false, reason: 'one by one', canary: 1, per_second: 1 };
    const replay = await wallet.replay({ select: { ids: select }, ...slow });
    const order = (what: string, id = replay.id) => post(`/v1/replays/${id}/${what}`, { reason: what });
    const stateOf = async (id: string) => (await get(`/v1/replays/${id}`)) as { status: string; items: Record<string, number> };
    await wallet.system.eventually('the first has come through', async () => (await stateOf(replay.id)).items['resolved']);
    expect(await order('pause')).toMatchObject({ status: 200, body: { status: 'paused' } });
    expect(await order('pause')).toMatchObject({ status: 200 });
    const settled = async () => {
      const { items } = await stateOf(replay.id);
      return items['sent'] === undefined ? items : undefined;
    };
    const whilePaused = await wallet.system.eventually('nothing of it is on its way', settled);
    expect(whilePaused['planned']).toBeGreaterThan(0);
    // For as long as it would take to send two more of it.
    const short = await wallet.replay({ select: { ids: others }, ...slow });
    await wallet.replayIn(short.id, 'done');
    expect(await stateOf(replay.id)).toMatchObject({ status: 'paused', items: whilePaused });
    expect(await order('start')).toMatchObject({ status: 200, body: { status: 'running' } });
    await wallet.system.eventually('one more has come through', async () => {
      const { items } = await stateOf(replay.id);
      return Number(items['resolved']) > Number(whilePaused['resolved']);
    });
    expect(await order('abort')).toMatchObject({ status: 200, body: { status: 'aborted' } });
    expect(await order('start')).toMatchObject({ status: 409 });
    const left = await wallet.system.eventually('what was on its way has come', settled);
    const rest = await wallet.replay({ select: { group: 'falconpay.wallet' }, dry_run: false, reason: 'what was given up' });
    expect(Object.values(rest.items).reduce((sum, count) => sum + count, 0)).toBe(select.length - Number(left['resolved']));
    await wallet.replayIn(rest.id, 'done');
    for (const id of transfers) expect((await wallet.system.ended(id)).status).toBe('COMPLETED');
    expect(await faultsInBooks(wallet.system)).toEqual([]);
  });

  it('can be discarded with a reason, and what waits behind it goes on', async () => {
    const { transfer, letter } = await deadLetter();
    const [record] = (await wallet.system.consumeAll('payment.created')).filter(({ key }) => key === transfer);
    const later = { ...record?.headers, ce_id: '01996f3e-0000-7000-8000-000000000001' };
    await wallet.system.produce('payment.created', { key: transfer, value: record?.value ?? '', headers: later });
    expect(await post(`/v1/dead-letters/${letter.id}/discard`, {})).toMatchObject({ status: 400 });
    expect((await wallet.system.payment.get(`/v1/transfers/${transfer}`)).body).toMatchObject({ status: 'PENDING' });
    expect(await post(`/v1/dead-letters/${letter.id}/discard`, { reason: 'the later one is right' })).toMatchObject({ status: 200 });
    expect((await wallet.system.ended(transfer)).status).toBe('COMPLETED');
    expect(await wallet.letterOf(transfer)).toMatchObject({ status: 'discarded' });
    expect(await post(`/v1/dead-letters/${letter.id}/discard`, { reason: 'twice' })).toMatchObject({ status: 409 });
    expect(await faultsInBooks(wallet.system)).toEqual([]);
  });

  it('can be edited within its contract, and is delivered as another event', async () => {
    const { transfer, letter } = await deadLetter();
    const { data } = (await get(`/v1/dead-letters/${letter.id}`)) as { data: Record<string, unknown> };
    const edit = (change: object) =>
      post(`/v1/dead-letters/${letter.id}/edit`, { data: { ...data, ...change }, reason: 'as the client says' });
    expect(await edit({ amount: { amount: 'much', currency: 'USD' } })).toMatchObject({ status: 422 });
    expect(await edit({ reference: 'edited' })).toMatchObject({ status: 200 });
    const { edited_as: editedAs } = (await get(`/v1/dead-letters/${letter.id}`)) as { edited_as: string };
    // Too early: it fails again, and is then replayed like any other letter.
    await wallet.breakHandler();
    const tooEarly = await wallet.replay({ select: { ids: [letter.id] }, dry_run: false, reason: 'edited' });
    await wallet.replayIn(tooEarly.id, 'stopped');
    await wallet.mendHandler();
    const [again] = await wallet.lettersOf(transfer, 2);
    expect(again).toMatchObject({ event_id: editedAs, status: 'waiting', replays: 1 });
    const replay = await wallet.replay({ select: { ids: [again?.id] }, dry_run: false, reason: 'mended' });
    await wallet.replayIn(replay.id, 'done');
    expect(await wallet.letterOf(transfer)).toMatchObject({ status: 'resolved', replays: 2 });
    expect((await wallet.system.ended(transfer)).status).toBe('COMPLETED');
    const [sent] = (await wallet.system.consumeAll('payment.created.falconpay.wallet.retry')).filter(
      ({ key, headers }) => key === transfer && headers['fp-edited-from'] === letter.event_id,
    );
    expect(sent?.headers['ce_id']).toBe(editedAs);
    expect(JSON.parse(sent?.value ?? '')).toEqual({ ...data, reference: 'edited' });
    expect(await faultsInBooks(wallet.system)).toEqual([]);
  });

  it('is not sent again when its saga went on without it, nor as what breaks its contract', async () => {
    const { id } = await wallet.system.transfer(wallet.from, wallet.to, 100);
    const [record] = (await wallet.system.consumeAll('payment.created')).filter(({ key }) => key === id);
    const broken = { ...record?.headers, ce_id: '01996f3e-0000-7000-8000-000000000002' };
    await wallet.system.produce('payment.created', { key: id, value: '{"payment_id":', headers: broken });
    const { id: brokenLetter } = await wallet.letterOf(id);
    const dryRun = await wallet.replay({ select: { ids: [brokenLetter] } });
    expect(await wallet.items(dryRun.id)).toMatchObject([{ verdict: 'unknown-schema', status: 'skipped' }]);
    await wallet.system.produce('payment.created', {
      key: 'pay_01jzzzzzzzzzzzzzzzzzzzzzzy',
      value: (record?.value ?? '')
        .replaceAll(id, 'pay_01jzzzzzzzzzzzzzzzzzzzzzzy')
        .replace(/"amount":\{"amount":\d+/, '"amount":{"amount":-1'),
      headers: { ...record?.headers, ce_id: '01996f3e-0000-7000-8000-000000000003' },
    });
    const { fingerprint } = await wallet.letterOf('pay_01jzzzzzzzzzzzzzzzzzzzzzzy');
    expect((await wallet.replay({ select: { fingerprint } })).verdicts).toEqual({ 'unknown-schema': 1 });
    // Archived now, nothing would ever let its key go on.
    const archive = () => post(`/v1/dead-letters/${brokenLetter}/archive`, { reason: 'noise' });
    expect(await archive()).toMatchObject({ status: 409, body: { detail: expect.stringContaining('discard it') as unknown } });
    expect(await get(`/v1/dead-letters/${brokenLetter}`)).toMatchObject({ status: 'waiting' });
    const byHand = { 'fp-replay-of': broken.ce_id, 'fp-replay-id': broken.ce_id, 'fp-discard': 'by hand' };
    await wallet.system.produce('payment.created.falconpay.wallet.retry', { key: id, value: '', headers: { ...broken, ...byHand } });
    await wallet.system.eventually('its key goes on', async () => (await archive()).status === 200);
    expect(await get(`/v1/dead-letters/${brokenLetter}`)).toMatchObject({ status: 'archived' });
    expect(await get(`/v1/audit?subject=${brokenLetter}`)).toMatchObject({
      data: [{ action: 'archive', reason: 'noise', before: { state: 'waiting' }, after: { state: 'archived' } }],
    });
  });

  it('is selected with thousands of others by their ids, and edited however much it says', async () => {
    const { letter } = await deadLetter();
    const others = Array.from({ length: 4_999 }, (_, index) => `dlt_01jzzzzzzzzzzzzzzzzzz${String(index).padStart(5, '0')}`);
    expect((await wallet.replay({ select: { ids: [letter.id, ...others] } })).items).toEqual({ planned: 1 });
    const large = { data: { reference: 'x'.repeat(500_000) }, reason: 'large' };
    expect(await post(`/v1/dead-letters/${letter.id}/edit`, large)).toMatchObject({ status: 422 });
    await post(`/v1/dead-letters/${letter.id}/discard`, { reason: 'was a test' });
  });
});

describe('a record that is no event', () => {
  it.each([
    ['bytes', Buffer.from([0, 1, 0xff, 0xfe, 10]), null],
    ['megabyte', Buffer.alloc(1_048_576, 0xfe), null],
    ['text-of-five', Buffer.from('x'.repeat(5_000_000)), 5_000_000],
  ])('is told to the byte: %s', async (key, sent, characters) => {
    const raw = Buffer.from([0xff, 0, 0x80]);
    await wallet.system.produce('payment.created', { key, value: sent, headers: { raw } });
    const { id } = await wallet.letterOf(key);
    const { value, headers } = (await get(`/v1/dead-letters/${id}`)) as {
      value: { size: number; text: string | null; base64: string };
      headers: object[];
    };
    expect(value.size).toBe(sent.length);
    expect(Buffer.from(value.base64, 'base64').equals(sent)).toBe(true);
    expect(value.text?.length ?? null).toBe(characters);
    expect(headers).toEqual([{ name: 'raw', text: null, base64: raw.toString('base64') }]);
    await post(`/v1/dead-letters/${id}/discard`, { reason: 'was a test' });
  });
});

describe('a topic that an operator keeps for longer than the wallet remembers', () => {
  it('keeps the wallet from starting, which says what to change; put right, it goes on', async () => {
    const { system } = wallet;
    const { letter } = await deadLetter();
    await system.topics.configure('payment.created', { 'retention.ms': String(60 * dayMs) });
    await system.kill('wallet');
    const endedByItself = () => system.log.some((line) => line.startsWith('supervisor | wallet ended (exit code 78)'));
    await system.eventually('it ends by itself', endedByItself, { withinMs: 30_000 });
    expect(system.log.join('\n')).toMatch(
      /INBOX_RETENTION_DAYS=45 is too short.*payment\.created keeps its records for 60 days.*to 92 or more/,
    );
    await system.topics.configure('payment.created', { 'retention.ms': String(7 * dayMs) });
    await system.stopService('wallet');
    // Nobody knows whether it waits for the letter.
    expect(await post(`/v1/dead-letters/${letter.id}/archive`, { reason: 'noise' })).toMatchObject({ status: 503 });
    await system.startService('wallet');
    expect((await system.transfer(wallet.from, wallet.to, 1)).status).toBe('COMPLETED');
    expect(await post(`/v1/dead-letters/${letter.id}/discard`, { reason: 'was a test' })).toMatchObject({ status: 200 });
  });
});

describe('what operators do', () => {
  it('is sending a letter back as often as its service lets them, and no more', async () => {
    await wallet.breakHandler();
    const [transfer = ''] = await wallet.transfers(1);
    for (let count = 1; count <= 2; count += 1) {
      const [letter] = await wallet.lettersOf(transfer, count);
      const replay = await wallet.replay({ select: { ids: [letter?.id] }, dry_run: false, reason: 'hope' });
      await wallet.replayIn(replay.id, 'stopped');
    }
    const [letter] = await wallet.lettersOf(transfer, 3);
    expect((await wallet.replay({ select: { ids: [letter?.id] } })).verdicts).toEqual({ 'sent-too-often': 1 });
    expect(await post(`/v1/dead-letters/${letter?.id}/discard`, { reason: 'it will not do' })).toMatchObject({ status: 200 });
  });

  it('is kept with who, what and why, in a chain that shows every change', async () => {
    const { letter } = await deadLetter();
    const asAnna = { headers: { 'x-operator': 'anna' } };
    await wallet.system.backoffice.post(`/v1/dead-letters/${letter.id}/notes`, { note: 'asked the client' }, asAnna);
    expect(await get(`/v1/dead-letters/${letter.id}`)).toMatchObject({ notes: [{ who: 'local/anna', note: 'asked the client' }] });
    await post(`/v1/dead-letters/${letter.id}/discard`, { reason: 'was a test' });
    const { data } = (await get(`/v1/audit?subject=${letter.id}`)) as { data: object[] };
    expect(data).toMatchObject([
      { action: 'discard', who: 'local', reason: 'was a test', before: { state: 'waiting' }, after: { state: 'discarded' } },
      { action: 'note', who: 'local/anna', reason: 'asked the client' },
    ]);
    expect(await get('/v1/audit/proof')).toMatchObject({ ok: true, fault: null });
    await expect(wallet.system.sql('backoffice', `update audit set reason = 'x'`)).rejects.toThrow();
    await wallet.system.sql('backoffice', 'alter table audit disable trigger audit_append_only');
    await wallet.system.sql('backoffice', 'grant update on audit to current_user');
    await wallet.system.sql('backoffice', `update audit set reason = 'never was' where number = 2`);
    expect(await get('/v1/audit/proof')).toMatchObject({ ok: false, fault: 'entry 2 is not as it was written' });
  });

  it('is found by filters and words, in pages', async () => {
    const first = (await get('/v1/dead-letters?limit=2')) as { data: Letter[]; next_cursor: string };
    const second = (await get(`/v1/dead-letters?limit=2&cursor=${first.next_cursor}`)) as { data: Letter[] };
    const ids = [...first.data, ...second.data].map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)].sort().reverse());
    expect(((await get('/v1/dead-letters?q=handler%20is%20WRONG&status=discarded')) as { data: Letter[] }).data.length).toBeGreaterThan(0);
    expect(((await get('/v1/dead-letters?topic=payment.failed')) as { data: Letter[] }).data).toEqual([]);
    const { data } = (await get('/v1/dead-letters/counts?step=day')) as { data: { topic: string; count: number }[] };
    expect(data.every(({ topic, count }) => topic === 'payment.created' && count > 0)).toBe(true);
    expect(await wallet.system.backoffice.get('/v1/dead-letters?status=lost')).toMatchObject({ status: 400 });
  });
});
