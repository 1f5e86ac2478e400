import { randomUUID } from 'node:crypto';
import { Agent, request, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';

/** What came over the wire: to be looked at with matchers, not with types. */
export type Parsed = ReturnType<typeof JSON.parse>;

export interface HttpReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** To the byte. */
  readonly text: string;
  /** The text as JSON; undefined when it is none. */
  readonly body: Parsed;
}

export interface PostOptions {
  /** The Idempotency-Key; a new one when not given, none at all when null. */
  readonly key?: string | null;
  readonly headers?: HeaderLines;
}

/** By name, or line by line: name, value, name, value … (that way a header can come twice). */
export type HeaderLines = Readonly<Record<string, string>> | readonly string[];

/** HTTP to one service, nothing hidden: no retries, no redirects, headers and bodies as given. */
export class ServiceClient {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 64 });

  constructor(readonly url: string) {}

  get(path: string, headers: HeaderLines = {}): Promise<HttpReply> {
    return this.send('GET', path, undefined, headers);
  }

  /** A string or bytes are sent as they are, anything else as JSON. */
  post(path: string, body: unknown, { key = randomUUID(), headers = {} }: PostOptions = {}): Promise<HttpReply> {
    const given = lines(headers);
    const names = new Set(given.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase()));
    const type = names.has('content-type') ? [] : ['content-type', 'application/json'];
    const withKey = key === null || names.has('idempotency-key') ? [] : ['idempotency-key', key];
    const bytes = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    return this.send('POST', path, bytes, [...type, ...withKey, ...given]);
  }

  send(method: string, path: string, body: string | Buffer | undefined, headers: HeaderLines = {}): Promise<HttpReply> {
    const { hostname, port, host } = new URL(this.url);
    const length = body === undefined ? [] : ['content-length', String(Buffer.byteLength(body))];
    return new Promise((resolve, reject) => {
      // Lines given to Node stand for all headers: it adds no Host of its own.
      const outgoing = request(
        { hostname, port, path, method, agent: this.agent, headers: ['host', host, ...length, ...lines(headers)], timeout: 30_000 },
        (incoming) => void replyOf(incoming).then(resolve, reject),
      );
      outgoing.once('error', reject).once('timeout', () => outgoing.destroy(new Error(`no answer to ${method} ${path} within 30 s`)));
      outgoing.end(body);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}

const lines = (headers: HeaderLines): string[] =>
  Array.isArray(headers) ? [...(headers as string[])] : (Object.entries(headers).flat() as string[]);

async function replyOf(incoming: IncomingMessage): Promise<HttpReply> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  return { status: incoming.statusCode ?? 0, headers: incoming.headers, text, body: parsed(text) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
