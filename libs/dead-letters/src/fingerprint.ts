import { createHash } from 'node:crypto';
import type { Failure } from './failure.js';

/** What differs between two occurrences of one failure: what is quoted, ids of ours, UUIDs, numbers and longer hexadecimal ones. */
const particulars =
  /"[^"]*"?|'[^']*'?|`[^`]*`?|\b[a-z]{2,5}_[0-9a-z]{20,}\b|\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b|\b[0-9a-f]{16,}\b|\d+/gi;

/** `    at decide (file:///…/post-transfer.js:12:3)`: the function and its file, which outlive a release better than the line. */
const frame = /^\s*at (?:async )?(?:(\S+) \()?.*?([^/\\(]+?\.[cm]?[jt]s):\d+/m;

/** 16 hexadecimal digits: the same for the same failure, whatever record, partition or service it befell. */
export function fingerprintOf({ failureClass, errorClass, message, stack }: Failure): string {
  const [, called = '', file = ''] = frame.exec(stack ?? '') ?? [];
  const same = [failureClass, errorClass, message.slice(0, 1_024).replace(particulars, '#'), called, file];
  return createHash('sha256').update(same.join('\0')).digest('hex').slice(0, 16);
}
