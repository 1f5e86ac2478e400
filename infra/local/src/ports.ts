import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { PlainError } from './plain-error.js';
import { commandOf } from './processes.js';

const HOST = '127.0.0.1';

export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, HOST, () => probe.close(() => resolve(true)));
  });
}

export function answersOn(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, HOST);
    const done = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => done(true)).once('error', () => done(false));
    socket.setTimeout(1_000, () => done(false));
  });
}

/** Below those that the operating system gives to clients: there another program's call could take one before it is used. */
const firstFreePort = 21_000;
const lastFreePort = 31_999;

/** Distinct ports nobody listens on. They are free now, not reserved. */
export async function freePorts(count: number): Promise<number[]> {
  const found = new Set<number>();
  while (found.size < count) {
    const port = firstFreePort + Math.floor(Math.random() * (lastFreePort - firstFreePort + 1));
    if (await isPortFree(port)) found.add(port);
  }
  return [...found];
}

/** Throws one line that names each port that is taken, and who has it. */
export async function requireFreePorts(wanted: ReadonlyArray<{ name: string; port: number }>): Promise<void> {
  const taken: string[] = [];
  for (const { name, port } of wanted) {
    // A port may be held for a moment longer than its process: give it a second chance.
    if ((await isPortFree(port)) || (await sleep(300), await isPortFree(port))) continue;
    taken.push(`port ${port} (${name}) is held by ${holderOf(port)}`);
  }
  if (taken.length > 0) {
    throw new PlainError(`${taken.join('; ')}: stop it, or choose other ports with FALCONPAY_PORT_BASE.`);
  }
}

/** "pid 123 (command)" of who listens on the port, as far as this user may know. */
export function holderOf(port: number): string {
  const pid = process.platform === 'linux' ? listenerFromProc(port) : listenerFromLsof(port);
  return pid === undefined ? 'another process (its pid is not visible to this user)' : `pid ${pid} (${short(commandOf(pid))})`;
}

function short(command: string): string {
  return command.length > 120 ? `${command.slice(0, 117)}...` : command;
}

function listenerFromProc(port: number): number | undefined {
  const inodes = new Set(['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) => listeningInodes(table, port)));
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    for (const fd of entriesOf(`/proc/${pid}/fd`)) {
      if (inodes.has(linkOf(`/proc/${pid}/fd/${fd}`))) return Number(pid);
    }
  }
  return undefined;
}

function listeningInodes(table: string, port: number): string[] {
  const listening = '0A';
  let lines: string[];
  try {
    lines = readFileSync(table, 'utf8').split('\n').slice(1);
  } catch {
    return [];
  }
  return lines
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => state === listening && Number.parseInt(local?.split(':')[1] ?? '', 16) === port)
    .map((fields) => `socket:[${fields[9]}]`);
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

function listenerFromLsof(port: number): number | undefined {
  try {
    const pids = execFileSync('lsof', ['-nP', '-t', `-iTCP:${port}`, '-sTCP:LISTEN'], { encoding: 'utf8' });
    return Number(pids.split('\n')[0]) || undefined;
  } catch {
    return undefined;
  }
}
