import { parseArgs } from 'node:util';
import { describeProof } from './prove/describe-proof.js';
import { runProve, type ProveOptions } from './prove/run-prove.js';

const usage = `npm run prove -- [options]

Starts a system of its own, puts load on it (transfers, refunds, deposits, withdrawals, holds; cash, payouts
and card redemptions with partners that misbehave), kills its processes, and then checks the books.

  --kills N      how many processes are killed (10 when neither this nor --minutes is given)
  --minutes N    kill for so long
  --seed N       repeat the choices of an earlier run
  --brokers 3    three Kafka brokers, killed and cleanly restarted one at a time
  --rate N       orders per second, of which a bulk is fifty (120)
  --quick        5 kills, and 500 transfers at least
  --keep         keep the data folder

Exit status: 0 all books are right, 1 a violation was found, 2 wrong usage.`;

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupted.abort());
process.stdout.on('error', () => interrupted.abort());

const startedAt = performance.now();
try {
  const proof = await runProve({
    ...optionsFrom(process.argv.slice(2)),
    signal: interrupted.signal,
    log: (line) => say(`${((performance.now() - startedAt) / 1_000).toFixed(1).padStart(6)} s | ${line}`),
  });
  say(`\n${describeProof(proof)}`);
  process.exit(proof.violations.length === 0 ? 0 : 1);
} catch (error) {
  if (interrupted.signal.aborted) {
    say('interrupted; nothing is left behind');
    process.exit(130);
  }
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(1);
}

function optionsFrom(args: readonly string[]): ProveOptions {
  const values = valuesOf(args);
  if (values.help) {
    say(usage);
    process.exit(0);
  }
  const number = (name: 'kills' | 'minutes' | 'seed' | 'brokers' | 'rate'): number | undefined => {
    const text = values[name];
    if (text === undefined) return undefined;
    if (!/^\d+(\.\d+)?$/.test(text)) refuse(`--${name} must be a number, not ${text}`);
    return Number(text);
  };
  const brokers = number('brokers') ?? 1;
  if (brokers !== 1 && brokers !== 3) refuse('--brokers must be 1 or 3');
  const seed = number('seed') ?? Math.floor(Math.random() * 2 ** 32);
  const minutes = number('minutes');
  const kills = number('kills') ?? (values.quick ? 5 : minutes === undefined ? 10 : undefined);
  const rate = number('rate');
  return {
    seed,
    brokers: brokers === 3 ? 3 : 1,
    keep: values.keep,
    zombies: values.quick ? 0 : Math.max(1, Math.round(kills === undefined ? (minutes ?? 0) : kills / 25)),
    ...(values.quick ? { transfersMin: 500 } : {}),
    ...(kills === undefined ? {} : { kills }),
    ...(minutes === undefined ? {} : { minutes }),
    ...(rate === undefined ? {} : { perSecond: rate }),
  };
}

function valuesOf(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        kills: { type: 'string' },
        minutes: { type: 'string' },
        seed: { type: 'string' },
        brokers: { type: 'string' },
        rate: { type: 'string' },
        quick: { type: 'boolean', default: false },
        keep: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    return refuse((error as Error).message);
  }
}

function refuse(message: string): never {
  process.stderr.write(`${message}\n\n${usage}\n`);
  process.exit(2);
}
