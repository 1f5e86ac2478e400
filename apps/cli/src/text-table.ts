import { styleText } from 'node:util';

/** Columns under their names, as wide as they need; what is too long for one is cut. */
export function textTable(names: readonly string[], rows: readonly (readonly string[])[], widest = 60): string {
  const cut = rows.map((row) => row.map((cell) => (cell.length > widest ? `${cell.slice(0, widest - 1)}…` : cell).replaceAll(/\s+/g, ' ')));
  const widths = names.map((name, column) => Math.max(name.length, ...cut.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  // On a terminal only, and not where NO_COLOR is set.
  return [styleText('bold', line(names)), ...cut.map(line)].join('\n');
}
