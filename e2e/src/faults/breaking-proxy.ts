import { connect, createServer, type Server, type Socket } from 'node:net';

export type Break = 'after the commit' | 'before the commit';

/** Stands in front of Postgres and, when told to, breaks a connection in the very moment it commits. */
export class BreakingProxy {
  private next: Break | undefined;
  private readonly sockets = new Set<Socket>();
  /** How often it broke one. */
  broken = 0;

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  static async start(postgresUrl: string): Promise<BreakingProxy> {
    const { hostname, port } = new URL(postgresUrl);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const proxy = new BreakingProxy(server, typeof address === 'object' && address !== null ? address.port : 0);
    server.on('connection', (client) => proxy.join(client, connect(Number(port), hostname)));
    return proxy;
  }

  /** The same database, by way of here. */
  urlOf(databaseUrl: string): string {
    const url = new URL(databaseUrl);
    url.hostname = '127.0.0.1';
    url.port = String(this.port);
    return url.href;
  }

  /** The next COMMIT is done and its answer lost, or is lost itself. */
  breakNextCommit(how: Break): void {
    this.next = how;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(client: Socket, postgres: Socket): void {
    let awaited = false;
    const end = (): void => {
      client.destroy();
      postgres.destroy();
    };
    for (const socket of [client, postgres]) {
      this.sockets.add(socket);
      socket.setNoDelay(true);
      socket.once('error', end).once('close', () => {
        this.sockets.delete(socket);
        end();
      });
    }
    const reset = (): void => {
      this.broken += 1;
      client.resetAndDestroy();
    };
    client.on('data', (bytes) => {
      if (this.next !== undefined && isCommit(bytes)) {
        const how = this.next;
        this.next = undefined;
        if (how === 'before the commit') return reset();
        awaited = true;
      }
      postgres.write(bytes);
    });
    postgres.on('data', (bytes) => {
      if (!awaited) return void client.write(bytes);
      // CommandComplete of the COMMIT: it is done, and nobody will be told.
      if (bytes.includes('COMMIT\0')) reset();
      else client.write(bytes);
    });
  }
}

/** A simple query, alone or at the end of what was sent with it. */
const isCommit = (bytes: Buffer): boolean => bytes.includes('COMMIT\0');
