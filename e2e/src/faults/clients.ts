import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { HttpReply, ServiceClient } from '@falconpay/testing/service-client';

export interface Order {
  readonly from: string;
  readonly to: string;
  readonly amount: { readonly amount: number; readonly currency: string };
}

/** One answer; `0` stands for none at all, and then `error` is the operating system's name for it. */
export interface Seen {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly error: string | undefined;
}

/** What one client saw of one order: every answer, the last of which accepted it. */
export interface Accepted {
  readonly key: string;
  readonly id: string;
  readonly seen: readonly Seen[];
}

export interface Manner {
  /** What is asked for: transfers, when not given. */
  readonly path?: string;
  readonly key?: string;
  readonly withinMs?: number;
  /** Told of every answer as it comes. */
  readonly onSeen?: (seen: Seen) => void;
}

/** As a good client does: the same request with the same key, until it is answered. */
export async function postUntilAccepted(client: ServiceClient, order: object, manner: Manner = {}): Promise<Accepted> {
  const { path = '/v1/transfers', key = randomUUID(), withinMs = 60_000, onSeen = () => undefined } = manner;
  const seen: Seen[] = [];
  const deadline = Date.now() + withinMs;
  while (Date.now() < deadline) {
    const reply = await client.post(path, order, { key }).catch((error: NodeJS.ErrnoException) => error);
    const answer = seenOf(reply);
    seen.push(answer);
    onSeen(answer);
    if ('status' in reply) {
      if (reply.status === 202) return { key, id: (reply.body as { id: string }).id, seen };
      if (reply.status < 500 && reply.status !== 409) throw new Error(`refused: ${reply.text}`);
    }
    await delay(25);
  }
  throw new Error(
    `not accepted within ${withinMs} ms; the answers were ${seen
      .slice(-20)
      .map(({ status }) => status)
      .join(', ')}`,
  );
}

function seenOf(reply: HttpReply | NodeJS.ErrnoException): Seen {
  if ('status' in reply) return { status: reply.status, retryAfter: reply.headers['retry-after'], error: undefined };
  return { status: 0, retryAfter: undefined, error: reply.code ?? reply.message };
}

/** Clients that post one transfer after the other until they are stopped. */
export class Load {
  readonly accepted: Accepted[] = [];
  /** Every answer, in the order in which they came. */
  readonly seen: Seen[] = [];
  private going = true;
  private readonly clients: Promise<void>[];

  constructor(client: ServiceClient, count: number, nextOrder: () => Order, pauseMs = 20) {
    this.clients = Array.from({ length: count }, async () => {
      while (this.going) {
        this.accepted.push(await postUntilAccepted(client, nextOrder(), { onSeen: (seen) => this.seen.push(seen), withinMs: 180_000 }));
        await delay(pauseMs);
      }
    });
  }

  /** Resolves when every client has its last answer. */
  async stop(): Promise<readonly Accepted[]> {
    this.going = false;
    await Promise.all(this.clients);
    return this.accepted;
  }

  /** The distinct statuses so far, or from the how-manieth answer on. */
  statuses(from = 0): number[] {
    return [...new Set(this.seen.slice(from).map(({ status }) => status))].sort((a, b) => a - b);
  }
}
