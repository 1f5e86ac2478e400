import { readFileSync } from 'node:fs';
import { BEHAVIOUR_NAMES, behaviourOf, PLAIN } from './behaviour.js';
import { chanceFrom, choose, GOOD_SETTINGS } from './script.js';

describe('a behaviour', () => {
  it.each(BEHAVIOUR_NAMES)('%s stands in the README', (name) => {
    expect(readFileSync(new URL('../../README.md', import.meta.url), 'utf8')).toMatch(new RegExp(`\`${name}[:\`]`));
  });

  it('is put together from several, the later ones on top', () => {
    expect(behaviourOf('late:500+cancel_error:2', 'atms')).toEqual({ ...PLAIN, worksMs: 500, cancelErrors: 2 });
    expect(behaviourOf('refuse+refuse:offline', 'atms')).toMatchObject({ act: 'refuse', reason: 'offline' });
  });

  it.each(['', 'explode', 'late', 'late:', 'late:soon', 'late:-1', 'success:1', 'jam+', '+jam', 'toString', 'partial:1.5'])(
    '%j is none',
    (text) => {
      expect(behaviourOf(text, 'atms')).toBeUndefined();
    },
  );

  it.each(['partial:40', 'jam', 'power_cut', 'retract_counted'])('%s is none of a bank or an institution', (text) => {
    expect(behaviourOf(text, 'banks')).toBeUndefined();
    expect(behaviourOf(text, 'institutions')).toBeUndefined();
  });
});

describe('the choice for one command', () => {
  it('takes the first of next, then chance, then what is said for all others', () => {
    const settings = { ...GOOD_SETTINGS, next: ['jam'], then: 'unknown', rates: { refuse: 10 }, latency_ms: 100, latency_spread_ms: 50 };
    expect(choose(settings, 'atms', 0, 0.5)).toMatchObject({ scripted: true, behaviour: { act: 'refuse', reason: 'jam', worksMs: 125 } });
    const rest = { ...settings, next: [] };
    expect(choose(rest, 'atms', 0.05, 0)).toMatchObject({ scripted: false, behaviour: { reason: 'no_cash', worksMs: 100 } });
    expect(choose(rest, 'atms', 0.1, 0)).toMatchObject({ behaviour: { act: 'unknown' } });
  });

  it('falls the same way after every start, and differently for every partner', () => {
    const five = (seed: string) => Array.from({ length: 5 }, chanceFrom(seed));
    expect(five('atms/A')).toEqual(five('atms/A'));
    expect(five('atms/A')).not.toEqual(five('atms/B'));
    expect(five('atms/A').every((chance) => chance >= 0 && chance < 1)).toBe(true);
  });
});
