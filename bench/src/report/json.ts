/** Readable, and laid out as the formatter would: lists of plain values on one line. */
export function readableJson(value: unknown): string {
  const rounded = JSON.stringify(value, (_key, each: unknown) => (typeof each === 'number' ? Math.round(each * 10_000) / 10_000 : each), 2);
  return `${rounded.replace(/\[\s+([^[\]{}]+?)\s+\]/g, (_list, items: string) => `[${items.replace(/\s*\n\s*/g, ' ')}]`)}\n`;
}
