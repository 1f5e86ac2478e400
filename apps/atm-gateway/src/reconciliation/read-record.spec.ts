import { gapBefore, readRecord } from './read-record.js';

const date = '2026-11-20';
const line = (seq: number, change: object = {}) => ({
  ...{
    seq,
    at: `${date}T10:00:00.000Z`,
    dispense_id: `wdr_${seq}`,
    event: 'dispensed',
    amount: 4_000,
    currency: 'USD',
    machine_ref: `M-${seq}`,
  },
  ...change,
});
const closing = (change: object = {}) => ({
  ...{ closing: true, date, lines: 2, first_seq: 7, last_seq: 8 },
  ...{ counts: { dispensed: 1, not_dispensed: 1 }, sums: { USD: { dispensed: 4_000 } } },
  ...change,
});
const refused = line(8, { event: 'not_dispensed', amount: 0 });
const text = (...objects: readonly unknown[]): string => objects.map((object) => `${JSON.stringify(object)}\n`).join('');
const good = text(line(7), refused, closing());
const note = { note: 2_000, currency: 'USD' };

describe('a record', () => {
  it('is read whole', () => {
    expect(readRecord('machine', date, good)).toEqual({
      date,
      lines: [
        { seq: 7, id: 'wdr_7', event: 'dispensed', effect: 'out', amount: 4_000n, currency: 'USD', ref: 'M-7', isRepeated: false },
        { seq: 8, id: 'wdr_8', event: 'not_dispensed', effect: 'nothing', amount: 0n, currency: 'USD', ref: 'M-8', isRepeated: false },
      ],
      unexplained: [],
    });
  });

  it('of a day without orders is its closing line', () => {
    const empty = closing({ lines: 0, first_seq: null, last_seq: null, counts: {}, sums: {} });
    expect(readRecord('machine', date, text(empty))).toEqual({ date, lines: [], unexplained: [] });
  });

  it('notes a line that comes twice, and counts it once', () => {
    const record = readRecord('machine', date, text(line(7), line(7), refused, closing()));
    expect('lines' in record && record.lines.map(({ seq, isRepeated }) => [seq, isRepeated])).toEqual([
      [7, true],
      [8, false],
    ]);
  });

  it.each([
    [{ ...note, opening: 10, loaded: 0, closing: 8 }, []],
    [{ ...note, opening: 10, loaded: 5, closing: 13 }, []],
    [{ ...note, opening: 10, loaded: 0, closing: 6 }, [{ currency: 'USD', amount: 4_000n }]],
    [{ ...note, opening: 10, loaded: -5, closing: 5 }, [{ currency: 'USD', amount: -4_000n }]],
  ])('compares its lines with its cassettes: %j', (cassette, unexplained) => {
    expect(readRecord('machine', date, text(line(7), refused, closing({ cassettes: [cassette] })))).toMatchObject({ unexplained });
  });

  it.each([
    ['bank', 'credit_id', 'bank_ref', 'accepted', 'out'],
    ['institution', 'cashout_id', 'institution_ref', 'approved', 'out'],
    ['institution', 'cashout_id', 'institution_ref', 'reversed', 'back'],
  ] as const)('of a %s has words of its own (%s %s %s)', (kind, id, ref, event, effect) => {
    const own = { seq: 7, [id]: 'x_1', event, amount: 100, currency: 'USD', [ref]: 'B-1' };
    const end = closing({ lines: 1, last_seq: 7, counts: { [event]: 1 }, sums: { USD: { [event]: 100 } } });
    expect(readRecord(kind, date, text(own, end))).toMatchObject({ lines: [{ id: 'x_1', effect, amount: 100n }] });
  });

  it.each<[string, string, string]>([
    ['that breaks off within a line', good.slice(0, -20), 'it breaks off: its last line does not end'],
    ['that breaks off between lines', text(line(7), refused), 'it has no closing line'],
    ['that is empty', '', 'it breaks off: its last line does not end'],
    ['with a line missing', text(line(7), line(9), closing()), 'between line 7 and line 9 there is a gap'],
    ['with a line that is no JSON', `{"seq":7\n${text(closing())}`, 'line 1 is no JSON object'],
    ['with two lines of one number', text(line(7), line(7, { amount: 100 }), closing()), 'two different lines have the number 7'],
    ['with an event of no protocol', text(line(7, { event: 'given' }), refused, closing()), 'line 1 has no proper event'],
    ['with an inherited word as event', text(line(7, { event: 'toString' }), refused, closing()), 'line 1 has no proper event'],
    ['with a fraction', text(line(7, { amount: 0.5 }), refused, closing()), 'line 1 has no proper amount'],
    ['with cash of no amount', text(line(7, { amount: 0 }), refused, closing()), 'line 1 has no proper amount'],
    ['with an amount that did not move', text(line(7), line(8, { event: 'not_dispensed' }), closing()), 'line 2 has no proper amount'],
    ['with a number below one', text(line(0), refused, closing()), 'line 1 has no proper seq'],
    ['without an id', text(line(7, { dispense_id: undefined }), refused, closing()), 'line 1 has no proper dispense_id'],
    ['with an id of two words', text(line(7, { dispense_id: 'day 1' }), refused, closing()), 'line 1 has no proper dispense_id'],
    ['without a currency', text(line(7, { currency: 'usd' }), refused, closing()), 'line 1 has no proper currency'],
    [
      'of another day',
      text(line(7), refused, closing({ date: '2026-11-19' })),
      'its closing line says date 2026-11-19, and its lines come to 2026-11-20',
    ],
    ['that counts wrongly', text(line(7), refused, closing({ lines: 3 })), 'its closing line says lines 3, and its lines come to 2'],
    [
      'that begins elsewhere',
      text(line(7), refused, closing({ first_seq: 6 })),
      'its closing line says first_seq 6, and its lines come to 7',
    ],
    ['that ends elsewhere', text(line(7), refused, closing({ last_seq: 9 })), 'its closing line says last_seq 9, and its lines come to 8'],
    [
      'with other counts',
      text(line(7), refused, closing({ counts: { dispensed: 2 } })),
      'its closing line says counts dispensed 2, and its lines come to dispensed 1, not_dispensed 1',
    ],
    [
      'with other sums',
      text(line(7, { currency: 'JPY' }), refused, closing()),
      'its closing line says sums USD dispensed 4000, and its lines come to JPY dispensed 4000',
    ],
    [
      'with broken cassettes',
      text(line(7), refused, closing({ cassettes: [{ note: 2_000 }] })),
      'its closing line has no proper cassettes',
    ],
  ])('%s is refused', (_, wrong, reason) => {
    expect(readRecord('machine', date, wrong)).toEqual({ refused: reason });
  });

  it('goes on where the record of the day before ended', () => {
    const record = readRecord('machine', date, good);
    if ('refused' in record) throw new Error(record.refused);
    for (const before of [6, 7, 900, undefined]) expect(gapBefore(record, before)).toBeUndefined();
    expect(gapBefore(record, 5)).toBe('it begins with line 7, and the record of the day before ended with line 5');
    expect(gapBefore({ ...record, lines: [] }, 5)).toBeUndefined();
  });
});
