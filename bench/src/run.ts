import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { PlainError } from '@falconpay/local/plain-error';
import { PgbenchMissing } from './baselines/pgbench.js';
import { endOnSignals, reportUnlessInterrupted } from './interrupt.js';
import { measureAll } from './measure-all.js';
import { profile } from './profile/profile.js';
import { readableJson } from './report/json.js';
import { commitOf, machineOf } from './report/machine.js';
import { printProcessorTime, printRows } from './report/print-rows.js';
import { rowsOf } from './report/rows.js';
import { readArguments, UsageError, type RunArguments } from './run-arguments.js';

const RESULTS = new URL('../results/', import.meta.url);

/** `npm run bench`: every figure beside a baseline of the same minutes, or with `--profile` where the time goes. */
endOnSignals();
try {
  const given = readArguments(process.argv.slice(2));
  if (given.profile === undefined) await bench(given);
  else await profile({ ...given, load: given.profile });
  process.exit(0);
} catch (error) {
  const isPlain = error instanceof UsageError || error instanceof PgbenchMissing || error instanceof PlainError;
  await reportUnlessInterrupted(() => console.error(isPlain ? error.message : error));
  process.exit(1);
}

async function bench(given: RunArguments): Promise<void> {
  const { only, rounds: roundCount, seconds, messages, quick } = given;
  const date = new Date().toISOString();
  const machine = machineOf();
  const { rounds, postgres } = await measureAll(given);
  const rows = rowsOf(rounds, only);
  const settings = { only: [...only], rounds: roundCount, seconds, messages, quick };
  mkdirSync(RESULTS, { recursive: true });
  const file = fileURLToPath(new URL('latest.json', RESULTS));
  writeFileSync(file, readableJson({ date, ...commitOf(), machine: { ...machine, postgres }, settings, rows, rounds }));
  printRows(rows);
  printProcessorTime(rounds);
  console.log(`\n${machine.processors} processors, Node ${machine.node}; every round's figures: bench/results/latest.json`);
}
