import { randomUUID } from 'node:crypto';

export interface RequestTarget {
  readonly url: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Bodies are ASCII, so characters are bytes. */
export function postRequest(target: RequestTarget, body: string): Buffer {
  const headers = { 'content-type': 'application/json', 'idempotency-key': randomUUID(), 'content-length': String(body.length) };
  return request('POST', target, headers, body);
}

export const getRequest = (target: RequestTarget): Buffer => request('GET', target, {}, '');

function request(method: string, { url, path, headers }: RequestTarget, own: Readonly<Record<string, string>>, body: string): Buffer {
  const lines = Object.entries({ host: new URL(url).host, ...own, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`, 'latin1');
}

export const anyOf = (count: number): number => Math.floor(Math.random() * count);

export function elementAt(list: readonly string[], index: number): string {
  const element = list[index];
  if (element === undefined) throw new Error(`there is no number ${index} in a list of ${list.length}`);
  return element;
}

export const oneOf = (list: readonly string[]): string => elementAt(list, anyOf(list.length));
