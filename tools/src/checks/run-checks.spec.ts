import { failed, fromFaults, ok, skipped, type Check, type Outcome } from './outcome.js';
import { runChecks } from './run-checks.js';

const check = (name: string, outcome: Outcome): Check => ({ name, run: () => Promise.resolve(outcome) });
const stopped = () => 0;

async function linesOf(...checks: Check[]) {
  const lines: string[] = [];
  const tally = await runChecks(checks, (line) => lines.push(line), stopped, 2);
  return { lines, tally };
}

describe('runChecks', () => {
  it('says one line per check and counts; a check that could not look neither passed nor failed', async () => {
    const { lines, tally } = await linesOf(
      check('types', ok),
      check('lint', failed('a.ts:1 wrong\n')),
      check('compose', skipped('no docker')),
    );
    expect(lines).toEqual(['ok types 0.0 s', 'FAILED lint 0.0 s\n  a.ts:1 wrong', 'skipped compose: no docker']);
    expect(tally).toEqual({ passed: 1, failed: 1 });
  });

  it('takes a check that throws for a failed one', async () => {
    const { lines, tally } = await linesOf({ name: 'odd', run: () => Promise.reject(new Error('not compiled')) });
    expect(lines[0]).toContain('FAILED odd 0.0 s\n  Error: not compiled');
    expect(tally.failed).toBe(1);
  });

  it('runs no more at a time than it was told', async () => {
    let running = 0;
    let most = 0;
    const slow = (name: string): Check => ({
      name,
      run: async () => {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setTimeout(resolve, 5));
        running--;
        return ok;
      },
    });
    await linesOf(slow('a'), slow('b'), slow('c'), slow('d'));
    expect(most).toBe(2);
  });
});

describe('fromFaults', () => {
  it('is ok without faults, and ends with advice otherwise', () => {
    expect(fromFaults([], 'Run: x')).toEqual(ok);
    expect(fromFaults(['a', 'b'], 'Run: x')).toEqual(failed('a\nb\nRun: x'));
  });
});
