import http from 'node:http';
import https from 'node:https';
import type { Duplex } from 'node:stream';

/** Shorter than what servers usually wait, so that a command is not sent into a connection that is just being closed. */
const IDLE_MS = 4_000;
/** As many as one partner is sent at a time, and more: many machines may stand behind one address. */
const IDLE_PER_ADDRESS = 256;
const KEPT = { keepAlive: true, maxFreeSockets: IDLE_PER_ADDRESS, timeout: IDLE_MS, scheduling: 'lifo' } as const;

/** As Node has them; its declarations leave out that the answer decides. */
interface Keeper {
  keepSocketAlive(socket: Duplex): boolean;
  reuseSocket(socket: Duplex, request: http.ClientRequest): void;
}

/**
 * Keeps connections, but none that speaks unasked: Node would take what a partner says after its answer for the answer to the
 * next request on that connection, which is about another order.
 */
export function waryAgents(): { readonly plain: http.Agent; readonly secure: https.Agent } {
  return { plain: wary(new http.Agent(KEPT)), secure: wary(new https.Agent(KEPT)) };
}

function wary<Agent extends http.Agent>(agent: Agent): Agent {
  const keeper = agent as unknown as Keeper;
  const { keepSocketAlive, reuseSocket } = keeper;
  keeper.keepSocketAlive = (socket) => {
    if (!keepSocketAlive.call(agent, socket)) return false;
    socket.on('data', hangUp);
    return true;
  };
  keeper.reuseSocket = (socket, request) => {
    socket.off('data', hangUp);
    reuseSocket.call(agent, socket, request);
  };
  return agent;
}

function hangUp(this: Duplex): void {
  this.destroy();
}
