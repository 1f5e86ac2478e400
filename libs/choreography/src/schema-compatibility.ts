import type { JsonSchema } from './example-of-schema.js';

/**
 * Names each way in which a schema breaks what was released under the same version: events in the log and in dead letters
 * must still be readable, and programs that read the released members must still find them. Members may be added, limits
 * widened, values of an enumeration added (clients are told to expect that); everything else needs a new version.
 */
export function breaksBetween(released: JsonSchema, current: JsonSchema, path = ''): string[] {
  const at = path === '' ? 'the event' : path;
  const required = (schema: JsonSchema) => schema.required ?? [];
  return [
    ...differs(at, 'type', released.type, current.type),
    ...differs(at, 'pattern', released.pattern, current.pattern),
    ...differs(at, 'format', released.format, current.format),
    ...differs(at, 'const', released.const, current.const),
    ...narrowed(at, released, current),
    ...required(current)
      .filter((name) => !required(released).includes(name))
      .map((name) => `${at} requires ${name}, which earlier events may not have`),
    ...required(released)
      .filter((name) => !required(current).includes(name))
      .map((name) => `${at} no longer promises ${name}`),
    ...membersOf(released, current, path),
    ...(released.items && current.items ? breaksBetween(released.items, current.items, `${path}[]`) : []),
  ];
}

function membersOf(released: JsonSchema, current: JsonSchema, path: string): string[] {
  return Object.entries(released.properties ?? {}).flatMap(([name, member]) => {
    const now = current.properties?.[name];
    const memberPath = path === '' ? name : `${path}.${name}`;
    return now ? breaksBetween(member, now, memberPath) : [`${memberPath} is gone`];
  });
}

function differs(at: string, keyword: string, before: unknown, after: unknown): string[] {
  return before === after ? [] : [`${at} has ${keyword} ${show(after)}, was ${show(before)}`];
}

/** A limit narrows when it did not stand before, or stands closer now. */
const limits = [
  { keyword: 'minimum', closer: (before: number, after: number) => after > before },
  { keyword: 'minLength', closer: (before: number, after: number) => after > before },
  { keyword: 'minItems', closer: (before: number, after: number) => after > before },
  { keyword: 'maximum', closer: (before: number, after: number) => after < before },
  { keyword: 'maxLength', closer: (before: number, after: number) => after < before },
  { keyword: 'maxItems', closer: (before: number, after: number) => after < before },
] as const;

function narrowed(at: string, released: JsonSchema, current: JsonSchema): string[] {
  const closerLimits = limits.flatMap(({ keyword, closer }) => {
    const [before, after] = [released[keyword], current[keyword]];
    return after !== undefined && (before === undefined || closer(before, after))
      ? [`${at} has ${keyword} ${after}, was ${show(before)}`]
      : [];
  });
  const valuesGone = (released.enum ?? []).filter((value) => current.enum && !current.enum.includes(value));
  const newlyListed = current.enum && !released.enum ? [`${at} allows listed values only, was open`] : [];
  return [...closerLimits, ...newlyListed, ...valuesGone.map((value) => `${at} no longer allows ${show(value)}`)];
}

const show = (value: unknown): string => (value === undefined ? 'none' : JSON.stringify(value));
