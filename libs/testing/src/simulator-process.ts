import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '@falconpay/local/ports';
import { entryFileOf } from '@falconpay/local/services';
import { eventually } from './eventually.js';

const PORT_OFFSET = 9;

/** A line of a partner's journal, with the names its protocol gives id and ref; the closing line has none of these. */
export type JournalLine = Readonly<Record<string, unknown>> & { readonly seq?: number; readonly event?: string; readonly amount?: number };
export interface Journal {
  readonly lines: readonly JournalLine[];
  readonly closing: Readonly<Record<string, unknown>>;
}

/** The compiled simulator as a process of its own, with a folder and a port of its own; it can be killed and started again. */
export class SimulatorProcess {
  private child: ChildProcess | undefined;

  private constructor(
    private readonly home: string,
    private readonly port: number,
  ) {}

  static async start(): Promise<SimulatorProcess> {
    const home = await mkdtemp(join(process.env['FALCONPAY_TEST_FOLDER'] ?? tmpdir(), 'simulator-'));
    const [port = 0] = await freePorts(1);
    const simulator = new SimulatorProcess(home, port);
    await simulator.launch();
    return simulator;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Where the protocol of a partner begins: `atms/A`, `banks/B`. */
  partnerUrl(partner: string): string {
    return `${this.url}/v1/${partner}`;
  }

  async behave(partner: string, behaviour: Readonly<Record<string, unknown>>): Promise<void> {
    const answer = await this.put(`${partner}/behaviour`, behaviour);
    if (!answer.ok) throw new Error(`behaviour was answered with ${answer.status}: ${await answer.text()}`);
  }

  put(path: string, body: unknown): Promise<Response> {
    return fetch(`${this.url}/v1/${path}`, { method: 'PUT', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  }

  async journal(partner: string): Promise<Journal> {
    const text = await (await fetch(`${this.url}/v1/${partner}/journal`)).text();
    const all = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as JournalLine);
    return { lines: all.slice(0, -1), closing: all.at(-1) ?? {} };
  }

  /** Everything it has on disk. */
  keptText(): Promise<string> {
    return readFile(join(this.home, 'simulator', 'journal.jsonl'), 'utf8');
  }

  /** As an accident would; what it was doing is lost, what it has answered is not. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  async launch(): Promise<void> {
    this.child = spawn(
      process.execPath,
      ['--enable-source-maps', entryFileOf({ name: 'simulator', portOffset: PORT_OFFSET, entry: 'apps/simulator/dist/main.js' })],
      {
        env: {
          ...process.env,
          NODE_OPTIONS: '',
          FALCONPAY_HOME: this.home,
          FALCONPAY_PORT_BASE: String(this.port - PORT_OFFSET),
          LOG_LEVEL: 'warn',
        },
        // With its parent it ends too: its side of the channel closes.
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      },
    );
    await eventually('the simulator answers', async () => (await fetch(`${this.url}/health/ready`)).ok);
  }

  async stop(): Promise<void> {
    await this.end('SIGTERM');
    await rm(this.home, { recursive: true, force: true });
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const { child } = this;
    this.child = undefined;
    if (child === undefined || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await ended;
  }
}
