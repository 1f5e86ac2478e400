import type { LoadResult } from '../load/transfer-load.js';
import type { CpuUse } from '../system/cpu-meter.js';
import type { ProfileSummary, SelfTime } from './self-time.js';
import type { StatementTime } from './statement-statistics.js';

const FUNCTIONS_SHOWN = 15;
const PACKAGES_SHOWN = 12;
const STATEMENT_WIDTH = 150;

export interface ProfileReport {
  readonly load: string;
  readonly result: LoadResult;
  readonly profiled: LoadResult;
  readonly cpu: CpuUse;
  readonly statements: readonly StatementTime[];
  readonly profiles: readonly { readonly name: string; readonly summary: ProfileSummary }[];
}

export function printProfile({ load, result, profiled, cpu, statements, profiles }: ProfileReport): void {
  const thousands = result.transfers / 1_000;
  console.log(
    `\n${load}: ${result.transfers} transfers COMPLETED in ${result.seconds.toFixed(1)} s, ${Math.round(result.completedPerSecond)}/s ` +
      `(all accepted after ${result.acceptedSeconds.toFixed(1)} s; with the profiler ${Math.round(profiled.completedPerSecond)}/s)`,
  );

  const postgres = Object.values(cpu.postgres).reduce((sum, each) => sum + each, 0);
  const everything = [...Object.entries(cpu.processes), ['postgres, all', postgres] as const];
  console.log(`\nprocessor seconds            per 1,000 transfers   in all   of one processor`);
  const row = (name: string, seconds: number): void =>
    console.log(
      `  ${name.padEnd(28)} ${(seconds / thousands).toFixed(4).padStart(15)} ${seconds.toFixed(2).padStart(10)} ${percent(seconds / cpu.wallSeconds).padStart(10)}`,
    );
  for (const [name, seconds] of everything) row(name, seconds);
  for (const [name, seconds] of Object.entries(cpu.postgres).sort(([, one], [, other]) => other - one)) {
    if (seconds >= 0.01) row(`  postgres: ${name}`, seconds);
  }
  row(
    'sum of ours',
    everything.reduce((sum, [, seconds]) => sum + seconds, 0),
  );
  row('other programs (noise)', cpu.others);

  console.log(`\nstatements: total ms, calls, mean ms, rows, WAL kB, database, text`);
  for (const each of statements) {
    const figures = [each.totalMs.toFixed(0), each.calls, each.meanMs.toFixed(3), each.rows, each.walKilobytes.toFixed(0)];
    console.log(
      `  ${figures.map((figure) => String(figure).padStart(8)).join(' ')}  ${each.database.padEnd(8)} ${each.text.slice(0, STATEMENT_WIDTH)}`,
    );
  }

  for (const { name, summary } of profiles) {
    console.log(`\n${name}: ${(summary.busyMs / 1_000).toFixed(1)} s busy of ${profiled.seconds.toFixed(1)} s, self time by package`);
    printTimes(summary.packages.slice(0, PACKAGES_SHOWN));
    console.log(`${name}: self time by function`);
    printTimes(summary.functions.slice(0, FUNCTIONS_SHOWN));
  }
}

function printTimes(times: readonly SelfTime[]): void {
  for (const { name, milliseconds, share } of times) {
    console.log(`  ${percent(share).padStart(6)} ${milliseconds.toFixed(0).padStart(7)} ms  ${name}`);
  }
}

const percent = (share: number): string => `${(share * 100).toFixed(1)}%`;
