import { stripVTControlCharacters } from 'node:util';
import { textTable } from './text-table.js';

describe('a table of text', () => {
  it('is as wide as it needs to be, and cuts what is too long', () => {
    expect(
      stripVTControlCharacters(
        textTable(
          ['id', 'error'],
          [
            ['a', 'one\nline'],
            ['bcd', 'x'.repeat(12)],
          ],
          10,
        ),
      ).split('\n'),
    ).toEqual(['id   error', 'a    one line', 'bcd  xxxxxxxxx…']);
  });
});
