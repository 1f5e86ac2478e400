import { existsSync, readFileSync, rmSync } from 'node:fs';
import type { Profiler } from 'node:inspector';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const PRELOAD = new URL('./profile-on-signal.js', import.meta.url);

/** A service that was started with `env` and can be profiled while it runs. */
export class ProfiledService {
  private readonly file: string;

  constructor(
    readonly name: string,
    folder: string,
  ) {
    this.file = join(folder, `${name}.cpuprofile`);
  }

  get env(): Record<string, string> {
    return { NODE_OPTIONS: `${process.env['NODE_OPTIONS'] ?? ''} --import=${PRELOAD.href}`.trim(), FALCONPAY_BENCH_PROFILE: this.file };
  }

  async begin(pid: number): Promise<void> {
    for (const each of [this.file, `${this.file}.begun`]) rmSync(each, { force: true });
    process.kill(pid, 'SIGUSR2');
    await untilThere(`${this.file}.begun`);
  }

  async end(pid: number): Promise<Profiler.Profile> {
    process.kill(pid, 'SIGUSR2');
    await untilThere(this.file);
    return JSON.parse(readFileSync(this.file, 'utf8')) as Profiler.Profile;
  }
}

async function untilThere(file: string): Promise<void> {
  for (let patience = 600; !existsSync(file); patience -= 1) {
    if (patience === 0) throw new Error(`${file} was not written`);
    await sleep(50);
  }
}
