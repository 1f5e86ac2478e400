import { readFileSync, writeFileSync } from 'node:fs';

const SAMPLE_EVERY_MS = 100;

/** The most memory (resident set) each process held between `begin` and `end`, in MB. */
export class PeakMemory {
  private readonly peaks = new Map<string, number>();
  private readonly exact = new Set<string>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly pids: Readonly<Record<string, number>>) {}

  begin(): void {
    for (const [name, pid] of Object.entries(this.pids)) {
      if (forgetPeak(pid)) this.exact.add(name);
    }
    this.sample();
    this.timer = setInterval(() => this.sample(), SAMPLE_EVERY_MS);
  }

  end(): Record<string, number> {
    clearInterval(this.timer);
    this.sample();
    for (const name of this.exact) this.note(name, megabytes(this.pids[name], 'VmHWM'));
    return Object.fromEntries(this.peaks);
  }

  private sample(): void {
    for (const [name, pid] of Object.entries(this.pids)) this.note(name, megabytes(pid, 'VmRSS'));
  }

  private note(name: string, value: number): void {
    if (value > (this.peaks.get(name) ?? 0)) this.peaks.set(name, value);
  }
}

/** The kernel's own high-water mark starts again from here; not every container lets us ask for that. */
function forgetPeak(pid: number): boolean {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, '5');
    return true;
  } catch {
    return false;
  }
}

function megabytes(pid: number | undefined, field: 'VmHWM' | 'VmRSS'): number {
  try {
    const kilobytes = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(kilobytes ?? 0) / 1_024;
  } catch {
    return 0;
  }
}
