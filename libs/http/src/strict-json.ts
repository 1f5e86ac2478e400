import { isUtf8 } from 'node:buffer';
import { Problem } from './problem.js';

export const DEEPEST_JSON = 32;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const POINT = 0x2e;
const LOWER_E = 0x65;
const UPPER_E = 0x45;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;

/**
 * JSON.parse, and no more lenient than a payment may be. `JSON.parse` itself does the reading; duplicate keys, which it hides, show in
 * the count: the text has one colon outside strings per member, the value one key per *different* member. So one pass over the bytes
 * and one over the value cost less than a parser of our own.
 */
export function parseStrictJson(bytes: Buffer): unknown {
  if (bytes.length === 0) throw refused('The body is empty; a JSON document is needed.');
  if (!isUtf8(bytes)) throw refused('The body is not valid UTF-8.');
  const text = bytes.toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw refused(`The body is not JSON${positionIn(error, text)}.`);
  }
  const shape = scan(bytes);
  if (shape.roundedNumber !== undefined) throw refused(`Numbers must be written as integers; see position ${shape.roundedNumber}.`);
  const keys = countKeys(value, 1, shape.hasEscapes);
  if (keys !== shape.members) throw refused('A key appears twice in the same object.');
  return value;
}

function refused(detail: string): Problem {
  return new Problem('malformed-json', detail);
}

/** What `JSON.parse` says about the place; never its excerpt of the text. */
function positionIn(error: unknown, text: string): string {
  const message = error instanceof Error ? error.message : '';
  if (message.startsWith('Unexpected end') || message.startsWith('Unterminated')) return `: it ends too early, at position ${text.length}`;
  const position = /at position (\d+)/.exec(message)?.[1];
  return position === undefined ? '' : `: see position ${position}`;
}

interface Shape {
  readonly members: number;
  readonly hasEscapes: boolean;
  /** Where a fraction or exponent stands that reading turns into an integer: 1.0, 1e3, 9007199254740990.9. */
  readonly roundedNumber: number | undefined;
}

/** Counts members in valid JSON. Bytes suffice: no part of a multi-byte character is below 0x80. */
function scan(bytes: Buffer): Shape {
  const length = bytes.length;
  let members = 0;
  let hasEscapes = false;
  let roundedNumber: number | undefined;
  for (let at = 0; at < length; at += 1) {
    const byte = bytes[at] as number;
    if (byte === QUOTE) {
      at += 1;
      for (let inside = bytes[at] as number; inside !== QUOTE; inside = bytes[at] as number) {
        if (inside === BACKSLASH) {
          hasEscapes = true;
          at += 1;
        }
        at += 1;
      }
    } else if (byte === COLON) {
      members += 1;
    } else if (byte === POINT || ((byte === LOWER_E || byte === UPPER_E) && isDigit(bytes[at - 1]))) {
      const start = startOfNumber(bytes, at);
      const end = endOfNumber(bytes, at);
      if (Number.isInteger(Number(bytes.toString('latin1', start, end)))) roundedNumber ??= start;
      at = end - 1;
    }
  }
  return { members, hasEscapes, roundedNumber };
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= NINE;
}

function startOfNumber(bytes: Buffer, at: number): number {
  let start = at;
  while (start > 0 && isDigit(bytes[start - 1])) start -= 1;
  return start > 0 && bytes[start - 1] === MINUS ? start - 1 : start;
}

function endOfNumber(bytes: Buffer, at: number): number {
  let end = at;
  while (end < bytes.length && /[0-9eE.+-]/.test(String.fromCharCode(bytes[end] as number))) end += 1;
  return end;
}

/** All keys of all objects; on the way, everything else that must not be in a value. */
function countKeys(value: unknown, depth: number, hasEscapes: boolean): number {
  if (typeof value !== 'object' || value === null) {
    if (hasEscapes && typeof value === 'string') refuseUnstorable(value);
    return 0;
  }
  if (depth > DEEPEST_JSON) throw refused(`The body has more than ${DEEPEST_JSON} levels.`);
  let keys = 0;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) {
      const item: unknown = value[index];
      if (hasEscapes || (typeof item === 'object' && item !== null)) keys += countKeys(item, depth + 1, hasEscapes);
    }
    return keys;
  }
  for (const key in value) {
    keys += 1;
    const member = (value as Record<string, unknown>)[key];
    if (typeof member === 'object' && member !== null) {
      if (key === 'constructor' || key === 'prototype') throw refused(`The key ${key} is not allowed.`);
      keys += countKeys(member, depth + 1, hasEscapes);
    } else if (hasEscapes) {
      refuseUnstorable(key);
      if (typeof member === 'string') refuseUnstorable(member);
    }
    if (key === '__proto__') throw refused('The key __proto__ is not allowed.');
  }
  return keys;
}

const UNPAIRED_SURROGATE = /\p{Surrogate}/u;

/** Postgres stores neither; both can only come from an escape. */
function refuseUnstorable(text: string): void {
  if (text.includes('\u0000')) throw refused('A string contains the character U+0000.');
  if (UNPAIRED_SURROGATE.test(text)) throw refused('A string contains half of a surrogate pair.');
}
