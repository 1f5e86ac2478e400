import http from 'node:http';
import https from 'node:https';
import type { Duplex } from 'node:stream';

/** Shorter than what servers usually wait, so that a command is not sent into a connection that is just being closed. */
const IDLE_MS = 4_000;
/** As many as one partner is sent at a time, and more. */
const IDLE_PER_PARTNER = 256;
/** In turn, the other order than Node's usual one: by that it hands out a connection that has been destroyed and is not closed yet. */
const KEPT = { keepAlive: true, maxFreeSockets: IDLE_PER_PARTNER, timeout: IDLE_MS, scheduling: 'fifo' } as const;

/** What tells whose connection it is, beside the address. */
export interface Owner {
  readonly owner: string;
}

/** As Node has them; its declarations leave out that the answer decides. */
interface Keeper {
  getName(options?: Partial<Owner>): string;
  keepSocketAlive(socket: Duplex): boolean;
  reuseSocket(socket: Duplex, request: http.ClientRequest): void;
}

/**
 * Keeps connections, each for its owner: what one partner does to a connection is nothing to another behind the same address.
 * Keeps none that speaks unasked: Node would take what a partner says after its answer for the answer to the next request on that
 * connection, which is about another order. And none that the other side has ended.
 */
export function waryAgents(): { readonly plain: http.Agent; readonly secure: https.Agent } {
  return { plain: wary(new http.Agent(KEPT)), secure: wary(new https.Agent(KEPT)) };
}

function wary<Agent extends http.Agent>(agent: Agent): Agent {
  const keeper = agent as unknown as Keeper;
  const { getName, keepSocketAlive, reuseSocket } = keeper;
  keeper.getName = (options) => `${getName.call(agent, options)}:${options?.owner ?? ''}`;
  keeper.keepSocketAlive = (socket) => {
    if (!keepSocketAlive.call(agent, socket)) return false;
    socket.on('data', hangUp).on('end', hangUp);
    return true;
  };
  keeper.reuseSocket = (socket, request) => {
    socket.off('data', hangUp).off('end', hangUp);
    reuseSocket.call(agent, socket, request);
  };
  return agent;
}

function hangUp(this: Duplex): void {
  this.destroy();
}
