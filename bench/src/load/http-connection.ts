import { connect, type Socket } from 'node:net';

export type Answered = (status: number) => void;

const HEAD_END = Buffer.from('\r\n\r\n');

/**
 * One keep-alive connection that carries one request at a time. What the load costs is taken from the system under test,
 * which shares the machine with it: so requests are ready-made buffers, and of an answer only its status and length are read.
 */
export class HttpConnection {
  private answered: Answered | undefined;
  private failed: (error: Error) => void = () => undefined;
  private rest: Buffer | undefined;
  private bodyLeft = 0;
  private status = 0;

  private constructor(private readonly socket: Socket) {
    socket.setNoDelay(true);
    socket.on('data', (chunk) => this.take(chunk));
    socket.on('error', (error) => this.failed(error));
    socket.on('close', () => this.failed(new Error('the service closed the connection')));
  }

  static open(url: string): Promise<HttpConnection> {
    const { hostname, port } = new URL(url);
    return new Promise((resolve, reject) => {
      const socket = connect(Number(port), hostname);
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new HttpConnection(socket));
      });
    });
  }

  /** Called when the connection breaks; an error while nothing is under way counts too. */
  onFailure(failed: (error: Error) => void): void {
    this.failed = failed;
  }

  send(request: Buffer, answered: Answered): void {
    this.answered = answered;
    this.socket.write(request);
  }

  close(): void {
    this.failed = () => undefined;
    this.socket.destroy();
  }

  private take(chunk: Buffer): void {
    if (this.bodyLeft > 0) {
      this.bodyLeft -= chunk.length;
      if (this.bodyLeft === 0) this.finish();
      return;
    }
    const received = this.rest === undefined ? chunk : Buffer.concat([this.rest, chunk]);
    const headEnd = received.indexOf(HEAD_END);
    if (headEnd < 0) {
      this.rest = received;
      return;
    }
    this.rest = undefined;
    const head = received.toString('latin1', 0, headEnd);
    const length = /content-length: *(\d+)/i.exec(head)?.[1];
    if (length === undefined) {
      this.failed(new Error(`an answer without content-length: ${head}`));
      return;
    }
    this.status = Number(head.slice(9, 12));
    this.bodyLeft = Number(length) - (received.length - headEnd - HEAD_END.length);
    if (this.bodyLeft < 0) this.failed(new Error('an answer longer than it says'));
    else if (this.bodyLeft === 0) this.finish();
  }

  private finish(): void {
    const { answered } = this;
    if (answered === undefined) return this.failed(new Error(`an answer that nobody asked for, with ${this.status}`));
    this.answered = undefined;
    answered(this.status);
  }
}

export function openConnections(url: string, count: number): Promise<HttpConnection[]> {
  return Promise.all(Array.from({ length: count }, () => HttpConnection.open(url)));
}
