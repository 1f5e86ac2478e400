import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { waryAgents } from './wary-agent.js';

let server: Server;
const connections: Socket[] = [];
const { plain: agent, secure } = waryAgents();
beforeAll(async () => {
  server = createServer((_request, response) => response.end('yes'));
  server.on('connection', (socket) => connections.push(socket));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(async () => {
  agent.destroy();
  secure.destroy();
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});
let owner: string;
beforeEach(() => {
  connections.splice(0);
  owner = expect.getState().currentTestName ?? '';
});

/** Answered, or why not. */
async function asked(as = owner): Promise<string> {
  const { port } = server.address() as AddressInfo;
  const options = { host: '127.0.0.1', port, agent, owner: as };
  return new Promise((resolve) => {
    const asking = request(options, (response) => response.on('end', () => resolve('yes')).resume());
    asking.on('error', ({ message }) => resolve(message)).end();
  });
}

/** Asks, and waits until the connections are the agent's again. */
async function kept(count: number): Promise<Socket[]> {
  const free: Socket[] = [];
  const keep = (socket: Socket): void => void free.push(socket);
  agent.on('free', keep);
  await Promise.all(Array.from({ length: count }, () => asked()));
  while (free.length < count) await once(agent, 'free');
  agent.off('free', keep);
  return free;
}

describe('a connection that is kept', () => {
  it('is used again', async () => {
    await kept(1);
    expect([await asked(), connections.length]).toEqual(['yes', 1]);
  });

  it('is not used for another partner behind the same address', async () => {
    await kept(1);
    expect([await asked('another'), connections.length]).toEqual(['yes', 2]);
  });

  it.each([
    ['has spoken unasked', 'data', (theirs: Socket) => theirs.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nno')],
    ['has been ended by the other side', 'end', (theirs: Socket) => theirs.end()],
  ])('is not used again in the very moment in which it %s', async (_what, event, happen) => {
    const [ours] = await kept(1);
    const next = new Promise((resolve) => ours?.once(event, () => resolve(asked())));
    connections.forEach(happen);
    expect([await next, connections.length]).toEqual(['yes', 2]);
  });

  it('is not used again in the very moment in which it is dropped, though another waits beside it', async () => {
    const [, last] = await kept(2);
    last?.destroy();
    expect([await asked(), connections.length]).toEqual(['yes', 2]);
  });
});
