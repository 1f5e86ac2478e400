import { parseArgs } from 'node:util';
import { UsageError } from './usage-error.js';

export interface Given {
  readonly words: readonly string[];
  readonly json: boolean;
  readonly flags: ReadonlySet<string>;
  has(name: string): boolean;
  value(name: string): string | undefined;
}

/** `--json` beside what a command has of its own; flags take no value. */
export function given(args: readonly string[], values: readonly string[], flags: readonly string[] = []): Given {
  const parsed = parse(args, values, flags);
  const texts = parsed.values as Readonly<Record<string, string | boolean | undefined>>;
  return {
    words: parsed.positionals,
    json: texts['json'] === true,
    flags: new Set(flags.filter((name) => texts[name] === true)),
    has: (name) => texts[name] !== undefined,
    value: (name) => texts[name] as string | undefined,
  };
}

function parse(args: readonly string[], values: readonly string[], flags: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: Object.fromEntries([
        ...values.map((name) => [name, { type: 'string' as const }]),
        ...[...flags, 'json'].map((name) => [name, { type: 'boolean' as const }]),
      ]) as Record<string, { type: 'string' | 'boolean' }>,
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** Undefined when it was not given. */
export function wholeNumberIn({ value }: Given, option: string): number | undefined {
  const text = value(option);
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/.test(text)) throw new UsageError(`--${option} must be a whole number, not ${text}`);
  return Number.parseInt(text, 10);
}

/** What a destructive command asks for before it does anything. */
export function reasonIn({ value }: Given): string {
  const reason = value('reason');
  if (reason === undefined || reason === '') throw new UsageError('that takes a reason: --reason "…"');
  return reason;
}
