import { businessDateOf } from './business-date.js';

describe('the business date', () => {
  it.each([
    ['UTC', '2026-01-31T23:59:59.999Z', '2026-01-31'],
    ['UTC', '2026-02-01T00:00:00.000Z', '2026-02-01'],
    ['Asia/Muscat', '2026-01-31T19:59:59.999Z', '2026-01-31'],
    ['Asia/Muscat', '2026-01-31T20:00:00.000Z', '2026-02-01'],
    ['America/New_York', '2026-01-01T04:59:59.999Z', '2025-12-31'],
    // The night on which clocks go back has 25 hours, and is one day.
    ['Europe/Berlin', '2026-10-24T22:00:00.000Z', '2026-10-25'],
    ['Europe/Berlin', '2026-10-25T22:59:59.999Z', '2026-10-25'],
    ['Europe/Berlin', '2026-10-25T23:00:00.000Z', '2026-10-26'],
  ])('in %s at %s is %s', (zone, at, date) => {
    expect(businessDateOf(new Date(at), zone)).toBe(date);
  });
});
