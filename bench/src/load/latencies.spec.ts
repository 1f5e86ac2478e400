import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { scheduledLatencies } from './latencies.js';

/** Answers at once, and waits for the first request of a connection for less time than the load lasts. */
let server: Server;
let url: string;
let sockets: Set<unknown>;
beforeEach(async () => {
  sockets = new Set();
  const limits = { headersTimeout: 800, requestTimeout: 800, connectionsCheckingInterval: 50 };
  server = createServer(limits, (incoming, outgoing) => {
    sockets.add(incoming.socket);
    incoming.resume();
    outgoing.writeHead(200, { 'content-length': '2' }).end('{}');
  });
  server.on('clientError', (_error, socket) => socket.end('HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\n\r\n'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

const requests = (count: number): Buffer[] =>
  Array<Buffer>(count).fill(Buffer.from('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n{}', 'latin1'));

describe('a load on a fixed schedule', () => {
  it('uses all its connections in turn, so that none is closed for never having carried a request', async () => {
    const latencies = await scheduledLatencies(url, requests(2_000), 1_000);
    expect(latencies).toHaveLength(2_000);
    expect(sockets.size).toBe(256);
  });

  it('says so when the service answers what nobody asked', async () => {
    // The second is due long after the service has lost its patience with the connections that carry nothing: none is sent meanwhile.
    await expect(scheduledLatencies(url, requests(2), 0.25)).rejects.toThrow('nobody asked for, with 408');
  });
});
