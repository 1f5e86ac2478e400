import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { startLocalSystem, type LocalSystem } from './local-system.js';
import { isPortFree } from './ports.js';
import { startTimeOf, waitUntilGone } from './processes.js';
import type { ServiceEntry } from './services.js';
import { removeTemporaryFolders, temporaryFolder } from './temporary-folder-for-specs.js';

const COMPILED = fileURLToPath(new URL('../dist/local-system.js', import.meta.url));
/** Does what a service promises its supervisor: it is ready over HTTP, and ends on SIGTERM and with its channel. */
const SERVICE = `
  import { createServer } from 'node:http';
  const server = createServer((request, response) => response.end(JSON.stringify(process.env)));
  server.listen(Number(process.env.FALCONPAY_PORT_BASE) + 1, '127.0.0.1');
  process.on('SIGTERM', () => process.exit(0));
  process.on('disconnect', () => process.exit(0));
`;

type Ready = Record<string, { url?: string; pid: number; brokers?: string; port?: number }>;

describe('the local system', () => {
  let home: string;
  let portBase: number;
  let services: ServiceEntry[];
  let system: LocalSystem | undefined;
  let log: string[];

  const start = async (): Promise<LocalSystem> =>
    (system = await startLocalSystem({ home, portBase, services, log: (line) => log.push(line) }));
  const readyFile = (): Ready => JSON.parse(readFileSync(join(home, 'ready.json'), 'utf8')) as Ready;
  const pidsOf = (ready: Ready): number[] => Object.values(ready).map(({ pid }) => pid);
  const inHome = (name: string): boolean => existsSync(join(home, name));
  const waitFor = async (condition: () => boolean): Promise<void> => {
    for (let patience = 2_400; !condition() && patience > 0; patience--) await sleep(25);
    expect(condition()).toBe(true);
  };

  beforeAll(async () => {
    home = temporaryFolder();
    const entry = join(home, 'service.mjs');
    writeFileSync(entry, SERVICE);
    services = [{ name: 'payment', portOffset: 1, entry, database: 'payment' }];
    portBase = 20_000 + 100 * Math.floor(Math.random() * 100);
    while (!(await Promise.all([1, 32, 92, 93].map((offset) => isPortFree(portBase + offset)))).every(Boolean)) portBase += 100;
  });
  beforeEach(() => {
    log = [];
  });
  afterEach(async () => {
    await system?.stop();
    system = undefined;
  });
  afterAll(removeTemporaryFolders);

  it('starts all, tells where in ready.json, starts again what dies, and stops without a trace', async () => {
    const running = await start();
    const ready = readyFile();
    expect(ready).toEqual({
      payment: { url: `http://127.0.0.1:${portBase + 1}`, pid: running.pid('payment') },
      kafka: { brokers: `127.0.0.1:${portBase + 92}`, pid: running.pid('kafka') },
      postgres: { port: portBase + 32, pid: running.pid('postgres') },
    });
    expect(statSync(join(home, 'secrets.json')).mode & 0o777).toBe(0o600);
    const seen = (await (await fetch(running.urls['payment'] ?? '')).json()) as Record<string, string>;
    expect(seen['PAYMENT_DATABASE_URL']).toBe(running.databaseUrls['payment']);
    expect(seen['KAFKA_BROKERS']).toBe(running.brokers);

    for (const name of ['payment', 'postgres', 'kafka']) running.kill(name);
    await waitFor(() => Object.keys(ready).every((name) => readyFile()[name]?.pid !== ready[name]?.pid));
    await running.ready();
    expect(log.filter((line) => line.includes('starting it again at once'))).toHaveLength(3);
    await expect(startLocalSystem({ home, portBase, services, log: () => undefined })).rejects.toThrow(/is running in .* already/);

    const pids = pidsOf(readyFile());
    await running.stop();
    expect(pids.map(startTimeOf)).toEqual([undefined, undefined, undefined]);
    expect(['ready.json', 'running.lock', 'processes.json'].filter(inHome)).toEqual([]);
  });

  it('leaves nothing running when it is killed, and starts over what that left', async () => {
    const options = JSON.stringify({ home, portBase, services });
    const program = `const { startLocalSystem } = await import(${JSON.stringify(COMPILED)}); await startLocalSystem({ ...${options}, log: () => {} });`;
    const owner: ChildProcess = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: 'inherit' });
    await waitFor(() => inHome('ready.json'));
    const remembered = JSON.parse(readFileSync(join(home, 'processes.json'), 'utf8')) as Array<{ pid: number }>;
    const pids = remembered.map(({ pid }) => pid);
    expect(pids).toEqual(expect.arrayContaining(pidsOf(readyFile())));
    owner.kill('SIGKILL');

    expect(await Promise.all(pids.map((pid) => waitUntilGone(pid, 60_000)))).toEqual(pids.map(() => true));
    expect(inHome('running.lock')).toBe(true);
    const running = await start();
    expect(pidsOf(readyFile()).some((pid) => pids.includes(pid))).toBe(false);
    const client = new pg.Client({ connectionString: running.databaseUrls['payment'] });
    await client.connect();
    await client.end();
  });
});
