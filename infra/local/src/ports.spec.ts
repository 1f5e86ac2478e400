import { createServer, type Server } from 'node:net';
import { holderOf, freePorts, isPortFree, requireFreePorts } from './ports.js';

describe('ports', () => {
  let server: Server;
  let port: number;

  beforeEach(async () => {
    [port = 0] = await freePorts(1);
    server = createServer();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  it('names a busy port, what it is for, and the pid and command of its holder', async () => {
    const complaint = await requireFreePorts([{ name: 'payment', port }]).catch((error: Error) => error.message);

    expect(complaint).toContain(`port ${port} (payment) is held by pid ${process.pid} (`);
    expect(complaint).toMatch(/node|jest/);
    expect(complaint).not.toContain('\n');
  });

  it('says so when the holder is not to be found', async () => {
    const [nobodys = 0] = await freePorts(1);
    expect(holderOf(nobodys)).toMatch(/another process/);
  });

  it('finds distinct ports that are free', async () => {
    const ports = await freePorts(5);
    expect(new Set(ports).size).toBe(5);
    expect(await Promise.all(ports.map(isPortFree))).toEqual([true, true, true, true, true]);
    await expect(requireFreePorts(ports.map((each) => ({ name: 'any', port: each })))).resolves.toBeUndefined();
  });
});
