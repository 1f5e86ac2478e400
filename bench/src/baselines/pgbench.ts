import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { createDatabase } from '../system/databases.js';
import { timesOf } from '../system/processor-time.js';
import type { BenchSystem } from '../system/bench-system.js';

const DATABASE = 'pgbench';
const CLIENTS = 8;

export class PgbenchMissing extends Error {
  constructor() {
    super(
      'pgbench is missing: "apt-get install postgresql" (Debian, Ubuntu), "dnf install postgresql-contrib" (Fedora), "brew install postgresql" (macOS).',
    );
  }
}

export interface PgbenchResult {
  readonly tps: number;
  /** Used by pgbench itself. */
  readonly processorSeconds: number;
}

/** The TPC-B-like script of pgbench, against the same server, in a database of its own. */
export class Pgbench {
  private constructor(
    private readonly program: string,
    private readonly url: URL,
  ) {}

  /** Where it is, before anything is started that would have to be stopped again. */
  static find(): string {
    const folders = [...(process.env['PATH'] ?? '').split(':'), ...debianFolders()];
    const found = folders.map((folder) => join(folder, 'pgbench')).find((file) => existsSync(file));
    if (found === undefined) throw new PgbenchMissing();
    return found;
  }

  static async prepare(system: BenchSystem, scale: number): Promise<Pgbench> {
    const program = Pgbench.find();
    await createDatabase(system, DATABASE);
    const pgbench = new Pgbench(program, new URL(system.adminUrl(DATABASE)));
    await pgbench.run(['--initialize', '--quiet', `--scale=${scale}`]);
    return pgbench;
  }

  async measure(seconds: number): Promise<PgbenchResult> {
    const threads = Math.min(CLIENTS, availableParallelism());
    const before = secondsOfEndedChildren();
    const output = await this.run(['--protocol=prepared', `--client=${CLIENTS}`, `--jobs=${threads}`, `--time=${seconds}`]);
    const tps = /tps = ([\d.]+) \(without initial connection time\)/.exec(output)?.[1] ?? /tps = ([\d.]+)/.exec(output)?.[1];
    if (tps === undefined) throw new Error(`pgbench told no tps: ${output}`);
    return { tps: Number(tps), processorSeconds: secondsOfEndedChildren() - before };
  }

  private run(args: readonly string[]): Promise<string> {
    const { hostname, port, username, password } = this.url;
    const env = { ...process.env, PGHOST: hostname, PGPORT: port, PGUSER: username, PGPASSWORD: decodeURIComponent(password) };
    const child = spawn(this.program, [...args, DATABASE], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const endWithUs = (): void => void child.kill();
    process.once('exit', endWithUs);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => {
        process.off('exit', endWithUs);
        if (code === 0) resolve(output);
        else reject(new Error(`pgbench ended with ${code}: ${output}`));
      });
    });
  }
}

const secondsOfEndedChildren = (): number => timesOf(process.pid)?.ofEndedChildren ?? 0;

function debianFolders(): string[] {
  const root = '/usr/lib/postgresql';
  if (!existsSync(root)) return [];
  return readdirSync(root)
    .sort((one, other) => Number(other) - Number(one))
    .map((version) => join(root, version, 'bin'));
}
