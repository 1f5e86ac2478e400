import { validationProblem } from './validate-body.js';

export const LONGEST_WAIT_SECONDS = 10;

/** `Prefer: wait=S` (RFC 7240): how long the client would wait for the final state, 0 … 10 s; undefined when it did not ask. */
export function waitSecondsOf(prefer: string | string[] | undefined): number | undefined {
  if (prefer === undefined) return undefined;
  const preferences = (Array.isArray(prefer) ? prefer.join(',') : prefer).split(',').map((preference) => preference.trim());
  const waits = preferences.filter((preference) => /^wait(?![\w-])/i.test(preference));
  if (waits.length === 0) return undefined;
  const seconds = /^wait\s*=\s*(?:(\d{1,2})|"(\d{1,2})")$/i.exec(waits[0] as string);
  const wait = Number.parseInt(seconds?.[1] ?? seconds?.[2] ?? '-1', 10);
  if (waits.length > 1 || wait < 0 || wait > LONGEST_WAIT_SECONDS) {
    throw validationProblem(
      [{ pointer: 'Prefer', detail: `wait must be a whole number of seconds from 0 to ${LONGEST_WAIT_SECONDS}` }],
      'A header is not valid',
    );
  }
  return wait;
}
