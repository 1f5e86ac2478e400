import { spawn } from 'node:child_process';
import { workspaceRoot } from '../workspace.js';

export interface ProgramResult {
  /** Undefined when there is no such program. */
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program in the root of the project; it is found missing rather than thrown about. */
export function runProgram(command: string, parameters: readonly string[], input = ''): Promise<ProgramResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, parameters, { cwd: workspaceRoot, env: { ...process.env, NX_DAEMON: 'false' }, stdio: 'pipe' });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
    child.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') resolve({ exitCode: undefined, stdout: '', stderr: '' });
      else reject(error);
    });
    child.on('close', (code) =>
      resolve({ exitCode: code ?? 1, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() }),
    );
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}

/** Runs a program of an installed package with this Node: no shell, no npx, nothing downloaded. */
export const runInstalled = (script: string, parameters: readonly string[], input?: string): Promise<ProgramResult> =>
  runProgram(process.execPath, [`${workspaceRoot}node_modules/${script}`, ...parameters], input);
