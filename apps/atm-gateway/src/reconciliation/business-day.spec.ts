import { dateOf, dayBefore, endOf, isDate, nextFetch, startOf } from './business-day.js';

describe('a day', () => {
  it('is one of UTC', () => {
    expect(dateOf(new Date('2026-11-20T23:59:59.999Z'))).toBe('2026-11-20');
    expect(startOf('2026-11-20').toISOString()).toBe('2026-11-20T00:00:00.000Z');
    expect(endOf('2026-11-20')).toEqual(startOf('2026-11-21'));
    expect(dayBefore('2026-03-01')).toBe('2026-02-28');
  });

  it.each([
    ['2026-11-20', true],
    ['2024-02-29', true],
    ['2026-02-29', false],
    ['2026-13-01', false],
    ['2026-11-20T00:00:00Z', false],
    ['', false],
    [undefined, false],
  ])('%s: %s', (text, expected) => {
    expect(isDate(text)).toBe(expected);
  });

  it.each([
    ['2026-11-20T12:00:00Z', '2026-11-21T03:00:00.000Z'],
    ['2026-11-21T02:59:59Z', '2026-11-21T03:00:00.000Z'],
    ['2026-11-21T03:00:00Z', '2026-11-22T03:00:00.000Z'],
    ['2026-11-22T03:00:00Z', undefined],
  ])('whose record was taken at %s is fetched again at %s', (now, expected) => {
    expect(nextFetch('2026-11-20', 3, new Date(now))?.toISOString()).toBe(expected);
  });
});
