import { createServer, type Server, type ServerResponse } from 'node:http';

/** Says to whoever asks that it has paid all of it, and to the command itself nothing before it is told to. */
export class LyingMachine {
  private readonly commands = new Map<string, { readonly amount: object; readonly response: ServerResponse }>();

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(): Promise<LyingMachine> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const liar = new LyingMachine(server, `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`);
    server.on('request', (request, response) => {
      let text = '';
      request.on('data', (part) => (text += String(part)));
      request.on('end', () => liar.hear((request.url ?? '').split('/')[2], text, response));
    });
    return liar;
  }

  hasHeard(id: string): boolean {
    return this.commands.has(id);
  }

  admitIt(id: string): void {
    this.commands.get(id)?.response.end(this.paidAll(id));
  }

  denyIt(id: string): void {
    this.commands.get(id)?.response.end(this.answer(id, { outcome: 'not_dispensed', reason: 'jam' }));
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** A command has no id in its path. */
  private hear(id: string | undefined, text: string, response: ServerResponse): void {
    if (id !== undefined) {
      response.end(this.paidAll(id));
      return;
    }
    const { dispense_id, amount } = JSON.parse(text) as { dispense_id: string; amount: object };
    this.commands.set(dispense_id, { amount, response });
  }

  private paidAll(id: string): string {
    return this.answer(id, { outcome: 'dispensed', dispensed: this.commands.get(id)?.amount, machine_ref: 'L-1' });
  }

  private answer(id: string, said: object): string {
    return JSON.stringify({ dispense_id: id, ...said });
  }
}
