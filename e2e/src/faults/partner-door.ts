import { connect, createServer, type Server, type Socket } from 'node:net';

/**
 * Stands in front of the simulator, counts the commands that come by, and keeps their answers back when it is told to. A partner
 * forgives a second command under the same id, so its journal would not show it; that one is sent at most once is promised all the same.
 */
export class PartnerDoor {
  private readonly commands = new Map<string, number>();
  private readonly sockets = new Set<Socket>();
  /** Connections over which something was asked that has not been answered. */
  private readonly waiting = new Set<Socket>();
  /** Connections whose partner's word is kept back, while that is asked for. */
  private kept: Set<Socket> | undefined;
  /** So many connections waited for an answer at once, at most. */
  mostAtOnce = 0;

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(simulatorUrl: string): Promise<PartnerDoor> {
    const { hostname, port } = new URL(simulatorUrl);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (typeof address !== 'object' || address === null) throw new Error('the door has no address');
    const door = new PartnerDoor(server, `http://127.0.0.1:${address.port}`);
    server.on('connection', (client) => door.join(client, connect(Number(port), hostname)));
    return door;
  }

  /** Of one command, how often it was sent. */
  sent(id: string): number {
    return this.commands.get(id) ?? 0;
  }

  /** Nobody waits for a partner's answer. */
  get isQuiet(): boolean {
    return this.waiting.size === 0;
  }

  /** One line for each command that was sent again. */
  get sentAgain(): string[] {
    return [...this.commands].flatMap(([id, times]) => (times > 1 ? [`the command for ${id} was sent ${times} times`] : []));
  }

  /** From now on no answer to a command comes through … */
  keepAnswers(): void {
    this.kept = new Set();
  }

  /** … until they all may. */
  letAnswersGo(): void {
    for (const partner of this.kept ?? []) partner.resume();
    this.kept = undefined;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(client: Socket, partner: Socket): void {
    for (const [socket, other] of [
      [client, partner],
      [partner, client],
    ] as const) {
      this.sockets.add(socket);
      socket.setNoDelay(true);
      socket
        .once('error', () => other.destroy())
        .once('close', () => {
          this.sockets.delete(socket);
          this.waiting.delete(client);
          other.destroy();
        });
      socket.on('data', (bytes) => void other.write(bytes));
    }
    client.on('data', (bytes) => {
      this.waiting.add(client);
      this.mostAtOnce = Math.max(this.mostAtOnce, this.waiting.size);
      if (this.count(bytes)) this.kept?.add(partner.pause());
    });
    partner.on('data', () => this.waiting.delete(client));
  }

  /** A command and its head come in one piece: the gateway's client sends them so. A reversal begins with a reference of its own. */
  private count(bytes: Buffer): boolean {
    const [, id] = /\{"(?:dispense|credit|cashout)_id":"([^"]+)"/.exec(bytes.toString('latin1')) ?? [];
    if (id !== undefined) this.commands.set(id, (this.commands.get(id) ?? 0) + 1);
    return id !== undefined;
  }
}
