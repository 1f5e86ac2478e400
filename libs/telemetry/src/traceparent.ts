import { randomFillSync } from 'node:crypto';

/** Where this piece of work belongs: W3C trace context. `spanId` is ours, `parentSpanId` the caller's. */
export interface Trace {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly sampled: boolean;
}

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const NO_TRACE = '0'.repeat(32);
const NO_SPAN = '0'.repeat(16);

/** The caller's trace, or undefined when the header is missing or wrong; wrong is never an error, the work then starts a new trace. */
export function parseTraceparent(header: unknown): Trace | undefined {
  if (typeof header !== 'string' || header.length < 55) return undefined;
  const [, version, traceId = '', spanId = '', flags = '', rest] = TRACEPARENT.exec(header) ?? [];
  if (version === undefined || version === 'ff' || traceId === NO_TRACE || spanId === NO_SPAN) return undefined;
  if (version === '00' && rest !== undefined) return undefined;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

export function newTrace(): Trace {
  return { traceId: randomHex(16), spanId: randomHex(8), sampled: true };
}

/** A step within the same trace. */
export function childOf(parent: Trace): Trace {
  return { traceId: parent.traceId, spanId: randomHex(8), parentSpanId: parent.spanId, sampled: parent.sampled };
}

/** Our place in the caller's trace, or in a new one. */
export function continueTrace(header: unknown): Trace {
  const parent = parseTraceparent(header);
  return parent ? childOf(parent) : newTrace();
}

export function formatTraceparent(trace: Trace): string {
  return `00-${trace.traceId}-${trace.spanId}-${trace.sampled ? '01' : '00'}`;
}

// One call to the system's randomness fills thousands of ids: a few hundred nanoseconds each instead of a few microseconds.
const pool = Buffer.allocUnsafe(16_384);
let used = pool.length;

/** So many random bytes, in hex. For ids that need to be unique, not secret. */
export function randomHex(bytes: number): string {
  if (used + bytes > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const start = used;
  used += bytes;
  return pool.toString('hex', start, used);
}
