import { randomUUID } from 'node:crypto';
import { consumerGroup, deadLetterTopic, retryTopic } from '@falconpay/contracts/choreography';
import type { SeenRecord } from '@falconpay/testing/system-topics';
import { allEnded, brokenPromises, wrongInTheBooks } from './books.js';
import { postUntilAccepted } from './clients.js';
import { ConsumerGroups } from './consumer-groups.js';
import { FaultSystem } from './fault-system.js';

let system: FaultSystem;
afterEach(() => system?.stop());

const topic = 'payment.created';
const group = consumerGroup('wallet');
const post = (reference: string): Promise<{ readonly id: string }> =>
  postUntilAccepted(system.running.payment, { from: '1002', to: '1001', amount: { amount: 1, currency: 'USD' }, reference });

/** The wallet's handler fails for transfers of this reference: a fault in a release, as far as the wallet can tell. */
async function breakHandler(): Promise<void> {
  await system.running.sql(
    'wallet',
    `create or replace function fail() returns trigger language plpgsql as $$ begin raise exception 'the handler is wrong' using errcode = 'P0001'; end $$`,
  );
  await system.running.sql(
    'wallet',
    `create trigger fail before insert on transactions for each row when (new.reference = 'unlucky') execute function fail()`,
  );
}
const mendHandler = (): Promise<object[]> => system.running.sql('wallet', 'drop trigger fail on transactions');

const statusOf = async (id: string): Promise<string> =>
  ((await system.running.payment.get(`/v1/transfers/${id}`)).body as { status: string }).status;

async function lookUp(letter: SeenRecord) {
  const event = { id: letter.headers['x-dlq-event-id'], topic, key: Buffer.from(letter.key ?? '').toString('base64') };
  const reply = await system.running.wallet.post('/v1/inbox/lookup', { events: [event] }, { key: null });
  expect(reply.status).toBe(200);
  return (reply.body as { data: { state: string; outcome: string | null; line: { state: string; error_class: string } | null }[] }).data[0];
}

async function letters(count: number): Promise<SeenRecord[]> {
  const dlq = deadLetterTopic(topic, group);
  await system.running.eventually(`${count} dead letters`, async () => (await system.topics.countOf(dlq)) >= count, { everyMs: 100 });
  return system.running.consumeAll(dlq);
}

/** As the back office does: to the failed group alone, as it was, without what was said about it. */
function sendBack(letter: SeenRecord, more: Readonly<Record<string, string>> = {}): Promise<void> {
  const original = Object.entries(letter.headers).filter(([name]) => !/^(x-dlq-|kafka_dlt-)/.test(name));
  return system.running.produce(retryTopic(topic, group), {
    key: letter.key ?? null,
    value: letter.value,
    headers: {
      ...Object.fromEntries(original),
      'fp-replay-of': letter.headers['x-dlq-event-id'] ?? '',
      'fp-replay-id': randomUUID(),
      'fp-replay-count': '1',
      ...more,
    },
  });
}

describe('a handler that is wrong', () => {
  it('and is mended in time has held up nobody else, and every transfer ends', async () => {
    system = await FaultSystem.start({ name: 'retries', env: { RETRY_FIRST_DELAY_MS: '50', RETRY_DELAY_MAX_MS: '300' } });
    await breakHandler();
    const unlucky = await Promise.all(Array.from({ length: 5 }, () => post('unlucky')));
    const others = await Promise.all(Array.from({ length: 20 }, () => post('lucky')));
    for (const { id } of others) expect((await system.running.ended(id)).status).toBe('COMPLETED');
    const blocked = 'select 1 from blocked_lines where attempts > 1';
    await system.running.eventually('all are tried again', async () => (await system.running.sql('wallet', blocked)).length === 5);
    for (const { id } of unlucky) expect(await statusOf(id)).toBe('PENDING');
    await system.running.kill('wallet');
    await system.running.ready('wallet');
    await mendHandler();
    await allEnded(system.running);
    for (const { id } of unlucky) expect(await statusOf(id)).toBe('COMPLETED');
    expect(await wrongInTheBooks(system.running)).toEqual([]);
    expect(await brokenPromises(system.running)).toEqual([]);
    await expectOrderWhileInstancesComeAndGo();
  });

  /** Keys whose first event fails, while partitions go to a second instance and come back: all are taken in once, each key's in order. */
  async function expectOrderWhileInstancesComeAndGo(): Promise<void> {
    const { running } = system;
    const [keys, perKey] = [['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'], 10];
    const idOf = (key: string, number: number): string => `pay_01jzzzzzzzzzzzzzzzzzzzz${key}${String(number).padStart(2, '0')}`;
    const deliver = async (key: string, from: number, to: number): Promise<void> => {
      for (let number = from; number < to; number += 1) {
        const order = { kind: 'transfer', from: '1002', to: '1001', amount: { amount: 1, currency: 'USD' } };
        const more = { expires_at: '2999-01-01T00:00:00.000Z', reference: number === 0 ? 'unlucky' : 'lucky' };
        const value = JSON.stringify({ payment_id: idOf(key, number), ...order, ...more });
        await running.produce(topic, { key, value, headers: { ce_id: randomUUID(), ce_type: 'com.falconpay.payment.created.v1' } });
      }
    };
    const held = async (): Promise<number> => (await running.sql('wallet', 'select 1 from held_events')).length;
    const groups = new ConsumerGroups(running.local.brokers, system.topics.prefix);
    await groups.connect();
    try {
      await breakHandler();
      await Promise.all(keys.map((key) => deliver(key, 0, perKey / 2)));
      await running.eventually('the first halves wait', async () => (await held()) === (keys.length * perKey) / 2, { everyMs: 50 });
      const other = await system.another('wallet');
      const both = async (): Promise<boolean> => (await groups.members(group)).length === 2;
      await running.eventually('both instances have joined', both, { everyMs: 100 });
      await Promise.all(keys.map((key) => deliver(key, perKey / 2, perKey)));
      await running.eventually('all wait', async () => (await held()) === keys.length * perKey, { everyMs: 50 });
      await Promise.all([mendHandler(), other.stop()]);
      await running.eventually('no key is blocked', async () => (await running.sql('wallet', 'select 1 from blocked_lines')).length === 0);
    } finally {
      await groups.disconnect();
    }
    const posted = await running.sql<{ id: string }>(
      'wallet',
      `select transaction_id as id from entries where transaction_id like 'pay_01jzzz%' and amount < 0 order by account_version`,
    );
    for (const key of keys)
      expect(posted.map(({ id }) => id).filter((id) => id.startsWith(idOf(key, 0).slice(0, -2)))).toEqual(
        Array.from({ length: perKey }, (_, number) => idOf(key, number)),
      );
  }

  it('and is mended too late: its dead letters are sent back as often as one likes, and take effect once (T-18, T-19)', async () => {
    system = await FaultSystem.start({ name: 'letters', env: { RETRY_BUDGET_MS: '0' } });
    await breakHandler();
    const { id } = await post('unlucky');
    const { id: neighbour } = await post('lucky');
    const [letter] = (await letters(1)) as [SeenRecord];
    expect(letter.headers).toMatchObject({ 'x-dlq-class': 'transient', 'x-dlq-error-class': 'P0001', 'x-dlq-handler': 'post-transfer' });
    expect((await system.running.ended(neighbour)).status).toBe('COMPLETED');
    expect(await lookUp(letter)).toMatchObject({ state: 'blocked', line: { state: 'dead', error_class: 'P0001' } });
    // Too early: it fails again, and is another dead letter of the same event.
    await sendBack(letter, { 'fp-replay-id': 'too-early' });
    const [, second] = (await letters(2)) as [SeenRecord, SeenRecord];
    expect(second.headers).toMatchObject({
      'x-dlq-event-id': letter.headers['x-dlq-event-id'],
      'x-dlq-offset': letter.headers['x-dlq-offset'],
      'x-dlq-error-fingerprint': letter.headers['x-dlq-error-fingerprint'],
      'x-dlq-replay-id': 'too-early',
    });
    await system.running.kill('wallet');
    await system.running.ready('wallet');
    await mendHandler();
    for (let count = 0; count < 10; count += 1) await sendBack(letter, { 'fp-replay-count': String(count + 1) });
    expect((await system.running.ended(id)).status).toBe('COMPLETED');
    expect(await lookUp(letter)).toMatchObject({ state: 'processed', outcome: 'done', line: null });
    // And once more, now that all is over.
    for (let count = 0; count < 9; count += 1) await sendBack(letter);
    const late = randomUUID();
    await sendBack(letter, { 'fp-replay-id': late });
    const delivery = { ...letter, headers: { 'x-dlq-event-id': late } };
    await system.running.eventually('it is told of', async () => (await lookUp(delivery))?.outcome === 'refused', { everyMs: 100 });
    const { id: after } = await post('lucky');
    expect((await system.running.ended(after)).status).toBe('COMPLETED');
    // What the wallet decided to send; the relay may send one of them twice when it is killed in between.
    const setAside = `select id from outbox where aggregatetype = $1`;
    expect(await system.running.sql('wallet', setAside, [deadLetterTopic(topic, group)])).toHaveLength(2);
    expect(await wrongInTheBooks(system.running)).toEqual([]);
    expect(await brokenPromises(system.running, { refuseDeadLetters: false })).toEqual([]);
  });
});

describe('an operator', () => {
  it('lets a dead letter go, and what waited behind it follows; edits another, and it takes effect under its new id', async () => {
    system = await FaultSystem.start({ name: 'discards' });
    const { running } = system;
    const order = {
      kind: 'transfer',
      from: '1002',
      to: '1001',
      amount: { amount: 1, currency: 'USD' },
      expires_at: '2999-01-01T00:00:00.000Z',
    };
    const headersOf = (more: object = {}) => ({ ce_id: randomUUID(), ce_type: 'com.falconpay.payment.created.v1', ...more });
    const good = JSON.stringify({ payment_id: 'pay_01jzzzzzzzzzzzzzzzzzzzzzzz', ...order });
    await running.produce(topic, { key: 'one', value: 'broken', headers: headersOf() });
    const follower = headersOf();
    await running.produce(topic, { key: 'one', value: good, headers: follower });
    const [first] = (await letters(1)) as [SeenRecord];
    await running.eventually('the other waits', async () => (await running.sql('wallet', 'select 1 from held_events')).length === 1);
    expect(await lookUp({ ...first, headers: { 'x-dlq-event-id': follower.ce_id } })).toMatchObject({
      state: 'waiting',
      line: { state: 'dead', head_id: first.headers['x-dlq-event-id'], waiting: 1 },
    });
    await sendBack(first, { 'fp-discard': 'made by hand' });
    await running.eventually(
      'the other is taken in',
      async () => (await running.sql('wallet', 'select 1 from blocked_lines')).length === 0,
    );
    expect(await lookUp(first)).toMatchObject({ state: 'processed', outcome: 'discarded', line: null });
    expect(await running.sql('wallet', `select 1 from transactions where id = 'pay_01jzzzzzzzzzzzzzzzzzzzzzzz'`)).toHaveLength(1);

    await running.produce(topic, { key: 'two', value: 'broken', headers: headersOf() });
    const second = (await letters(2)).find(({ key }) => key === 'two') as SeenRecord;
    const edited = good.replaceAll('zzzz', 'yyyy');
    const newId = randomUUID();
    await sendBack({ ...second, value: edited }, { ce_id: newId, 'fp-edited-from': second.headers['x-dlq-event-id'] ?? '' });
    await running.eventually(
      'it is taken in',
      async () => (await running.sql('wallet', `select 1 from inbox where outcome = 'replaced'`)).length === 1,
    );
    await running.eventually(
      'it is done',
      async () => (await lookUp({ ...second, headers: { 'x-dlq-event-id': newId } }))?.outcome === 'done',
    );
    expect(await lookUp(second)).toMatchObject({ state: 'processed', outcome: 'replaced' });
    await expectLargeLetterToWaitAlone();
  });

  /** A dead letter for which its topic has no room, until an operator has made some. */
  async function expectLargeLetterToWaitAlone(): Promise<void> {
    const { running, topics } = system;
    const dlq = deadLetterTopic(topic, group);
    await topics.configure(dlq, { 'max.message.bytes': '20000' });
    const value = Buffer.alloc(30_000, 'x');
    await running.produce(topic, { key: 'large', value, headers: { ce_id: randomUUID() } });
    const age = async (): Promise<number> =>
      Number(/^falconpay_outbox_oldest_pending_seconds\{reason="record"\} (\S+)$/m.exec((await running.wallet.get('/metrics')).text)?.[1]);
    await running.eventually('it is told of', async () => (await age()) > 0, { everyMs: 100 });
    await running.produce(topic, { key: 'small', value: 'broken', headers: { ce_id: randomUUID() } });
    const { id } = await post('lucky');
    expect((await running.ended(id)).status).toBe('COMPLETED');
    expect((await letters(3)).map(({ key }) => key)).toEqual(expect.arrayContaining(['one', 'two', 'small']));
    await topics.configure(dlq, { 'max.message.bytes': '40000' });
    const all = await letters(4);
    expect(all.find(({ key }) => key === 'large')?.value).toBe(String(value));
    await running.eventually('nothing waits', async () => (await age()) === 0, { everyMs: 100 });
  }
});
