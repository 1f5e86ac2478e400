import { setTimeout as sleep } from 'node:timers/promises';
import { HttpConnection, openConnections } from './http-connection.js';

const CONNECTIONS = 256;

/** One after the other: milliseconds from sending each request to its answer. */
export async function sequentialLatencies(url: string, requests: readonly Buffer[]): Promise<number[]> {
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
      expectEnded(status);
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
export async function scheduledLatencies(url: string, requests: readonly Buffer[], perSecond: number): Promise<number[]> {
  const connections = await openConnections(url, CONNECTIONS);
  const free = [...connections];
  const latencies: number[] = [];
  try {
    await new Promise<void>((resolve, reject) => {
      for (const connection of connections) connection.onFailure(reject);
      const startedAt = performance.now() + 10;
      const dueAt = (index: number): number => startedAt + (index * 1_000) / perSecond;
      let next = 0;
      const sendDue = (): void => {
        while (next < requests.length && dueAt(next) <= performance.now()) {
          const connection = free.pop();
          const request = requests[next];
          if (connection === undefined || request === undefined) return;
          const due = dueAt(next);
          next += 1;
          connection.send(request, (status) => {
            latencies.push(performance.now() - due);
            if (status !== 200) return reject(new Error(`answered with ${status}: it had not ended in time`));
            free.push(connection);
            if (latencies.length === requests.length) resolve();
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
      keepSending().catch(reject);
    });
    return latencies;
  } finally {
    for (const connection of connections) connection.close();
  }
}

function expectEnded(status: number): void {
  if (status !== 200) throw new Error(`answered with ${status}: the transfer had not ended in time`);
}
