import type { HistoryRecord } from './history.query.js';
import { transactionView } from './transaction-view.js';

/** A form in which a history is written line by line. */
export interface HistoryFormat {
  readonly mediaType: string;
  readonly extension: string;
  /** What comes before the first line. */
  readonly head: string;
  readonly line: (record: HistoryRecord) => string;
}

const columns = ['id', 'type', 'amount', 'currency', 'balance_after', 'reference', 'source_type', 'source_id', 'created_at'];

/** RFC 4180. */
const csv: HistoryFormat = {
  mediaType: 'text/csv; charset=utf-8; header=present',
  extension: 'csv',
  head: `${columns.join(',')}\r\n`,
  line: (record) => {
    const { id, type, amount, currency, balance_after: balance, reference, source, created_at: at } = transactionView(record);
    return `${id},${type},${amount},${currency},${balance ?? ''},${csvText(reference)},${source.type},${source.id},${at}\r\n`;
  },
};

const jsonLines: HistoryFormat = {
  mediaType: 'application/jsonl; charset=utf-8',
  extension: 'jsonl',
  head: '',
  line: (record) => `${JSON.stringify(transactionView(record))}\n`,
};

/**
 * A reference is written by whoever sends money, and the file is opened in a spreadsheet by whoever gets it: what a spreadsheet
 * would take for a formula begins with an apostrophe.
 */
export function csvText(text = ''): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** The file, some lines at a time. */
export async function* linesIn(format: HistoryFormat, history: AsyncIterable<readonly HistoryRecord[]>): AsyncGenerator<string> {
  if (format.head !== '') yield format.head;
  for await (const records of history) if (records.length > 0) yield records.map(format.line).join('');
}

export const historyFormats = ['json', 'csv', 'jsonl'] as const;
type FormatName = (typeof historyFormats)[number];
const streamed: Readonly<Record<FormatName, HistoryFormat | undefined>> = { json: undefined, csv, jsonl: jsonLines };

const byMediaType: Readonly<Record<string, FormatName>> = {
  'application/json': 'json',
  'text/csv': 'csv',
  'application/jsonl': 'jsonl',
  'application/x-ndjson': 'jsonl',
};

/** What the parameter says, or else the first form in Accept that we have; undefined is a page of JSON. */
export function formatAskedFor(parameter: FormatName | undefined, accept = ''): HistoryFormat | undefined {
  const types = accept.split(',').map((range) => range.split(';', 1)[0]?.trim().toLowerCase() ?? '');
  const first = types.find((type) => Object.hasOwn(byMediaType, type));
  return streamed[parameter ?? byMediaType[first ?? ''] ?? 'json'];
}
