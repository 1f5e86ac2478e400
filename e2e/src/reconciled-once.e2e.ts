import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Parsed } from '@falconpay/testing/service-client';
import { FaultSystem } from './faults/fault-system.js';

const machines = Array.from({ length: 12 }, (_, index) => `twice-${index}`);
/** How often each machine was asked for its journal of a day. */
const asked = new Map<string, number>();

let system: FaultSystem;
let world: Server;
beforeAll(async () => {
  world = createServer((request, response) => {
    const place = request.url ?? '';
    asked.set(place, (asked.get(place) ?? 0) + 1);
    const date = new URL(place, 'http://world').searchParams.get('date');
    const nothing = { lines: 0, first_seq: null, last_seq: null, counts: {}, sums: {} };
    response.end(`${JSON.stringify({ closing: true, date, ...nothing })}\n`);
  });
  await new Promise<void>((resolve) => world.listen(0, '127.0.0.1', resolve));
  system = await FaultSystem.start({ name: 'daily', env: { ATM_RECONCILE_EVERY_MS: '50', RECONCILE_CUT_OFF_HOUR: '0' } });
  await system.another('atm-gateway');
});
afterAll(async () => {
  await system?.stop();
  world?.close();
});

describe('two gateways', () => {
  it('fetch and compare each record once, whichever of them comes first', async () => {
    const { running } = system;
    const { port } = world.address() as AddressInfo;
    for (const id of machines) {
      const body = JSON.stringify({ url: `http://127.0.0.1:${port}/${id}`, currency: 'USD', smallest_note: 100 });
      await running.gateway.send('PUT', `/v1/atms/${id}`, body, { 'content-type': 'application/json' });
    }
    const [age] = await running.sql<{ days: string[] }>(
      'atm-gateway',
      `update partners set created_at = created_at - interval '3 days' where id like 'twice-%'
       returning (select array_agg(to_char(now() at time zone 'UTC' - make_interval(days => back), 'YYYY-MM-DD')) from generate_series(1, 2) as back) as days`,
    );
    const places = machines.flatMap((id) => (age?.days ?? []).map((date) => `/${id}/journal?date=${date}`));
    await running.eventually('every record is taken', async () => {
      const taken = (await running.gateway.get('/v1/reconciliations?limit=100')).body.data as Parsed[];
      return taken.filter(({ status }) => status === 'TAKEN').length === places.length;
    });
    expect(places.map((place) => [place, asked.get(place)])).toEqual(places.map((place) => [place, 1]));
    // What is done is not due: nothing is left that either of them could take up again today.
    const due = `select 1 from records where next_at <= now()`;
    expect(await running.sql('atm-gateway', due)).toEqual([]);
  });
});
