/** The part of JSON Schema that topics are written in. */
export interface JsonSchema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly description?: string;
  readonly examples?: readonly unknown[];
}

/** What a member of this name looks like in examples, where the schema allows it. */
export type KnownMembers = Readonly<Record<string, unknown>>;

/**
 * A valid example, the same each time: documentation that a validator has seen. Optional members are left out unless they
 * are known by name. Signed integers alternate within a list, so that the legs of an entry cancel out.
 */
export function exampleOf(schema: JsonSchema, known: KnownMembers = {}, position = 0): unknown {
  if (schema.examples?.length) return schema.examples[0];
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  switch (schema.type) {
    case 'object':
      return exampleOfObject(schema, known, position);
    case 'array':
      return Array.from({ length: Math.max(1, schema.minItems ?? 0) }, (_, index) => exampleOf(schema.items ?? {}, known, index));
    case 'integer':
    case 'number':
      return schema.minimum ?? 0;
    case 'boolean':
      return false;
    case 'string':
      return exampleOfString(schema);
    default:
      throw new Error(`no example can be made of ${JSON.stringify(schema)}`);
  }
}

function exampleOfObject(schema: JsonSchema, known: KnownMembers, position: number): Record<string, unknown> {
  const members = Object.entries(schema.properties ?? {}).filter(([name]) => schema.required?.includes(name) || name in known);
  return Object.fromEntries(members.map(([name, member]) => [name, exampleOfMember(name, member, known, position)]));
}

function exampleOfMember(name: string, schema: JsonSchema, known: KnownMembers, position: number): unknown {
  const value = known[name];
  const fits = schema.type === 'integer' ? Number.isSafeInteger(value) : typeof value === schema.type;
  if (!fits) return exampleOf(schema, known, position);
  const signed = typeof value === 'number' && schema.minimum === undefined;
  return signed && position % 2 === 0 && name === 'amount' ? -value : value;
}

function exampleOfString(schema: JsonSchema): string {
  if (schema.format === 'date-time') return '2026-01-31T12:00:00.000Z';
  if (schema.pattern) return matching(schema.pattern);
  return 'text'.padEnd(schema.minLength ?? 0, '.').slice(0, schema.maxLength);
}

/** A text that matches a pattern made of plain characters, classes and {n}: enough for ids and codes. */
function matching(pattern: string): string {
  let text = '';
  const part = /\[([^\]]+)\](?:\{(\d+)(?:,\d*)?\})?|([A-Za-z0-9_-])/g;
  for (const [, characters, times, plain] of pattern.replace(/^\^|\$$/g, '').matchAll(part)) {
    text += plain ?? spread(expand(characters ?? ''), Number(times ?? 1));
  }
  if (!new RegExp(pattern).test(text)) throw new Error(`no example can be made for the pattern ${pattern}`);
  return text;
}

const expand = (characters: string): string =>
  characters.replace(/(.)-(.)/g, (_, from: string, to: string) =>
    Array.from({ length: to.charCodeAt(0) - from.charCodeAt(0) + 1 }, (__, index) => String.fromCharCode(from.charCodeAt(0) + index)).join(
      '',
    ),
  );

const spread = (characters: string, length: number): string =>
  Array.from({ length }, (_, index) => characters[(index * 7) % characters.length]).join('');
