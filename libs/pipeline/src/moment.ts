import { randomFillSync } from 'node:crypto';

/** The instant of a commit by the database's clock, and the only source of new ids. */
export interface Moment {
  readonly now: Date;
  /** `pay_01j…`: prefixed, opaque, sorts by time. */
  newId(prefix: string): string;
  newUuid(): string;
}

const crockford = '0123456789abcdefghjkmnpqrstvwxyz';

/** 128 bits as 26 characters that sort as the bits do. */
function base32(bytes: Uint8Array): string {
  let text = '';
  // 26 digits of 5 bits are 130: two zero bits come first.
  let bits = 2;
  let value = 0;
  for (const byte of bytes) {
    value = (value << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += crockford.charAt((value >>> bits) & 31);
      value &= (1 << bits) - 1;
    }
  }
  return text;
}

/** Ids made from this instant on are not below it, those made before are: their first ten characters tell the millisecond. */
export function firstIdAt(prefix: string, at: Date): string {
  const bytes = Buffer.alloc(16);
  bytes.writeUIntBE(at.getTime(), 0, 6);
  return `${prefix}_${base32(bytes)}`;
}

const random = Buffer.alloc(4096);
let randomUsed = random.length;

/** Asking the system for randomness costs more than the rest of an id: it is asked for many at once. */
function takeRandom(count: number): number {
  if (randomUsed + count > random.length) {
    randomFillSync(random);
    randomUsed = 0;
  }
  randomUsed += count;
  return randomUsed - count;
}

const id = Buffer.alloc(16);
let lastMs = 0;
let sequence = 0;

/** UUIDv7 (RFC 9562, method 1): 48 bits of milliseconds, a 26-bit counter that starts anywhere below its half, 48 random bits. */
function nextUuidBytes(now: number): Buffer {
  if (now > lastMs) {
    lastMs = now;
    sequence = random.readUInt32BE(takeRandom(4)) >>> 7;
  } else {
    sequence += 1;
    if (sequence >= 0x4000000) {
      sequence = 0;
      lastMs += 1;
    }
  }
  id.writeUIntBE(lastMs, 0, 6);
  id.writeUInt16BE(0x7000 | (sequence >>> 14), 6);
  id.writeUInt16BE(0x8000 | (sequence & 0x3fff), 8);
  const from = takeRandom(6);
  random.copy(id, 10, from, from + 6);
  return id;
}

function uuidText(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** Ids grow with time, so that rows and index entries of one time lie together. */
export function momentAt(now: Date): Moment {
  const ms = now.getTime();
  return {
    now,
    newId: (prefix) => `${prefix}_${base32(nextUuidBytes(ms))}`,
    newUuid: () => uuidText(nextUuidBytes(ms)),
  };
}
