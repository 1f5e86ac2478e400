import { isUtf8 } from 'node:buffer';
import { DEEPEST_JSON, firstFaultIn } from './json-fault.js';
import { Problem } from './problem.js';
import { isStorable } from './storable.js';

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
  if (bytes.length === 0) throw new Problem('malformed-json', 'The body is empty; a JSON document is needed.');
  if (!isUtf8(bytes)) throw new Problem('malformed-json', 'The body is not valid UTF-8.');
  const text = bytes.toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw refusalOf(text);
  }
  const shape = scan(bytes);
  if (shape.hasRoundedNumber || countKeys(value, 1, shape.hasEscapes) !== shape.members) throw refusalOf(text);
  return value;
}

/** Everything is known about a body that is refused but where: that is looked for now. */
function refusalOf(text: string): Problem {
  const fault = firstFaultIn(text);
  if (!fault) return new Problem('malformed-json', 'The body is not acceptable JSON.');
  const { pointer, detail, position } = fault;
  return new Problem('malformed-json', `${detail}; see position ${position}.`, { errors: [{ pointer, detail }] });
}

interface Shape {
  readonly members: number;
  readonly hasEscapes: boolean;
  /** A fraction or exponent that reading turns into an integer: 1.0, 1e3, 9007199254740990.9. */
  readonly hasRoundedNumber: boolean;
}

/** Counts members in valid JSON. Bytes suffice: no part of a multi-byte character is below 0x80. */
function scan(bytes: Buffer): Shape {
  const length = bytes.length;
  let members = 0;
  let hasEscapes = false;
  let hasRoundedNumber = false;
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
      hasRoundedNumber ||= Number.isInteger(Number(bytes.toString('latin1', start, end)));
      at = end - 1;
    }
  }
  return { members, hasEscapes, hasRoundedNumber };
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

/** All keys of all objects; not a number when there is anything in them that must not be. */
function countKeys(value: unknown, depth: number, hasEscapes: boolean): number {
  if (typeof value !== 'object' || value === null) return hasEscapes && typeof value === 'string' && !isStorable(value) ? NaN : 0;
  if (depth > DEEPEST_JSON) return NaN;
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
    if (key === '__proto__' || (hasEscapes && !isStorable(key))) return NaN;
    const member = (value as Record<string, unknown>)[key];
    if (typeof member === 'object' && member !== null) {
      if (key === 'constructor' || key === 'prototype') return NaN;
      keys += countKeys(member, depth + 1, hasEscapes);
    } else if (hasEscapes && typeof member === 'string' && !isStorable(member)) return NaN;
  }
  return keys;
}
