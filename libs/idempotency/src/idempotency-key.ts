import { createHash } from 'node:crypto';

/** A request that must take effect once: who sends it, where to, under which key, and what it says. */
export interface IdempotentRequest {
  readonly client: string;
  /** Method and route template. */
  readonly route: string;
  readonly key: string;
  readonly fingerprint: string;
}

export const keyLengthMax = 255;

export type KeyFault = 'idempotency-key-missing' | 'idempotency-key-invalid';

/** The header's key, quoted (as the draft has it) or bare. */
export function parseIdempotencyKey(header: string | string[] | undefined): { key: string } | { fault: KeyFault } {
  if (header === undefined) return { fault: 'idempotency-key-missing' };
  if (Array.isArray(header)) return { fault: 'idempotency-key-invalid' };
  const bare = header.length >= 2 && header.startsWith('"') && header.endsWith('"') ? unquoted(header.slice(1, -1)) : header;
  if (bare === undefined || bare.length > keyLengthMax || !/^[\x21-\x7e]+$/.test(bare)) return { fault: 'idempotency-key-invalid' };
  // Two headers arrive joined by a comma and a space, which the pattern refuses; `"a","b"` would get through unquoted.
  return /^".*"$/.test(header) || !bare.includes('"') ? { key: bare } : { fault: 'idempotency-key-invalid' };
}

/** Inside the quotes of a structured-field string only `\"` and `\\` may be escaped. */
function unquoted(text: string): string | undefined {
  if (!/^(?:[^"\\]|\\["\\])*$/.test(text)) return undefined;
  return text.replace(/\\(["\\])/g, '$1');
}

/** The same for two bodies that say the same, whatever the order of their members. */
export function fingerprintOf(method: string, route: string, body: unknown): string {
  return createHash('sha256')
    .update(`${method} ${route}\n${canonical(body)}`)
    .digest('hex');
}

/** JSON.stringify writes members in the order of a list of names when it is given one: with all names there are, sorted. */
function canonical(body: unknown): string {
  const names = new Set<string>();
  collectNames(body, names);
  return JSON.stringify(body, [...names].sort()) ?? '';
}

function collectNames(value: unknown, names: Set<string>): void {
  if (value === null || typeof value !== 'object') return;
  if (Array.isArray(value)) {
    for (const item of value) collectNames(item, names);
    return;
  }
  for (const name in value) {
    names.add(name);
    collectNames((value as Record<string, unknown>)[name], names);
  }
}
