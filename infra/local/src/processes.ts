import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A pid alone may belong to somebody else tomorrow; together with its start time it names one process. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startedAt: string;
}

/** When the process started, as the system tells it; undefined when there is none (a zombie counts as none). */
export function startTimeOf(pid: number): string | undefined {
  if (process.platform === 'linux') {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
    } catch {
      return undefined;
    }
  }
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined;
  } catch {
    return undefined;
  }
}

export function identityOf(pid: number): ProcessIdentity | undefined {
  const startedAt = startTimeOf(pid);
  return startedAt === undefined ? undefined : { pid, startedAt };
}

export function isRunning(identity: ProcessIdentity): boolean {
  return startTimeOf(identity.pid) === identity.startedAt;
}

export function commandOf(pid: number): string {
  try {
    if (process.platform === 'linux') {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ').trim();
    }
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch {
    return '';
  }
}

/** Sends the signal; says whether there was anybody to send it to. */
export function signalProcess(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

export async function waitUntilGone(pid: number, withinMs: number): Promise<boolean> {
  const deadline = Date.now() + withinMs;
  while (startTimeOf(pid) !== undefined) {
    if (Date.now() > deadline) return false;
    await sleep(25);
  }
  return true;
}

/** Asks with the given signal and, when that is not heard in time, kills. */
export async function endProcess(pid: number, signal: NodeJS.Signals, withinMs: number): Promise<void> {
  signalProcess(pid, signal);
  if (await waitUntilGone(pid, withinMs)) return;
  signalProcess(pid, 'SIGKILL');
  await waitUntilGone(pid, 5_000);
}
