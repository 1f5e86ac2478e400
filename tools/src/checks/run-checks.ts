import { availableParallelism } from 'node:os';
import { failed, type Check, type Outcome } from './outcome.js';

export interface Tally {
  readonly passed: number;
  readonly failed: number;
}

/** Runs as many checks at a time as there are processors, in their order; says one line per check as it ends. */
export async function runChecks(
  checks: readonly Check[],
  say: (line: string) => void,
  now: () => number,
  atATime = Math.max(1, availableParallelism()),
): Promise<Tally> {
  const waiting = [...checks];
  const outcomes: Outcome[] = [];
  const lane = async (): Promise<void> => {
    for (let check = waiting.shift(); check; check = waiting.shift()) {
      const started = now();
      const outcome = await check
        .run()
        .catch((error: unknown) => failed(error instanceof Error ? (error.stack ?? error.message) : String(error)));
      outcomes.push(outcome);
      say(describe(check.name, outcome, (now() - started) / 1000));
    }
  };
  await Promise.all(Array.from({ length: atATime }, lane));
  const count = (kind: Outcome['kind']) => outcomes.filter((outcome) => outcome.kind === kind).length;
  return { passed: count('ok'), failed: count('failed') };
}

function describe(name: string, outcome: Outcome, seconds: number): string {
  if (outcome.kind === 'ok') return `ok ${name} ${seconds.toFixed(1)} s`;
  if (outcome.kind === 'skipped') return `skipped ${name}: ${outcome.why}`;
  return `FAILED ${name} ${seconds.toFixed(1)} s\n${outcome.output.trimEnd().replace(/^/gm, '  ')}`;
}
