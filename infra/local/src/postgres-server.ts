import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { chown, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import type { Guardian } from './guardian.js';
import { PlainError } from './plain-error.js';
import { requireFreePorts } from './ports.js';
import { postgresBinaries, runAs, type PostgresBinaries, type RunAs } from './postgres-binaries.js';
import { commandOf, endProcess, startTimeOf } from './processes.js';
import { runCommand } from './run-command.js';
import { SupervisedProcess, type ProcessEvent, type ProcessPlan } from './supervised-process.js';
import { until } from './until.js';

export interface PostgresOptions {
  /** Holds the data folder. */
  readonly folder: string;
  readonly port: number;
  readonly superuserPassword: string;
  /** Settings that differ from ours. fsync and synchronous_commit are best left alone: they are the promise. */
  readonly settings?: Readonly<Record<string, string | number>>;
  readonly guardian: Guardian;
  readonly log?: (line: string) => void;
  readonly notify?: (event: ProcessEvent) => void;
}

/** `fast` ends sessions and writes all out; `immediate` lets go of everything, as a crash would, and recovers at the next start. */
export type StopMode = 'fast' | 'immediate';

export interface PostgresServer {
  readonly port: number;
  readonly process: SupervisedProcess;
  /** As superuser, to the given database. */
  adminUrl(database?: string): string;
  start(): Promise<void>;
  stop(mode?: StopMode): Promise<void>;
}

const SUPERUSER = 'postgres';

export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const { port, folder, superuserPassword, guardian, log = () => undefined } = options;
  const binaries = postgresBinaries();
  await mkdir(folder, { recursive: true });
  const as = runAs([binaries.root, folder]);
  const dataFolder = join(folder, 'data');
  await clearStaleLock(dataFolder, log);
  await requireFreePorts([{ name: 'postgres', port }]);
  await initialise(binaries, as, dataFolder, superuserPassword, log);

  const adminUrl = (database = 'postgres'): string =>
    `postgres://${SUPERUSER}:${encodeURIComponent(superuserPassword)}@127.0.0.1:${port}/${database}`;
  const plan: ProcessPlan = {
    name: 'postgres',
    stopSignal: 'INT',
    stopWithinMs: 6_000,
    prepare: () => clearStaleLock(dataFolder, log),
    launch: () => launch(binaries, as, dataFolder, port, options.settings),
    ready: (signal) => until(() => answersQueries(adminUrl()), signal, 25),
    shows: (line) =>
      /FATAL|PANIC|redo done|was not properly shut down/.test(line) &&
      !/starting up|not yet accepting|shutting down|terminating connection/.test(line),
  };
  const supervised = new SupervisedProcess(plan, guardian, log, options.notify);
  await supervised.start(60_000);
  return {
    port,
    process: supervised,
    adminUrl,
    start: () => supervised.start(60_000),
    stop: (mode = 'fast') => supervised.stop(mode === 'fast' ? 'SIGINT' : 'SIGQUIT'),
  };
}

function launch(
  binaries: PostgresBinaries,
  as: RunAs,
  dataFolder: string,
  port: number,
  overrides: PostgresOptions['settings'] = {},
): ChildProcess {
  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    // Nobody needs the socket file, and its usual folder may not be writable.
    unix_socket_directories: '',
    max_connections: 200,
    fsync: 'on',
    synchronous_commit: 'on',
    log_min_messages: 'warning',
    log_checkpoints: 'off',
    ...(hasStatementStatistics(binaries) ? { shared_preload_libraries: 'pg_stat_statements' } : {}),
    ...overrides,
  };
  const args = ['-D', dataFolder, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  return spawnAs(as, binaries.postgres, args);
}

function spawnAs(as: RunAs, command: string, args: readonly string[]): ChildProcess {
  const [program = command, ...rest] = [...as.prefix, command, ...args];
  const ids = as.prefix.length === 0 && as.uid !== undefined && as.gid !== undefined ? { uid: as.uid, gid: as.gid } : {};
  return spawn(program, rest, { ...ids, cwd: '/', detached: true, stdio: ['ignore', 'pipe', 'pipe'], env: serverEnvironment() });
}

/** Messages in English, whatever the user's language; nothing of libpq's own variables. */
function serverEnvironment(): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('PG') && !name.startsWith('LC_'));
  return { ...Object.fromEntries(inherited), LANG: 'C', LC_ALL: 'C' };
}

/** Makes the data folder beside its place and renames it: what stands there is whole. */
async function initialise(
  binaries: PostgresBinaries,
  as: RunAs,
  dataFolder: string,
  password: string,
  log: (line: string) => void,
): Promise<void> {
  if (existsSync(join(dataFolder, 'PG_VERSION')) && existsSync(join(dataFolder, 'global/pg_control'))) return;
  if (existsSync(dataFolder)) {
    throw new PlainError(`${dataFolder} is no Postgres data folder: move it away, or begin anew with --fresh.`);
  }
  log('postgres | making a data folder ...');
  const making = `${dataFolder}.making`;
  await rm(making, { recursive: true, force: true });
  await mkdir(making, { mode: 0o700 });
  // Inside the folder that is being made, so that it is gone with it if we are interrupted.
  const passwordFile = `${dataFolder}.password`;
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (as.uid !== undefined && as.gid !== undefined) {
    await chown(making, as.uid, as.gid);
    await chown(passwordFile, as.uid, as.gid);
  }
  try {
    const args = [
      `--pgdata=${making}`,
      `--username=${SUPERUSER}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--locale=C',
      '--encoding=UTF8',
    ];
    const [program = binaries.initdb, ...rest] = [...as.prefix, binaries.initdb, ...args];
    const ids = as.prefix.length === 0 && as.uid !== undefined && as.gid !== undefined ? { uid: as.uid, gid: as.gid } : {};
    await runCommand(program, rest, { ...ids, cwd: '/', env: serverEnvironment() });
    await rename(making, dataFolder);
  } finally {
    await rm(passwordFile, { force: true });
    await rm(making, { recursive: true, force: true });
  }
}

/**
 * A server that was left behind on this very folder is stopped. The lock of one that is gone stays: Postgres needs it to
 * find out whether a session of the dead server still writes. Only when its pid is some other program's by now, which
 * Postgres would take for a running server, is it removed.
 */
async function clearStaleLock(dataFolder: string, log: (line: string) => void): Promise<void> {
  const file = join(dataFolder, 'postmaster.pid');
  if (!existsSync(file)) return;
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
  if (!Number.isInteger(pid) || pid <= 1) return rm(file, { force: true });
  if (startTimeOf(pid) === undefined) return;
  if (commandOf(pid).includes(dataFolder)) {
    log(`postgres | an earlier server still runs on this folder (pid ${pid}): stopping it`);
    return endProcess(pid, 'SIGINT', 5_000);
  }
  await rm(file, { force: true });
}

function hasStatementStatistics(binaries: PostgresBinaries): boolean {
  return existsSync(join(binaries.root, 'lib/postgresql/pg_stat_statements.so'));
}

async function answersQueries(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } finally {
    await client.end().catch(() => undefined);
  }
}
