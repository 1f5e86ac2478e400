/** How far a long job is, in one line. */
export function progressBar(done: number, total: number, width = 30): string {
  const filled = total === 0 ? width : Math.floor((done / total) * width);
  return `[${'#'.repeat(filled)}${'.'.repeat(width - filled)}] ${done}/${total}`;
}
