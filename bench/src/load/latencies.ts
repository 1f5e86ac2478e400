import { setTimeout as sleep } from 'node:timers/promises';
import { HttpConnection, openConnections } from './http-connection.js';

const CONNECTIONS = 256;

/** One after the other: milliseconds from sending each request to its answer. */
export async function sequentialLatencies(url: string, requests: readonly Buffer[], expected = 200): Promise<number[]> {
  const connection = await HttpConnection.open(url);
  try {
    const latencies: number[] = [];
    for (const request of requests) {
      const sentAt = performance.now();
      const status = await new Promise<number>((resolve, reject) => {
        connection.onFailure(reject);
        connection.send(request, resolve);
      });
      latencies.push(performance.now() - sentAt);
      if (status !== expected) throw unexpected(status, [expected]);
    }
    return latencies;
  } finally {
    connection.close();
  }
}

/**
 * On a fixed schedule, however long the answers take: milliseconds from the moment each request was due. One that could
 * not be sent when it was due, since all connections were taken or we were late ourselves, has been waiting since then.
 */
export async function scheduledLatencies(url: string, requests: readonly Buffer[], perSecond: number, expected = 200): Promise<number[]> {
  return (await scheduledAnswers(url, requests, perSecond, [expected])).map(({ tookMs }) => tookMs);
}

export interface TimedAnswer {
  readonly status: number;
  readonly tookMs: number;
}

/** The same, of requests that may be answered in several ways. */
export async function scheduledAnswers(
  url: string,
  requests: readonly Buffer[],
  perSecond: number,
  expected: readonly number[],
): Promise<TimedAnswer[]> {
  const connections = await openConnections(url, CONNECTIONS);
  // First in, first out: a connection that is opened and then never used is closed by the service, as by any other.
  const free = [...connections];
  const answers: TimedAnswer[] = [];
  try {
    await new Promise<void>((resolve, reject) => {
      let next = 0;
      const fail = (error: Error): void => {
        next = requests.length;
        reject(error);
      };
      for (const connection of connections) connection.onFailure(fail);
      const startedAt = performance.now() + 10;
      const dueAt = (index: number): number => startedAt + (index * 1_000) / perSecond;
      const sendDue = (): void => {
        while (next < requests.length && dueAt(next) <= performance.now()) {
          const request = requests[next];
          if (request === undefined) return;
          const connection = free.shift();
          if (connection === undefined) return;
          const due = dueAt(next);
          next += 1;
          connection.send(request, (status) => {
            answers.push({ status, tookMs: performance.now() - due });
            if (!expected.includes(status)) return fail(unexpected(status, expected));
            free.push(connection);
            if (answers.length === requests.length) resolve();
            else sendDue();
          });
        }
      };
      const keepSending = async (): Promise<void> => {
        while (next < requests.length) {
          sendDue();
          await sleep(1);
        }
      };
      keepSending().catch(fail);
    });
    return answers;
  } finally {
    for (const connection of connections) connection.close();
  }
}

/** A transfer that is waited for and has not ended in time is answered with 202. */
const unexpected = (status: number, expected: readonly number[]): Error =>
  new Error(`answered with ${status} instead of ${expected.join(' or ')}`);
