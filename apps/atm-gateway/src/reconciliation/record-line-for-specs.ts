import type { RecordLine } from './record-line.js';

/** Lines of a record from their words: `out 4000`, `nothing`, `back-uncounted`; numbered, of one order, in USD. */
export const linesOf = (...words: readonly string[]): RecordLine[] =>
  words.map((text, index) => {
    const [effect = '', amount = '0', currency = 'USD'] = text.split(' ');
    const line = { seq: index + 1, id: 'wdr_1', event: effect, effect: effect as RecordLine['effect'], ref: `M-${index + 1}` };
    return { ...line, amount: BigInt(amount), currency, isRepeated: false };
  });
