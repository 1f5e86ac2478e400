import type { DeadLetter } from './dead-letter.js';

/** Dead letters that failed alike, whoever failed: found by their fingerprint. */
export interface FailureGroup {
  readonly fingerprint: string;
  readonly errorClass: string;
  /** Of the newest. */
  readonly errorMessage: string;
  readonly count: number;
  readonly firstSeenAt: Date;
  readonly lastSeenAt: Date;
  readonly version: number;
}

export function withLetter(group: FailureGroup | undefined, letter: DeadLetter): FailureGroup {
  const { fingerprint, errorClass, errorMessage, failedAt } = letter;
  if (!group)
    return { fingerprint, errorClass, errorMessage, count: 1, firstSeenAt: letter.firstFailedAt, lastSeenAt: failedAt, version: 1 };
  const isNewest = failedAt >= group.lastSeenAt;
  return {
    ...group,
    errorMessage: isNewest ? errorMessage : group.errorMessage,
    count: group.count + 1,
    firstSeenAt: letter.firstFailedAt < group.firstSeenAt ? letter.firstFailedAt : group.firstSeenAt,
    lastSeenAt: isNewest ? failedAt : group.lastSeenAt,
    version: group.version + 1,
  };
}
