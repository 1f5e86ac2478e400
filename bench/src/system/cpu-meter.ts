import {
  machineBusySeconds,
  postgresTime,
  postgresUsedBetween,
  secondsOf,
  usedBetween,
  type PostgresTime,
  type ProcessorTime,
} from './processor-time.js';
import type { BenchSystem } from './bench-system.js';

const MEASURED = ['payment', 'wallet', 'atm-gateway', 'simulator', 'kafka'];

export interface CpuUse {
  readonly wallSeconds: number;
  /** Processor seconds of our services, kafka, bench and others we follow; Postgres by the role of its processes. */
  readonly processes: Readonly<Record<string, number>>;
  readonly postgres: Readonly<Record<string, number>>;
  /** What all other programs on this machine took meanwhile: noise. */
  readonly others: number;
}

/** Processor time between two moments, of everything that takes part. */
export class CpuMeter {
  private startedAt = 0;
  private processesBefore: ProcessorTime = {};
  private postgresBefore: PostgresTime = { processes: new Map(), ended: 0 };
  private machineBefore = 0;

  constructor(
    private readonly system: BenchSystem,
    /** Further processes by name. */
    private readonly others: Readonly<Record<string, number>> = {},
  ) {}

  begin(): void {
    this.machineBefore = machineBusySeconds();
    this.processesBefore = this.processes();
    this.postgresBefore = postgresTime(this.system.pid('postgres'));
    this.startedAt = performance.now();
  }

  end(): CpuUse {
    const wallSeconds = (performance.now() - this.startedAt) / 1_000;
    const processes = usedBetween(this.processesBefore, this.processes());
    const postgres = postgresUsedBetween(this.postgresBefore, postgresTime(this.system.pid('postgres')));
    const ours = [...Object.values(processes), ...Object.values(postgres)].reduce((sum, each) => sum + each, 0);
    return { wallSeconds, processes, postgres, others: Math.max(0, machineBusySeconds() - this.machineBefore - ours) };
  }

  private processes(): ProcessorTime {
    const { user, system } = process.cpuUsage();
    const pids = {
      ...Object.fromEntries(MEASURED.map((name) => [name, this.system.pid(name)])),
      ...this.others,
    };
    const used = Object.fromEntries(Object.entries(pids).map(([name, pid]) => [name, secondsOf(pid)]));
    return { ...used, bench: (user + system) / 1e6 };
  }
}
