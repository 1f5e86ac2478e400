import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { outbox } from './outbox-command.js';

const services = ['WALLET', 'PAYMENT', 'ATM_GATEWAY', 'BACKOFFICE'];
const { log } = console;
let said: string[] = [];
let server: Server | undefined;

/** All services answer with these metrics, or none does. */
async function servicesTell(metrics: string | undefined): Promise<void> {
  const told = createServer((_request, answer) => answer.writeHead(metrics === undefined ? 503 : 200).end(metrics));
  server = told;
  await new Promise<void>((resolve) => told.listen(0, '127.0.0.1', resolve));
  for (const name of services) process.env[`FALCONPAY_${name}_URL`] = `http://127.0.0.1:${(told.address() as AddressInfo).port}`;
}

const outboxOf = (waiting: number, reason: string, seconds: number): string =>
  `falconpay_outbox_pending ${waiting}
falconpay_outbox_oldest_pending_seconds{reason="broker"} ${reason === 'broker' ? seconds : 0}
falconpay_outbox_oldest_pending_seconds{reason="behind"} ${reason === 'behind' ? seconds : 0}
falconpay_outbox_publish_failures_total 3
`;

beforeEach(() => {
  said = [];
  console.log = (line: string) => void said.push(line);
});
afterEach(async () => {
  console.log = log;
  for (const name of services) delete process.env[`FALCONPAY_${name}_URL`];
  await new Promise((resolve) => server?.close(resolve));
});

describe('falconpay outbox status', () => {
  it('tells how long the oldest event has waited, and why; when that is too long, its exit status says so', async () => {
    await servicesTell(outboxOf(12, 'broker', 75.4));
    expect(await outbox(['status'])).toBe(1);
    expect(said.join('\n')).toMatch(/^wallet +12 +75 s +broker +3$/m);
    expect(await outbox(['status', '--older-than', '100', '--json'])).toBe(0);
    expect(JSON.parse(said.at(-1) ?? '')).toMatchObject({
      services: services.map(() => ({ waiting: 12, oldest_seconds: 75.4, because: 'broker', failed_sends: 3 })),
    });
  });

  it('tells each reason when there are two: one record may be refused while all others wait for the broker', async () => {
    await servicesTell(`${outboxOf(3, 'broker', 20)}falconpay_outbox_oldest_pending_seconds{reason="record"} 90\n`);
    expect(await outbox(['status'])).toBe(1);
    expect(said.join('\n')).toMatch(/^wallet +3 +90 s +broker, record +3$/m);
  });

  it('has nothing to say against one that is up to date, and does not take silence for that', async () => {
    await servicesTell(outboxOf(0, 'behind', 0));
    expect(await outbox(['status'])).toBe(0);
    expect(said.join('\n')).toMatch(/^payment +0 +3$/m);
    await new Promise((resolve) => server?.close(resolve));
    await servicesTell(undefined);
    expect(await outbox(['status'])).toBe(2);
    expect(said.join('\n')).toMatch(/^payment +no answer$/m);
  });
});
