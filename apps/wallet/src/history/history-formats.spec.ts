import { currency } from '@falconpay/money/currency';
import type { HistoryRecord } from './history.query.js';
import { csvText, formatAskedFor, linesIn } from './history-formats.js';

const record: HistoryRecord = {
  ...{ id: 7n, transaction_id: 'pay_1', type: 'transfer', amount: -12_345n, currency: currency('OMR'), balance_after: 55n },
  ...{ reference: 'rent, "November"', created_at: new Date('2026-01-31T12:00:00Z'), time: '2026-01-31 12:00:00+00' },
};

async function textIn(name: 'csv' | 'jsonl', batches: readonly HistoryRecord[][]): Promise<string> {
  const history = async function* () {
    yield* batches;
  };
  const format = formatAskedFor(name);
  let text = '';
  if (format) for await (const chunk of linesIn(format, history())) text += chunk;
  return text;
}

describe('a history as a file', () => {
  it('is a table in CSV, with a head even when it is empty', async () => {
    const head = 'id,type,amount,currency,balance_after,reference,source_type,source_id,created_at\r\n';
    const line = 'ent_7,transfer,-12345,OMR,55,"rent, ""November""",transfer,pay_1,2026-01-31T12:00:00.000Z\r\n';
    expect(await textIn('csv', [[record, record], [record], []])).toBe(head + line.repeat(3));
    expect(await textIn('csv', [[]])).toBe(head);
    const ours = { ...record, balance_after: null, reference: null };
    expect(await textIn('csv', [[ours]])).toBe(`${head}ent_7,transfer,-12345,OMR,,,transfer,pay_1,2026-01-31T12:00:00.000Z\r\n`);
  });

  it('has what a page has on each of its lines in JSON', async () => {
    const text = await textIn('jsonl', [[record], [{ ...record, type: 'capture', transaction_id: 'hold_1', reference: null }]]);
    expect(text.split('\n').map((line) => (line === '' ? '' : (JSON.parse(line) as unknown)))).toEqual([
      {
        ...{ id: 'ent_7', type: 'transfer', amount: -12_345, currency: 'OMR', balance_after: 55, reference: 'rent, "November"' },
        ...{ source: { type: 'transfer', id: 'pay_1' }, created_at: '2026-01-31T12:00:00.000Z' },
      },
      expect.objectContaining({ type: 'capture', source: { type: 'hold', id: 'hold_1' } }),
      '',
    ]);
    expect(await textIn('jsonl', [[]])).toBe('');
  });

  it.each([
    ['plain', 'plain'],
    ['a,b', '"a,b"'],
    ['a"b', '"a""b"'],
    ['a\nb', '"a\nb"'],
    ['=1+1', "'=1+1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['-5', "'-5"],
    ['+5', "'+5"],
    ['\tx', "'\tx"],
    ['=A1,"x"', `"'=A1,""x"""`],
    ['a=b', 'a=b'],
    ['', ''],
  ])('writes the text %j as %j', (text, written) => {
    expect(csvText(text)).toBe(written);
  });
});

describe('the form of a history', () => {
  it.each([
    [undefined, undefined, undefined],
    [undefined, '*/*', undefined],
    [undefined, 'application/json', undefined],
    [undefined, 'application/json, text/csv', undefined],
    [undefined, 'text/csv', 'csv'],
    [undefined, 'TEXT/CSV; charset=utf-8; q=0.9, application/json', 'csv'],
    [undefined, 'image/png, application/jsonl', 'jsonl'],
    [undefined, 'application/x-ndjson', 'jsonl'],
    [undefined, 'constructor', undefined],
    ['csv', 'application/json', 'csv'],
    ['json', 'text/csv', undefined],
    ['jsonl', undefined, 'jsonl'],
  ] as const)('asked for by %j and Accept %j is %j', (parameter, accept, extension) => {
    expect(formatAskedFor(parameter, accept)?.extension).toBe(extension);
  });
});
