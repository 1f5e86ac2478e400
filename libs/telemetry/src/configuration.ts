/** EX_CONFIG: with this a process ends whose configuration is wrong. */
export const CONFIGURATION_IS_WRONG = 78;

/** A wrong environment variable. Its message is the one line the process prints before it stops. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

export interface Setting<Value> {
  readonly kind: string;
  readonly meaning: string;
  readonly fallback: Value | undefined;
  /** Never shown, neither in an error nor in a table. */
  readonly secret: boolean;
  /** The value, or what is expected instead. */
  read(text: string): { value: Value } | { expected: string };
}

type Settings = Readonly<Record<string, Setting<unknown>>>;
export type Configuration<Spec extends Settings> = {
  readonly [Name in keyof Spec]: Spec[Name] extends Setting<infer Value> ? Value : never;
};

interface Options<Value> {
  readonly meaning: string;
  /** Without one the variable must be set. */
  readonly default?: Value;
  readonly secret?: boolean;
}

function setting<Value>(kind: string, options: Options<Value>, read: Setting<Value>['read']): Setting<Value> {
  return { kind, meaning: options.meaning, fallback: options.default, secret: options.secret ?? false, read };
}

export function integer(options: Options<number> & { readonly min?: number; readonly max?: number }): Setting<number> {
  const min = options.min ?? 0;
  const max = options.max ?? Number.MAX_SAFE_INTEGER;
  const range = max === Number.MAX_SAFE_INTEGER ? `an integer from ${min}` : `an integer from ${min} to ${max}`;
  return setting(range, options, (text) => {
    const value = /^-?\d{1,16}$/.test(text) ? Number.parseInt(text, 10) : Number.NaN;
    return value >= min && value <= max ? { value } : { expected: range };
  });
}

export const port = (options: Options<number>): Setting<number> => integer({ min: 0, max: 65_535, ...options });

export function text(options: Options<string> & { readonly pattern?: RegExp }): Setting<string> {
  const kind = options.pattern ? `text matching ${options.pattern.source}` : 'text';
  return setting(kind, options, (value) => (value !== '' && (options.pattern?.test(value) ?? true) ? { value } : { expected: kind }));
}

export function choice<const Value extends string>(values: readonly Value[], options: Options<NoInfer<Value>>): Setting<Value> {
  const kind = `one of ${values.join(', ')}`;
  return setting(kind, options, (value) => (values.includes(value as Value) ? { value: value as Value } : { expected: kind }));
}

export function flag(options: Options<boolean>): Setting<boolean> {
  return setting('true or false', options, (value) => {
    if (value === 'true' || value === '1') return { value: true };
    if (value === 'false' || value === '0') return { value: false };
    return { expected: 'true or false' };
  });
}

export function url(options: Options<string> & { readonly protocols?: readonly string[] }): Setting<string> {
  const protocols = options.protocols ?? ['http:', 'https:'];
  const kind = `a URL (${protocols.map((protocol) => `${protocol}//`).join(' or ')})`;
  return setting(kind, options, (value) =>
    URL.canParse(value) && protocols.includes(new URL(value).protocol) ? { value } : { expected: kind },
  );
}

export function timeZone(options: Options<string>): Setting<string> {
  const kind = 'an IANA time zone';
  return setting(kind, options, (value) => (isTimeZone(value) ? { value } : { expected: kind }));
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

export function list(options: Options<readonly string[]>): Setting<readonly string[]> {
  const kind = 'a comma-separated list';
  return setting(kind, options, (value) => {
    const items = value.split(',').map((item) => item.trim());
    return items.every((item) => item !== '') ? { value: items } : { expected: kind };
  });
}

/** For what may be left out: undefined then. */
export function optional<Value>(inner: Setting<Value>): Setting<Value | undefined> {
  return {
    ...inner,
    kind: `${inner.kind}, optional`,
    fallback: undefined,
    read: (value) => (value === '' ? { value: undefined } : inner.read(value)),
  };
}

/** Reads and checks all of them; throws `ConfigurationError` with one line naming every wrong one. */
export function readConfig<const Spec extends Settings>(spec: Spec, environment: NodeJS.ProcessEnv = process.env): Configuration<Spec> {
  const wrong: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [name, { kind, fallback, secret, read }] of Object.entries(spec)) {
    const given = environment[name];
    if (given === undefined || given === '') {
      if (fallback === undefined && !kind.endsWith(', optional')) wrong.push(`${name} is not set; expected ${kind}`);
      values[name] = fallback;
      continue;
    }
    const result = read(given);
    if ('value' in result) values[name] = result.value;
    else wrong.push(`${name}=${secret ? '(hidden)' : JSON.stringify(given)} is wrong; expected ${result.expected}`);
  }
  if (wrong.length > 0) throw new ConfigurationError(`configuration: ${wrong.join('; ')}`);
  return Object.freeze(values) as Configuration<Spec>;
}

/** For a main file: the configuration, or one line on stderr and the end. */
export function readConfigOrExit<const Spec extends Settings>(spec: Spec): Configuration<Spec> {
  try {
    return readConfig(spec);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(CONFIGURATION_IS_WRONG);
  }
}

export interface DescribedSetting {
  readonly name: string;
  readonly kind: string;
  readonly default: string;
  readonly meaning: string;
}

/** One row per setting, for the table in the docs. */
export function describeConfig(spec: Settings): DescribedSetting[] {
  return Object.entries(spec).map(([name, { kind, fallback, meaning, secret }]) => ({
    name,
    kind,
    default: fallback === undefined ? '' : secret ? '(hidden)' : String(fallback),
    meaning,
  }));
}
