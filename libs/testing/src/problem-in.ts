import { PROBLEMS_BASE, type ProblemDocument } from '@falconpay/http/problem';
import { PROBLEM_TYPES, type ProblemType } from '@falconpay/http/problem-types';
import type { HttpReply } from './service-client.js';

/** Words that only come from inside: a stack, a statement, a driver. */
const insideWords =
  /\n\s+at |node_modules|\.[jt]s:\d|\bselect \*|\binsert into\b|duplicate key value|relation "|pg_|ECONN|typeorm|fastify/i;

/** The problem in a reply, which has everything a problem must have; throws with what it lacks. */
export function problemIn(reply: HttpReply): ProblemDocument {
  const problem = (reply.body ?? {}) as ProblemDocument;
  const registered = (PROBLEM_TYPES as Readonly<Record<string, ProblemType>>)[problem.code];
  const faults = [
    reply.headers['content-type'] === 'application/problem+json; charset=utf-8' || 'content-type',
    registered !== undefined || 'code is not registered',
    problem.type === `${PROBLEMS_BASE}/${problem.code}` || 'type',
    problem.title === registered?.title || 'title',
    (problem.status === reply.status && problem.status === registered?.status) || 'status',
    (typeof problem.detail === 'string' && problem.detail !== '') || 'detail',
    problem.instance?.startsWith('/') || 'instance',
    (problem.request_id !== undefined && problem.request_id === reply.headers['x-request-id']) || 'request_id',
    /^[0-9a-f]{32}$/.test(problem.trace_id ?? '') || 'trace_id',
    problem.retryable === registered?.retryable || 'retryable',
    (problem.errors ?? []).every(({ pointer, detail }) => typeof pointer === 'string' && typeof detail === 'string' && detail !== '') ||
      'errors',
    !insideWords.test(reply.text) || 'words from inside',
    reply.headers['x-content-type-options'] === 'nosniff' || 'x-content-type-options',
  ].filter((fault) => fault !== true);
  if (faults.length > 0) throw new Error(`${faults.join(', ')}: wrong in ${reply.status} ${reply.text}`);
  return problem;
}

/** The places that a refusal names. */
export const pointersIn = (reply: HttpReply): string[] => (problemIn(reply).errors ?? []).map(({ pointer }) => pointer);
