import { QueryRunnerAlreadyReleasedError } from 'typeorm';

/** The database cannot be used right now; nothing is known to be wrong with the work itself. */
export class DatabaseUnavailable extends Error {
  constructor(cause: unknown) {
    super('the database is not available', { cause });
    this.name = 'DatabaseUnavailable';
  }
}

/** Another transaction won a race; the same work done again sees its result. */
export class LostRace extends Error {
  constructor(what: string) {
    super(`another transaction was first: ${what}`);
    this.name = 'LostRace';
  }
}

const serializationFailure = '40001';
const deadlockDetected = '40P01';
const uniqueViolation = '23505';
const sessionGone = new Set(['57P01', '57P02', '57P03', '57P05', '25P03', '25P04']);
const socketErrors = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH']);

/** SQLSTATE, or the operating system's name of a socket error; '' for anything else. */
export function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}

/** Worth doing again at once: the other transaction is over, or will be. */
export const isRace = (error: unknown): boolean =>
  error instanceof LostRace || [serializationFailure, deadlockDetected, uniqueViolation].includes(codeOf(error));

/** Connection, resources or the server itself: classes 08 and 53, a session ended by the server, a socket error. */
export function isUnavailable(error: unknown): boolean {
  if (error instanceof DatabaseUnavailable) return true;
  const code = codeOf(error);
  if (code.startsWith('08') || code.startsWith('53') || code.startsWith('58') || sessionGone.has(code) || socketErrors.has(code))
    return true;
  // TypeORM takes a session that broke between two statements from its runner, and then says only that the runner is released.
  if (error instanceof QueryRunnerAlreadyReleasedError) return true;
  const message = error instanceof Error ? error.message : '';
  // node-postgres reports these without a code.
  return /Connection terminated|timeout exceeded when trying to connect|Query read timeout|not queryable|Client was closed|connection error/i.test(
    message,
  );
}
