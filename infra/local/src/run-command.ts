import { spawn } from 'node:child_process';
import { PlainError } from './plain-error.js';

export interface CommandOptions {
  readonly uid?: number;
  readonly gid?: number;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Called every five seconds while it runs. */
  readonly stillRunning?: (seconds: number) => void;
}

/** Runs a command to its end; its output, or one line that says what it complained about. */
export async function runCommand(
  command: string,
  args: readonly string[],
  { stillRunning, ...options }: CommandOptions = {},
): Promise<string> {
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  const endWithUs = (): void => void child.kill();
  process.once('exit', endWithUs);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const startedAt = Date.now();
  const heartbeat = setInterval(() => stillRunning?.(Math.round((Date.now() - startedAt) / 1_000)), 5_000);
  try {
    return await new Promise<string>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => {
        if (code === 0) resolve(output);
        else reject(new PlainError(`${command} failed (${signal ?? `exit code ${code}`}): ${lastLines(output)}`));
      });
    });
  } finally {
    clearInterval(heartbeat);
    process.off('exit', endWithUs);
  }
}

function lastLines(output: string): string {
  return output.trim().split('\n').slice(-4).join(' / ');
}
