import { setImmediate as nextTurn } from 'node:timers/promises';
import { AskedTogether } from './asked-together.js';

describe('questions that are asked together', () => {
  const asked: string[][] = [];
  const answers = new AskedTogether<string>((ids) => {
    asked.push([...ids]);
    if (ids.includes('broken')) return Promise.reject(new Error('no database'));
    return Promise.resolve(new Map(ids.filter((id) => id !== 'unknown').map((id) => [id, id.toUpperCase()])));
  });
  beforeEach(() => asked.splice(0));

  it('are one question per turn, and each gets its own answer', async () => {
    expect(await Promise.all([answers.about('a'), answers.about('b'), answers.about('a')])).toEqual(['A', 'B', 'A']);
    expect(asked).toEqual([['a', 'b']]);
  });

  it('wait for nobody: what comes in a later turn is a question of its own', async () => {
    const first = answers.about('a');
    await nextTurn();
    await nextTurn();
    expect(await Promise.all([first, answers.about('b')])).toEqual(['A', 'B']);
    expect(asked).toEqual([['a'], ['b']]);
  });

  it('have no answer when nobody knows one, and fail together', async () => {
    expect(await answers.about('unknown')).toBeUndefined();
    const both = await Promise.allSettled([answers.about('broken'), answers.about('a')]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await answers.about('a')).toBe('A');
  });
});
