import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** Processor seconds used so far, by who used them. */
export type ProcessorTime = Readonly<Record<string, number>>;

let ticks: number | undefined;
const ticksPerSecond = (): number => (ticks ??= Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' })));

interface ProcessTimes {
  readonly parent: number;
  readonly own: number;
  readonly ofEndedChildren: number;
}

/** Undefined where the process is gone, or where the system has no /proc. */
export function timesOf(pid: number | string): ProcessTimes | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [parent = 0, user = 0, system = 0, userOfChildren = 0, systemOfChildren = 0] = [1, 11, 12, 13, 14].map(
      (index) => fields[index] ?? 0,
    );
    return { parent, own: (user + system) / ticksPerSecond(), ofEndedChildren: (userOfChildren + systemOfChildren) / ticksPerSecond() };
  } catch {
    return undefined;
  }
}

export const secondsOf = (pid: number): number => timesOf(pid)?.own ?? 0;

/** A Postgres server's time so far: of each of its processes, and of those that had ended. */
export interface PostgresTime {
  readonly processes: ReadonlyMap<string, { readonly role: string; readonly seconds: number }>;
  readonly ended: number;
}

export function postgresTime(postmaster: number): PostgresTime {
  const processes = new Map<string, { role: string; seconds: number }>();
  for (const pid of readdirSync('/proc')) {
    if (!/^\d+$/.test(pid)) continue;
    const times = timesOf(pid);
    if (times?.parent === postmaster) processes.set(pid, { role: postgresRoleOf(pid), seconds: times.own });
  }
  const own = timesOf(postmaster);
  return { processes, ended: (own?.own ?? 0) + (own?.ofEndedChildren ?? 0) };
}

/** By what the processes are for: `payment`, `wallet`, `checkpointer` ...; those that ended meanwhile are under `ended`. */
export function postgresUsedBetween(before: PostgresTime, after: PostgresTime): Record<string, number> {
  const used: Record<string, number> = {};
  for (const [pid, { role, seconds }] of after.processes)
    used[role] = (used[role] ?? 0) + seconds - (before.processes.get(pid)?.seconds ?? 0);
  const countedBefore = [...before.processes].reduce((sum, [pid, { seconds }]) => sum + (after.processes.has(pid) ? 0 : seconds), 0);
  return { ...used, ended: after.ended - before.ended - countedBefore };
}

/** A session's title names login and database: `postgres: payment payment 127.0.0.1(4711) idle`; a worker's names its work. */
function postgresRoleOf(pid: string): string {
  try {
    const title = readFileSync(`/proc/${pid}/cmdline`, 'latin1')
      .split('\0')
      .join(' ')
      .replace(/^postgres: /, '')
      .trim();
    // One that is just ending has no title any more.
    if (title === '') return 'ended';
    const session = /^(\S+) (\S+) \S+\(\d+\)/.exec(title);
    return session === null
      ? title.replace(/ \d+$/, '').replaceAll(' ', '-')
      : session[1] === session[2]
        ? `${session[2]}`
        : `${session[1]}@${session[2]}`;
  } catch {
    return 'ended';
  }
}

/** All processors, everybody: what is not ours is other programs' work, and noise in our figures. */
export function machineBusySeconds(): number {
  try {
    const [, user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = (readFileSync('/proc/stat', 'latin1').split('\n')[0] ?? '')
      .split(/\s+/)
      .map(Number);
    return (user + nice + system + irq + softirq) / ticksPerSecond();
  } catch {
    return Number.NaN;
  }
}

/** What was used between two readings. */
export function usedBetween(before: ProcessorTime, after: ProcessorTime): Record<string, number> {
  return Object.fromEntries(Object.entries(after).map(([who, seconds]) => [who, seconds - (before[who] ?? 0)]));
}
