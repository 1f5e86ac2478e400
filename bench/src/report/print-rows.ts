import type { Row } from './rows.js';

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
