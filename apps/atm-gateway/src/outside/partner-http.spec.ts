import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { currency } from '@falconpay/money/currency';
import { money } from '@falconpay/money/money';
import { eventually } from '@falconpay/testing/eventually';
import { SimulatorProcess } from '@falconpay/testing/simulator-process';
import { PartnerHttp } from './partner-http.js';
import type { PartnerCommand, PartnerKind, PartnerOrder } from './partner-port.js';

const PATIENCE_MS = 30_000;
/** Long enough to be heard, where silence is waited for. */
const HEARD_MS = 1_000;
const FOLDERS: Readonly<Record<PartnerKind, string>> = { machine: 'atms', bank: 'banks', institution: 'institutions' };
const COMMANDS: Readonly<Record<PartnerKind, PartnerCommand>> = {
  machine: { kind: 'machine' },
  bank: { kind: 'bank', iban: 'DE89370400440532013000', reference: 'rent' },
  institution: { kind: 'institution', card: { number: '4000001234567899', pin: '8642' } },
};

let simulator: SimulatorProcess;
let port: PartnerHttp;
let names = 0;
beforeAll(async () => {
  simulator = await SimulatorProcess.start();
});
afterAll(() => simulator?.stop());
beforeEach(() => {
  port = new PartnerHttp({ perPartner: 4, inTotal: 100 });
});
afterEach(() => port.close());

function orderAt(url: string, kind: PartnerKind = 'machine', id = `order-${(names += 1)}`): PartnerOrder {
  return { partner: { kind, id: url, url }, id, amount: money(10_000n, currency('USD')) };
}
/** An order at a partner of the simulator that nobody has spoken to, which behaves like this. */
async function orderTo(kind: PartnerKind, ...next: string[]): Promise<PartnerOrder & { readonly name: string }> {
  const name = `${FOLDERS[kind]}/P${(names += 1)}`;
  await simulator.behave(name, { next });
  return { ...orderAt(simulator.partnerUrl(name), kind), name };
}
const command = (order: PartnerOrder, timeoutMs = PATIENCE_MS) => port.command(order, COMMANDS[order.partner.kind], timeoutMs);
const eventsOf = async (name: string) => (await simulator.journal(name)).lines.map(({ event }) => event);

describe('what partners can say, in one vocabulary', () => {
  it.each([
    ['machine', 'success', { says: 'done', paid: 10_000n }],
    ['machine', 'refuse', { says: 'refused', paid: 0n, reason: 'no_cash' }],
    ['machine', 'jam', { says: 'refused', paid: 0n, reason: 'jam' }],
    ['machine', 'partial:40', { says: 'partial', paid: 4_000n }],
    ['machine', 'late:200', { says: 'done', paid: 10_000n }],
    ['machine', 'unknown', { says: 'unknown', doubt: 'partner-does-not-know' }],
    ['machine', 'crash_after_act', { says: 'unknown', doubt: 'connection-lost' }],
    ['machine', 'power_cut', { says: 'unknown', doubt: 'connection-lost' }],
    ['machine', 'error', { says: 'unknown', doubt: 'unexpected-status' }],
    ['machine', 'error_after_act', { says: 'unknown', doubt: 'unexpected-status' }],
    ['machine', 'broken_answer', { says: 'unknown', doubt: 'broken-answer' }],
    ['machine', 'wrong_id', { says: 'unknown', doubt: 'answers-another-order' }],
    ['machine', 'wrong_currency', { says: 'unknown', doubt: 'answers-another-order' }],
    ['machine', 'too_much', { says: 'unknown', doubt: 'answers-another-order' }],
    ['bank', 'success', { says: 'done', paid: 10_000n }],
    ['bank', 'refuse', { says: 'refused', paid: 0n, reason: 'account_closed' }],
    ['bank', 'wrong_id', { says: 'unknown', doubt: 'answers-another-order' }],
    ['institution', 'success', { says: 'done', paid: 10_000n }],
    ['institution', 'refuse', { says: 'refused', paid: 0n, reason: 'insufficient_funds' }],
    ['institution', 'too_much', { says: 'unknown', doubt: 'answers-another-order' }],
  ] as const)('a %s that behaves like %s', async (kind, behaviour, expected) => {
    expect(await command(await orderTo(kind, behaviour))).toMatchObject(expected);
  });

  it('silence is unknown when the time is over; the cancel is a tombstone', async () => {
    for (const kind of ['machine', 'bank'] as const) {
      const order = await orderTo(kind, 'silent');
      const answer = await command(order, HEARD_MS);
      expect(answer).toMatchObject({ says: 'unknown', doubt: 'time-out', raw: '' });
      expect(answer.tookMs).toBeGreaterThanOrEqual(HEARD_MS);
      expect(await port.inquire(order, PATIENCE_MS)).toMatchObject({ says: 'in_progress' });
      expect(await port.cancel(order, PATIENCE_MS)).toMatchObject({ says: 'tombstoned', paid: 0n });
      expect(await port.inquire(order, PATIENCE_MS)).toMatchObject({ says: 'tombstoned' });
    }
  });

  it('a cancel that comes too late tells what was done', async () => {
    const order = await orderTo('machine', 'crash_after_act');
    await command(order);
    expect(await port.cancel(order, PATIENCE_MS)).toMatchObject({ says: 'done', paid: 10_000n });
    expect(await eventsOf(order.name)).toEqual(['dispensed']);
  });

  it('an order it has never heard of', async () => {
    expect(await port.inquire(await orderTo('machine'), PATIENCE_MS)).toMatchObject({ says: 'never_heard' });
  });

  it.each([
    ['retract_counted', { says: 'retracted', paid: 0n }],
    ['retract_partly:20', { says: 'retracted', paid: 2_000n }],
    ['retract_uncounted', { says: 'retracted', reason: 'not_counted' }],
  ])('%s', async (behaviour, expected) => {
    const order = await orderTo('machine', behaviour);
    expect(await command(order)).toMatchObject({ says: 'unknown' });
    const found = await port.inquire(order, PATIENCE_MS);
    expect(found).toMatchObject(expected);
    expect('paid' in found).toBe('paid' in expected);
  });

  it('a reversal is acknowledged, also when it overtakes, and repeated with the same id', async () => {
    const order = await orderTo('institution', 'crash_after_act+cancel_error:1+cancel_lost:1');
    await command(order);
    expect(await port.cancel(order, PATIENCE_MS, 'rev-1')).toMatchObject({ says: 'unknown', doubt: 'unexpected-status' });
    expect(await port.cancel(order, HEARD_MS, 'rev-1')).toMatchObject({ says: 'unknown', doubt: 'time-out' });
    expect(await port.cancel(order, PATIENCE_MS, 'rev-1')).toMatchObject({ says: 'reversed' });
    expect(await eventsOf(order.name)).toEqual(['approved', 'reversed']);
    const overtaken = await orderTo('institution');
    expect(await port.cancel(overtaken, PATIENCE_MS, 'rev-2')).toMatchObject({ says: 'tombstoned' });
    expect(await command(overtaken)).toMatchObject({ says: 'refused' });
  });

  it('the record of a day', async () => {
    const order = await orderTo('bank');
    await command(order);
    const record = await port.record(order.partner, new Date().toISOString().slice(0, 10), PATIENCE_MS);
    expect(record).toEqual({ text: expect.stringMatching(/^\{"seq":1,.*"event":"accepted".*\n\{"closing":true,.*\n$/) });
    await simulator.behave(order.name, { network: 'refused' });
    expect(await port.record(order.partner, '2026-01-01', PATIENCE_MS)).toEqual({ doubt: 'connection-lost' });
  });
});

describe('an answer that comes twice', () => {
  it('is never taken for the answer to the next order, though the connection is kept', async () => {
    for (let turn = 0; turn < 5; turn += 1) {
      const order = await orderTo('machine', 'duplicate_answer', 'silent');
      expect(await command(order)).toMatchObject({ says: 'done' });
      const next = { ...order, id: `${order.id}-next` };
      expect(await command(next, HEARD_MS)).not.toMatchObject({ says: 'done' });
      expect(await port.inquire(next, PATIENCE_MS)).toMatchObject({ says: 'in_progress' });
    }
  });
});

describe('what is not an answer', () => {
  let server: Server | HttpServer | undefined;
  const sockets = new Set<Socket>();
  const heard: string[] = [];
  async function listening(started: Server | HttpServer): Promise<string> {
    server = started;
    started.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
    });
    await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(started.address() as AddressInfo).port}`;
  }
  /** Says the same to everything, as it is. */
  const saying = (text: string, thenEnd = true) =>
    listening(
      createServer((socket) =>
        socket.on('data', (data) => {
          heard.push(data.toString('latin1').split('\r\n')[0] ?? '');
          socket.write(text);
          if (thenEnd) socket.end();
        }),
      ),
    );
  const http = (status: string, body: string, length = Buffer.byteLength(body)) =>
    `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n${body}`;

  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
    heard.length = 0;
    await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
    server = undefined;
  });

  it('nobody listens: not one byte has left', async () => {
    const url = await saying('');
    await new Promise((resolve) => server?.close(resolve));
    server = undefined;
    expect(await command(orderAt(url))).toEqual({ says: 'not_sent', doubt: 'no-connection', raw: '', tookMs: expect.any(Number) });
  });

  it('the connection ends without a word', async () => {
    expect(await command(orderAt(await saying('')))).toMatchObject({ says: 'unknown', doubt: 'connection-lost' });
  });

  it('half of an answer, though it would be a whole one', async () => {
    const body = '{"dispense_id":"half","outcome":"not_dispensed"}';
    const order = orderAt(await saying(http('200 OK', body, 100)), 'machine', 'half');
    expect(await command(order)).toMatchObject({ says: 'unknown', doubt: 'connection-lost', raw: body });
  });

  it('something that is not HTTP', async () => {
    expect(await command(orderAt(await saying('SSH-2.0-OpenSSH_9.6\r\n')))).toMatchObject({ says: 'unknown', doubt: 'connection-lost' });
  });

  it('an answer that does not end', async () => {
    const order = orderAt(await saying(http('200 OK', 'x'.repeat(1_000_000), 1_000_000_000), false));
    expect(await command(order)).toMatchObject({ says: 'unknown', doubt: 'broken-answer' });
  });

  it('headers that do not end', async () => {
    const order = orderAt(await saying('HTTP/1.1 200 OK\r\nx: y\r\n', false));
    expect(await command(order, 100)).toMatchObject({ says: 'unknown', doubt: 'time-out' });
  });

  it('the way to somewhere else, which is not taken', async () => {
    const order = orderAt(await saying('HTTP/1.1 307 Temporary Redirect\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n'));
    expect(await command(order)).toMatchObject({ says: 'unknown', doubt: 'unexpected-status' });
    expect(heard).toEqual(['POST /dispenses HTTP/1.1']);
  });

  it('is asked for once only: a command on a kept connection that breaks is not sent again', async () => {
    let requests = 0;
    const order = orderAt(
      await listening(
        createHttpServer((request, response) => {
          requests += 1;
          if (requests > 1) request.socket.destroy();
          else response.end('{"dispense_id":"one","outcome":"not_dispensed"}');
        }),
      ),
      'machine',
      'one',
    );
    expect(await command(order)).toMatchObject({ says: 'refused' });
    expect(await command({ ...order, id: 'two' })).toMatchObject({ says: 'unknown', doubt: 'connection-lost' });
    expect({ requests, connections: sockets.size }).toEqual({ requests: 2, connections: 1 });
  });
});

describe('many calls', () => {
  it('one partner takes its share and no more; what is asked about it has room of its own', async () => {
    const order = await orderTo('machine', ...Array.from({ length: 4 }, () => 'silent'));
    const hanging = Array.from({ length: 4 }, (_, index) => command({ ...order, id: `${order.id}-${index}` }, 1_000));
    expect(port.room(order.partner)).toBe(0);
    expect(port.reserve(order.partner, 'command')).toBeUndefined();
    await eventually(
      'the machine has heard of it',
      async () => (await port.inquire({ ...order, id: `${order.id}-0` }, PATIENCE_MS)).says === 'in_progress',
    );
    expect(port.room(order.partner, 'question')).toBe(4);
    expect(await command(await orderTo('machine'))).toMatchObject({ says: 'done' });
    expect((await Promise.all(hanging)).map(({ doubt }) => doubt)).toEqual(['time-out', 'time-out', 'time-out', 'time-out']);
    expect(port.room(order.partner)).toBe(4);
  });

  it('end as unknown when the port is closed', async () => {
    const order = await orderTo('machine', 'silent');
    const hanging = command(order, 60_000);
    await eventually('the machine has heard of it', async () => (await port.inquire(order, PATIENCE_MS)).says === 'in_progress');
    await simulator.behave(order.name, { network: 'requests_lost' });
    const asking = port.inquire(order, 60_000);
    await eventually('the inquiry is under way', () => port.room(order.partner, 'question') === 3);
    port.close();
    expect(await hanging).toMatchObject({ says: 'unknown', doubt: 'connection-lost' });
    expect((await asking).doubt).toMatch(/connection/);
    expect(port.room(order.partner)).toBe(4);
  });

  it('share few connections', async () => {
    const order = await orderTo('machine');
    for (let turn = 0; turn < 100; turn += 1)
      expect(await command({ ...order, id: `${order.id}-${turn}` })).toMatchObject({ says: 'done' });
    const { lines } = await simulator.journal(order.name);
    expect(lines).toHaveLength(100);
  });
});
