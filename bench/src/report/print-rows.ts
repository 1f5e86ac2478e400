import { THROUGHPUTS } from '../rows/throughput-rounds.js';
import { median } from '../statistics.js';
import type { Row, Rounds } from './rows.js';

/** A table of the rows; also good Markdown. */
export function printRows(rows: readonly Row[]): void {
  const cells = rows.map((row) => {
    const figure = (value: number): string => `${value.toFixed(row.unit === 'MB' ? 0 : row.unit === '×' ? 2 : 1)} ${row.unit}`;
    const sign = row.better === 'higher' ? '≥' : '≤';
    return [
      row.name,
      figure(row.median),
      `${figure(row.min)} – ${figure(row.max)}`,
      `${sign} ${row.goal}`,
      `${sign} ${row.floor}`,
      row.verdict,
    ];
  });
  const table = [['measurement', 'median', 'min – max', 'goal', 'floor', 'verdict'], ...cells];
  const widths = (table[0] ?? []).map((_, column) => Math.max(...table.map((line) => line[column]?.length ?? 0)));
  const line = (parts: readonly string[]): string => `| ${parts.map((part, column) => part.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  console.log();
  table.forEach((parts, index) => {
    console.log(line(parts));
    if (index === 0) console.log(`| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`);
  });
}

/** Where other programs share the machine, this is disturbed less than any rate. */
export function printProcessorTime({ throughput }: Rounds): void {
  const costs = THROUGHPUTS.flatMap((which) => {
    const values = throughput.flatMap((round) => round[which]?.processorMsEach ?? []);
    return values.length === 0 ? [] : [`${which} ${median(values).toFixed(2)} ms`];
  });
  if (costs.length > 0)
    console.log(`\nprocessor time per transfer, or per transaction of pgbench, all processes together: ${costs.join(', ')}`);
}
