import http from 'node:http';
import https from 'node:https';
import type { Doubt } from './partner-port.js';
import type { WireAnswer } from './partner-answer.js';
import { waryAgents, type Owner } from './wary-agent.js';

export interface WireRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly body?: unknown;
  readonly timeoutMs: number;
  readonly longestAnswer: number;
  /**
   * Over a connection that is kept for its owner, or a new one. Only an answer that must carry our order's id may come over a kept
   * one: should a partner answer twice, the second answer may arrive in the place of the next one.
   */
  readonly connection: Owner | 'new';
}

export type WireOutcome = { readonly tookMs: number } & (
  | (WireAnswer & {
      /** Ends the connection: what comes over it belongs to others. */
      drop(): void;
    })
  | { readonly doubt: Doubt; readonly text: string }
);

type Ending = WireOutcome extends infer Outcome ? (Outcome extends unknown ? Omit<Outcome, 'tookMs'> : never) : never;

/**
 * One request, sent once. By Node's own client, because it never sends anything again by itself, and tells whether a connection
 * stood: without one, not a byte has left.
 */
export class PartnerConnections {
  private readonly kept = waryAgents();
  private readonly underWay = new Set<http.ClientRequest>();

  send({ method, url, body, timeoutMs, longestAnswer, connection }: WireRequest): Promise<WireOutcome> {
    return new Promise((resolve) => {
      const isSecure = url.startsWith('https:');
      const payload = body === undefined ? undefined : JSON.stringify(body);
      const headers = {
        accept: 'application/json',
        ...(payload !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) }),
      };
      const agent = connection === 'new' ? false : isSecure ? this.kept.secure : this.kept.plain;
      const options = { method, headers, agent, ...(connection !== 'new' && connection) };
      const request = (isSecure ? https : http).request(url, options);
      this.underWay.add(request);
      const startedAt = performance.now();
      let hasConnection = false;
      let text = '';
      const end = (outcome: Ending): void => {
        clearTimeout(timer);
        this.underWay.delete(request);
        resolve({ ...outcome, tookMs: Math.round(performance.now() - startedAt) } as WireOutcome);
      };
      const doubt = (why: Doubt): void => {
        end({ doubt: hasConnection ? why : 'no-connection', text });
        request.destroy();
      };
      const timer = setTimeout(() => doubt('time-out'), timeoutMs);
      request.on('socket', (socket) => {
        if (request.reusedSocket || !socket.connecting) hasConnection = true;
        else socket.once('connect', () => (hasConnection = true));
      });
      request.on('error', () => doubt('connection-lost'));
      request.on('response', (response) => {
        response.setEncoding('utf8');
        response.on('data', (part: string) => {
          text += part;
          if (text.length > longestAnswer) doubt('broken-answer');
        });
        response.on('error', () => doubt('connection-lost'));
        // Not emitted when the answer breaks off: that is an error.
        response.on('end', () => end({ status: response.statusCode ?? 0, text, drop: () => request.socket?.destroy() }));
      });
      request.end(payload);
    });
  }

  close(): void {
    for (const request of this.underWay) request.destroy();
    this.kept.plain.destroy();
    this.kept.secure.destroy();
  }
}
