import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus, loadavg, totalmem, type } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { BenchSystem } from '../system/bench-system.js';

const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url));

/** Where and on what the figures were made: they mean little without. */
export function machineOf() {
  return {
    processor: cpus()[0]?.model ?? 'unknown',
    processors: availableParallelism(),
    memoryGigabytes: Math.round(totalmem() / 2 ** 30),
    system: type(),
    node: process.versions.node,
    loadAverageAtStart: loadavg()[0] ?? Number.NaN,
  };
}

export async function postgresVersionOf(system: BenchSystem): Promise<string> {
  const { rows } = await system.payment.query<{ server_version: string }>('show server_version');
  return rows[0]?.server_version ?? 'unknown';
}

export function commitOf(): { commit: string; changed: boolean } {
  try {
    const git = (...args: string[]): string => execFileSync('git', args, { cwd: REPOSITORY, encoding: 'utf8', stdio: 'pipe' }).trim();
    return { commit: git('rev-parse', 'HEAD'), changed: git('status', '--porcelain', '--untracked-files=no') !== '' };
  } catch {
    return { commit: 'unknown', changed: true };
  }
}
