import { SERVICES } from '@falconpay/local/services';
import { startSystem, type RunningSystem } from '@falconpay/testing/running-system';
import { falconpay } from '../prove/falconpay-command.js';

const overdueAfterMs = 500;

let system: RunningSystem;
let from: string;
let to: string;

beforeAll(async () => {
  system = await startSystem({
    name: 'timelines',
    services: SERVICES.map(({ name }) => name),
    env: { BACKOFFICE_OVERDUE_AFTER_MS: String(overdueAfterMs), BACKOFFICE_SWEEP_EVERY_MS: '100' },
  });
  from = (await system.account('USD', 100_000)).id;
  to = (await system.account('USD')).id;
});
afterAll(() => system?.stop());

interface Timeline {
  readonly status: string;
  readonly sagas: readonly string[];
  readonly events: readonly { event: string; event_id: string; service: string; caused_by: string | null; consume_lag_ms: number | null }[];
  readonly expected: readonly { service: string; does: string; overdue: boolean; one_of: readonly string[] }[];
  readonly dead_letters: readonly unknown[];
}

const timelineOf = async (id: string): Promise<Timeline | undefined> => {
  const reply = await system.backoffice.get(`/v1/timelines/${id}`);
  return reply.status === 200 ? (reply.body as Timeline) : undefined;
};
const stuckIds = async (): Promise<string[]> => {
  const { body } = await system.backoffice.get('/v1/stuck?limit=100');
  return (body as { data: { id: string }[] }).data.map(({ id }) => id);
};
const accepted = async (): Promise<string> => {
  const reply = await system.payment.post('/v1/transfers', { from, to, amount: { amount: 100, currency: 'USD' } });
  return (reply.body as { id: string }).id;
};

/** Withdrawals that have waited for the outside world for longer than anything else, and may. */
async function waitForOutside(count: number): Promise<void> {
  const saga = `'wdr_outside_' || number, clock_timestamp() - interval '5 minutes'`;
  const numbers = `generate_series(1, ${count}) as number`;
  await system.sql(
    'backoffice',
    `insert into timeline_events (saga_id, at, event_id, topic, service, published_at)
      select ${saga}, gen_random_uuid(), 'withdrawal.reconciling', 'atm-gateway', clock_timestamp() from ${numbers}`,
  );
  await system.sql('backoffice', `insert into open_sagas (saga_id, at) select ${saga} from ${numbers}`);
}

describe('the timeline of a transfer', () => {
  it('tells both events, which caused which, and that nothing more is expected', async () => {
    const { id } = await system.transfer(from, to, 500);
    const timeline = await system.eventually('both events are known', async () => {
      const seen = await timelineOf(id);
      return seen?.events.length === 2 ? seen : undefined;
    });
    const [created, completed] = timeline.events;
    expect(timeline).toMatchObject({ status: 'ended', expected: [], dead_letters: [], sagas: ['transfer', 'refund-payment'] });
    expect(created).toMatchObject({ event: 'payment.created', service: 'payment', consume_lag_ms: null });
    expect(completed).toMatchObject({ event: 'payment.completed', service: 'wallet', caused_by: created?.event_id });
    expect(completed?.consume_lag_ms).toBeGreaterThanOrEqual(0);
  });

  it('says whose turn it is while the wallet is down, and that the transfer is stuck; both are over when it is back', async () => {
    await system.stopService('wallet');
    const id = await accepted();
    const overdue = await system.eventually('it is overdue', async () => {
      const seen = await timelineOf(id);
      return seen?.status === 'overdue' ? seen : undefined;
    });
    expect(overdue.expected).toMatchObject([
      { service: 'wallet', does: 'post-transfer', overdue: true, one_of: ['payment.completed', 'payment.failed'] },
    ]);
    await waitForOutside(250);
    await system.eventually('it is among what is stuck', async () => (await stuckIds()).includes(id));
    const home = { FALCONPAY_HOME: system.local.home };
    expect(await falconpay(['stuck', '--limit', '1'], home)).toMatchObject({ status: 1, output: expect.stringContaining(id) as unknown });
    expect(await falconpay(['timeline', id], home)).toMatchObject({ status: 1, output: expect.stringContaining('OVERDUE') as unknown });
    await system.sql('backoffice', `delete from open_sagas where saga_id like 'wdr_outside_%'`);
    await system.startService('wallet');
    expect((await system.ended(id)).status).toBe('COMPLETED');
    await system.eventually('it has ended', async () => (await timelineOf(id))?.status === 'ended');
    await system.eventually(
      'nothing is listed as open',
      async () => (await system.sql('backoffice', 'select 1 from open_sagas')).length === 0,
    );
    expect(await stuckIds()).toEqual([]);
  });

  it('is also told of an account: what was refused on it at once', async () => {
    const refused = await system.wallet.post(`/v1/accounts/${to}/withdrawals`, { amount: { amount: 1_000_000, currency: 'USD' } });
    expect(refused.status).toBe(422);
    const timeline = await system.eventually('the refusal is known', () => timelineOf(to));
    expect(timeline).toMatchObject({
      ...{ status: 'ended', sagas: [], expected: [], dead_letters: [] },
      events: [{ event: 'spending.refused', service: 'wallet' }],
    });
    const told = await falconpay(['timeline', to], { FALCONPAY_HOME: system.local.home });
    expect(told).toMatchObject({ status: 0, output: expect.stringContaining('spending.refused') as unknown });
  });

  it('is not known of what nobody has spoken about', async () => {
    expect(await system.backoffice.get('/v1/timelines/pay_01jzzzzzzzzzzzzzzzzzzzzzzz')).toMatchObject({ status: 404 });
  });
});
