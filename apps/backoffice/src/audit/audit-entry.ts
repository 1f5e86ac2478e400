import { createHash } from 'node:crypto';

/** What somebody did, for ever: the hash covers all of it and the entry before, so that none can be changed or taken out unseen. */
export interface AuditEntry {
  readonly number: number;
  readonly at: Date;
  readonly who: string;
  readonly action: string;
  /** The id of what it was done to. */
  readonly subject: string;
  /** JSON, kept as text: it is hashed as it stands. */
  readonly before: string | undefined;
  readonly after: string | undefined;
  readonly reason: string | undefined;
  readonly hash: string;
}

/** The last entry of the chain. Whoever adds one locks it: there is one order of actions. */
export interface AuditHead {
  readonly number: number;
  readonly hash: string;
}

export const auditChain = 'chain';

export interface Action {
  readonly who: string;
  readonly action: string;
  readonly subject: string;
  readonly before?: object | undefined;
  readonly after?: object | undefined;
  readonly reason?: string | undefined;
}

/** The rows that keep an action, to be put with what it changes. The use case needs `auditHead: [auditChain]`. */
export function audited(head: AuditHead | undefined, now: Date, ...actions: readonly Action[]) {
  const entries: AuditEntry[] = [];
  let last = head ?? { number: 0, hash: '' };
  for (const { before, after, ...action } of actions) {
    const unsealed = {
      ...{ number: last.number + 1, at: now, who: action.who, action: action.action, subject: action.subject, reason: action.reason },
      ...{ before: before && JSON.stringify(before), after: after && JSON.stringify(after) },
    };
    const entry = { ...unsealed, hash: hashOf(unsealed, last.hash) };
    entries.push(entry);
    last = { number: entry.number, hash: entry.hash };
  }
  return { auditHead: [last], auditEntries: entries };
}

function hashOf(entry: Omit<AuditEntry, 'hash'>, previousHash: string): string {
  const { number, at, who, action, subject, before, after, reason } = entry;
  const content = [number, at.toISOString(), who, action, subject, before ?? null, after ?? null, reason ?? null, previousHash];
  return createHash('sha256').update(JSON.stringify(content)).digest('hex');
}

/** What is wrong with an entry that follows this one; undefined when it is as it was written. */
export function faultOf(entry: AuditEntry, previous: AuditHead): string | undefined {
  if (entry.number !== previous.number + 1) return `entry ${previous.number + 1} is missing`;
  return hashOf(entry, previous.hash) === entry.hash ? undefined : `entry ${entry.number} is not as it was written`;
}
