import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onInterrupt } from '../interrupt.js';

const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url));
const GIVE_UP_AFTER_MS = 180_000;

export interface StartRound {
  readonly toFirstCompletedSeconds: number;
  readonly toStoppedSeconds: number;
}

export interface StartOptions {
  readonly rounds: number;
  readonly portBase: number;
  readonly log: (line: string) => void;
}

/** The command itself, on empty data: packages, build and jars are there already. */
export async function measureStarts({ rounds, portBase, log }: StartOptions): Promise<StartRound[]> {
  const results: StartRound[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const home = mkdtempSync(join(tmpdir(), 'falconpay-bench-start-'));
    chmodSync(home, 0o755);
    try {
      const result = await startOnce(home, portBase);
      results.push(result);
      log(`round ${round}/${rounds}  start    first COMPLETED after ${result.toFirstCompletedSeconds.toFixed(1)} s`);
    } finally {
      rmSync(home, { recursive: true, force: true });
    }
  }
  return results;
}

async function startOnce(home: string, portBase: number): Promise<StartRound> {
  const startedAt = performance.now();
  const child = spawn('npm', ['start'], {
    cwd: REPOSITORY,
    // A group of its own: Ctrl-C reaches all of a terminal's programs, and so does our signal.
    detached: true,
    env: { ...environmentOfAUser(), FALCONPAY_HOME: home, FALCONPAY_PORT_BASE: String(portBase) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { pid } = child;
  if (pid === undefined) throw new Error('npm cannot be started');
  const interrupt = (): void => {
    try {
      process.kill(-pid, 'SIGINT');
    } catch {
      // It has ended by itself.
    }
  };
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const forgetInterrupt = onInterrupt(async () => {
    interrupt();
    await ended;
    rmSync(home, { recursive: true, force: true });
  });
  let output = '';
  const completed = new Promise<void>((resolve, reject) => {
    const tooLate = setTimeout(() => reject(new Error(`npm start has made no transfer yet: ${output}`)), GIVE_UP_AFTER_MS);
    const settle = (act: () => void): void => {
      clearTimeout(tooLate);
      act();
    };
    const read = (chunk: Buffer): void => {
      output += chunk.toString();
      if (/First transfer: .*COMPLETED/.test(output)) settle(resolve);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    void ended.then(() => settle(() => reject(new Error(`npm start ended: ${output}`))));
  });
  try {
    await completed;
    const toFirstCompletedSeconds = secondsSince(startedAt);
    if (!existsSync(join(home, 'ready.json'))) throw new Error('there is no ready.json though a transfer was COMPLETED');
    const interruptedAt = performance.now();
    interrupt();
    await ended;
    return { toFirstCompletedSeconds, toStoppedSeconds: secondsSince(interruptedAt) };
  } finally {
    interrupt();
    await ended;
    forgetInterrupt();
  }
}

/** npm tells the programs it runs much about itself, which would be news to a user's shell; and the databases are to be its own. */
function environmentOfAUser(): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env);
  return Object.fromEntries(inherited.filter(([name]) => !/^(npm_|KAFKA_BROKERS$|NODE_OPTIONS$|NX_)|_DATABASE_URL$/.test(name)));
}

function secondsSince(startedAt: number): number {
  return (performance.now() - startedAt) / 1_000;
}
