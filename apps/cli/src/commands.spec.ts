import { commands } from './commands.js';

describe.each(Object.entries(commands))('falconpay %s', (name, { usage, about, words = [] }) => {
  it('tells how it is used, with examples and what its exit status says', () => {
    expect(usage).toMatch(new RegExp(`^falconpay ${name}\\b`));
    expect(usage).toMatch(new RegExp(`\n\nExamples:\n(  .*falconpay ${name}.*\n)+\n`));
    expect(usage).toMatch(/\n\nExit status: 0 .*, 2 .*\.$/s);
    // It stands between quotes in a shell's completions.
    expect(about).not.toContain(`'`);
    for (const word of words) expect(usage).toContain(word);
  });
});
