import { openConnections } from './http-connection.js';

/** Each connection sends its next request when its last one was answered. Resolves when all are answered as expected. */
export async function runClosedLoop(
  url: string,
  connectionCount: number,
  requests: readonly Buffer[],
  status: number,
  onAnswer: () => void = () => undefined,
): Promise<void> {
  const connections = await openConnections(url, Math.min(connectionCount, requests.length));
  try {
    await new Promise<void>((resolve, reject) => {
      let next = 0;
      let answers = 0;
      for (const connection of connections) {
        const sendNext = (): void => {
          const request = requests[next];
          if (request === undefined) return;
          next += 1;
          connection.send(request, answered);
        };
        const answered = (actual: number): void => {
          if (actual !== status) return reject(new Error(`answered with ${actual} instead of ${status}`));
          answers += 1;
          onAnswer();
          if (answers === requests.length) return resolve();
          sendNext();
        };
        connection.onFailure(reject);
        sendNext();
      }
    });
  } finally {
    for (const connection of connections) connection.close();
  }
}
