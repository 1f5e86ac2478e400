import { audited, faultOf } from './audit-entry.js';

const now = new Date('2026-01-01T00:00:00.000Z');
const action = (subject: string) => ({ who: 'local', action: 'note', subject, reason: 'because', after: { state: 'waiting' } });

describe('the chain of what people did', () => {
  const { auditHead, auditEntries } = audited({ number: 4, hash: 'abc' }, now, action('one'), action('two'));
  const [first, second] = auditEntries;

  it('goes on where it ended', () => {
    expect([first?.number, second?.number]).toEqual([5, 6]);
    expect(auditHead).toEqual([{ number: 6, hash: second?.hash }]);
    expect(faultOf(first!, { number: 4, hash: 'abc' })).toBeUndefined();
    expect(faultOf(second!, first!)).toBeUndefined();
  });

  it.each([['who'], ['action'], ['subject'], ['reason'], ['before'], ['after']])('shows that somebody changed %s', (name) => {
    expect(faultOf({ ...second!, [name]: 'another' }, first!)).toBe('entry 6 is not as it was written');
  });

  it('depends on all that came before', () => {
    expect(faultOf(second!, { ...first!, hash: 'another' })).toBe('entry 6 is not as it was written');
  });

  it('shows that an entry is missing', () => {
    expect(faultOf(second!, { number: 4, hash: 'abc' })).toBe('entry 5 is missing');
  });
});
