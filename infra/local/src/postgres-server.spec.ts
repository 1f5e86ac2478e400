import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { startGuardian, type Guardian } from './guardian.js';
import { freePorts } from './ports.js';
import { startPostgres, type PostgresServer } from './postgres-server.js';
import { removeTemporaryFolders, temporaryFolder } from './temporary-folder-for-specs.js';

describe('the embedded Postgres', () => {
  let guardian: Guardian;
  let folder: string;
  let port: number;
  let server: PostgresServer | undefined;

  const start = async (): Promise<PostgresServer> =>
    (server = await startPostgres({ folder, port, superuserPassword: 'secret', guardian }));
  const ask = async (sql: string): Promise<unknown> => {
    const client = new pg.Client({ connectionString: server?.adminUrl() });
    await client.connect();
    try {
      return ((await client.query(sql)).rows[0] as Record<string, unknown> | undefined)?.['value'];
    } finally {
      await client.end();
    }
  };

  beforeEach(async () => {
    guardian = startGuardian();
    folder = temporaryFolder();
    [port = 0] = await freePorts(1);
  });
  afterEach(async () => {
    await server?.stop('immediate');
    await guardian.dismiss();
    await removeTemporaryFolders();
  });

  it('keeps what was committed through an immediate stop and a kill', async () => {
    await start();
    expect(await ask("select current_setting('synchronous_commit') as value")).toBe('on');
    expect(await ask("select current_setting('fsync') as value")).toBe('on');
    await ask('create table kept (value int)');
    await ask('insert into kept values (41)');
    await server?.stop('immediate');
    await server?.start();
    await ask('update kept set value = value + 1');
    const before = server?.process.pid;
    server?.process.kill('SIGKILL');
    while (server?.process.pid === before || server?.process.pid === undefined) await new Promise((resolve) => setTimeout(resolve, 20));
    await server?.process.untilReady();
    expect(await ask('select value from kept')).toBe(42);
  });

  it('makes its data folder anew when an earlier start broke off half-way, and leaves no password behind', async () => {
    mkdirSync(join(folder, 'data.making/base'), { recursive: true });
    writeFileSync(join(folder, 'data.making/PG_VERSION'), '18\n');
    await start();
    expect(await ask('select 1 as value')).toBe(1);
    expect(readdirSync(folder)).toEqual(['data']);
  });

  it('does not touch a folder that is not its own', async () => {
    mkdirSync(join(folder, 'data'));
    writeFileSync(join(folder, 'data/holiday.jpg'), '');
    await expect(start()).rejects.toThrow('is no Postgres data folder');
    expect(existsSync(join(folder, 'data/holiday.jpg'))).toBe(true);
  });

  it('runs in a folder that only its owner may pass, also for root', async () => {
    folder = join(folder, 'closed/postgres');
    mkdirSync(dirname(folder), { mode: 0o700 });
    await start();
    expect(await ask('select 1 as value')).toBe(1);
  });

  it('starts over a lock whose pid is another program’s by now', async () => {
    await start();
    await server?.stop('fast');
    writeFileSync(join(folder, 'data/postmaster.pid'), `${process.pid}\n${join(folder, 'data')}\n0\n${port}\n\n127.0.0.1\n`);
    await server?.start();
    expect(await ask('select 1 as value')).toBe(1);
  });
});
