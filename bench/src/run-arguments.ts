import { parseArgs } from 'node:util';

export const PROFILED = ['bulk', 'single', 'machines', 'payouts', 'redemptions'] as const;
export type Profiled = (typeof PROFILED)[number];

export const MEASUREMENTS = [
  ...(['bulk', 'single', 'plain', 'hot', 'latency', 'memory'] as const),
  ...(['counter', 'counter-latency', 'unreleased', 'machines', 'slow-machines'] as const),
  ...(['payouts', 'redemptions', 'silent-bank', 'full-pool', 'poison', 'hot-key', 'letters', 'large-ledger', 'start'] as const),
] as const;
export type Measurement = (typeof MEASUREMENTS)[number];

export interface RunArguments {
  readonly only: ReadonlySet<Measurement>;
  readonly rounds: number;
  /** What each measured stretch of load is meant to last. */
  readonly seconds: number;
  /** How many events the poison is among. */
  readonly messages: number;
  readonly quick: boolean;
  readonly portBase: number;
  readonly verbose: boolean;
  readonly profile: Profiled | undefined;
}

const USAGE = `npm run bench -- [--only ${MEASUREMENTS.join(',')}] [--rounds 3] [--seconds 15] [--messages 100000] [--quick] [--profile ${PROFILED.join('|')}] [--port-base 18000] [--verbose]`;

export class UsageError extends Error {}

export function readArguments(args: readonly string[]): RunArguments {
  const values = parse(args);
  const quick = values.quick ?? false;
  const profile = PROFILED.find((each) => each === values.profile);
  if (profile !== values.profile) throw new UsageError(USAGE);
  return {
    only: new Set(values.only === undefined ? MEASUREMENTS : values.only.split(',').map(measurement)),
    rounds: wholeNumber(values.rounds ?? (quick ? '1' : '3'), 1),
    seconds: wholeNumber(values.seconds ?? (quick ? '3' : '15'), 1),
    messages: wholeNumber(values.messages ?? (quick ? '5000' : '100000'), 1_000),
    quick,
    portBase: wholeNumber(values['port-base'] ?? '18000', 1_024),
    verbose: values.verbose ?? false,
    profile,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        only: { type: 'string' },
        rounds: { type: 'string' },
        seconds: { type: 'string' },
        messages: { type: 'string' },
        quick: { type: 'boolean' },
        profile: { type: 'string' },
        'port-base': { type: 'string' },
        verbose: { type: 'boolean' },
      },
    }).values;
  } catch {
    throw new UsageError(USAGE);
  }
}

function measurement(name: string): Measurement {
  const found = MEASUREMENTS.find((each) => each === name);
  if (found === undefined) throw new UsageError(USAGE);
  return found;
}

function wholeNumber(value: string, min: number): number {
  if (!/^\d+$/.test(value) || Number(value) < min) throw new UsageError(USAGE);
  return Number(value);
}
