import { spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startGuardian } from './guardian.js';
import { startTimeOf, waitUntilGone } from './processes.js';
import { removeTemporaryFolders, temporaryFolder } from './temporary-folder-for-specs.js';

const COMPILED = fileURLToPath(new URL('../dist/guardian.js', import.meta.url));
/**
 * Starts a guardian and three processes; tells their pids and waits. The first one heeds SIGTERM, and leaves a note as the last thing it
 * does; the second one does not, and writes that it has seen the note; the third one is forgotten.
 */
const PROGRAM = `
  import { spawn } from 'node:child_process';
  import { once } from 'node:events';
  const { startGuardian } = await import(${JSON.stringify(COMPILED)});
  const guardian = startGuardian();
  const run = async (script) => {
    const notes = process.argv.slice(2);
    const child = spawn('/bin/sh', ['-c', script, 'sh', ...notes], { stdio: ['ignore', 'pipe', 'ignore'], detached: true });
    await once(child.stdout, 'data');
    return child.pid;
  };
  const pids = [
    await run("trap ': > \\"$1\\"; exit' TERM; echo ready; while true; do sleep 0.1; done"),
    await run("trap '' TERM; echo ready; while true; do [ -e \\"$1\\" ] && : > \\"$2\\"; sleep 0.1; done"),
    await run('echo ready; exec sleep 61'),
  ];
  for (const pid of pids) guardian.watch(pid, 'TERM');
  guardian.forget(pids[2]);
  guardian.removeAtEnd(process.argv[1]);
  console.log([guardian.pid, ...pids].join(' '));
  setInterval(() => {}, 1000);
`;

describe('the guardian', () => {
  afterEach(removeTemporaryFolders);

  it('ends all it watches, and itself, when its owner is killed: what does not heed it last; what was forgotten stays', async () => {
    const outside = temporaryFolder();
    const [folder, heeded, outlived] = [join(outside, 'with a space'), join(outside, 'heeded'), join(outside, 'outlived')];
    mkdirSync(folder);
    const owner = spawn(process.execPath, ['--input-type=module', '-e', PROGRAM, folder, heeded, outlived], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const line = await new Promise<string>((resolve) => createInterface({ input: owner.stdout }).once('line', resolve));
    const [guardian = 0, heedful = 0, deaf = 0, forgotten = 0] = line.split(' ').map(Number);
    try {
      for (const pid of [guardian, heedful, deaf, forgotten]) expect(startTimeOf(pid)).toBeDefined();
      owner.kill('SIGKILL');

      expect(await waitUntilGone(heedful, 30_000)).toBe(true);
      expect(await waitUntilGone(deaf, 30_000)).toBe(true);
      expect(await waitUntilGone(guardian, 30_000)).toBe(true);
      expect([heeded, outlived].map(existsSync)).toEqual([true, true]);
      expect(existsSync(folder)).toBe(false);
      expect(startTimeOf(forgotten)).toBeDefined();
    } finally {
      process.kill(forgotten, 'SIGKILL');
    }
  });

  it('ends what is left, and itself, when it is dismissed', async () => {
    const guardian = startGuardian();
    const child = spawn('sleep', ['60']);
    guardian.watch(child.pid ?? 0, 'TERM');
    await guardian.dismiss();
    expect(await waitUntilGone(child.pid ?? 0, 30_000)).toBe(true);
    expect(startTimeOf(guardian.pid)).toBeUndefined();
    expect(guardian.active).toBe(false);
  });
});
