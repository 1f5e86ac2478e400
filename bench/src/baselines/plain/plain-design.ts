import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { endProcess } from '@falconpay/local/processes';
import { Kafka, logLevel } from 'kafkajs';
import pg from 'pg';
import { singleRequests, uniform } from '../../load/transfer-requests.js';
import { TRANSFERS, type TransferLoad } from '../../load/transfer-load.js';
import { createDatabase } from '../../system/databases.js';
import type { BenchSystem } from '../../system/bench-system.js';
import { PLAIN_TOPICS } from './plain-service.js';

const CONNECTIONS = 64;
const ACCOUNTS = 1_000;
const FUNDS = 1_000_000_000;
/** What our own topics have by default. */
const PARTITIONS = 6;
/** Beside our own services' offsets and below Postgres. */
const PORT_OFFSET = 20;
const START_WITHIN_MS = 60_000;

/**
 * The same saga as it is usually written, in two processes of its own, on the same Postgres and Kafka as ours. It runs only
 * in its own turns: even idle, it would take a share of the processor from the others.
 */
export class PlainDesign {
  private children: Readonly<Record<string, ChildProcess>> = {};

  private constructor(
    private readonly system: BenchSystem,
    private readonly port: number,
    private readonly accounts: readonly string[],
    private readonly payment: pg.Client,
    private readonly wallet: pg.Client,
  ) {}

  /** Databases, topics and accounts; it does not run when this returns. */
  static async prepare(system: BenchSystem): Promise<PlainDesign> {
    await Promise.all([
      createDatabase(system, 'plain_payment'),
      createDatabase(system, 'plain_wallet'),
      createTopics(system.local.brokers),
    ]);
    const [payment, wallet] = ['plain_payment', 'plain_wallet'].map(
      (name) => new pg.Client({ connectionString: system.adminUrl(name) }),
    ) as [pg.Client, pg.Client];
    await Promise.all([payment.connect(), wallet.connect()]);
    const accounts = Array.from({ length: ACCOUNTS }, (_, index) => `account-${index}`);
    const plain = new PlainDesign(system, Number(new URL(system.url('payment')).port) + PORT_OFFSET, accounts, payment, wallet);
    // The services make their tables themselves.
    await plain.start();
    await wallet.query(`insert into accounts (id, currency, balance) select unnest($1::text[]), 'USD', $2`, [accounts, FUNDS]);
    await plain.stop();
    return plain;
  }

  async start(): Promise<void> {
    const [payment, wallet] = await Promise.all([
      startService(this.system, 'payment', this.port),
      startService(this.system, 'wallet', this.port),
    ]);
    this.children = { payment, wallet };
  }

  async stop(): Promise<void> {
    await Promise.all(Object.values(this.children).map((child) => end(child, this.system)));
    this.children = {};
  }

  async close(): Promise<void> {
    await this.stop();
    await Promise.all([this.payment, this.wallet].map((client) => client.end().catch(() => undefined)));
  }

  /** Of those that run. */
  get pids(): Record<string, number> {
    return Object.fromEntries(Object.entries(this.children).map(([name, { pid }]) => [`plain ${name}`, pid ?? 0]));
  }

  single(transfers: number): TransferLoad {
    const url = `http://127.0.0.1:${this.port}`;
    const requests = singleRequests({ url, path: '/v1/transfers' }, this.accounts, transfers, uniform);
    const followed = { ...TRANSFERS, openSql: `select from transfers where status = 'PENDING' limit 1` };
    return { url, connections: CONNECTIONS, status: 202, requests, transfers, database: this.payment, followed };
  }

  async checkBooks(): Promise<void> {
    const { rows } = await this.wallet.query<{ entries: number; total: string; balances: string }>(
      `select (select count(*)::int from entries) as entries, (select coalesce(sum(amount), 0) from entries) as total,
        (select sum(balance) from accounts) as balances`,
    );
    const { rows: completed } = await this.payment.query<{ count: number }>(
      `select count(*)::int as count from transfers where status = 'COMPLETED'`,
    );
    const [books] = rows;
    const expectedEntries = 2 * (completed[0]?.count ?? 0);
    if (books?.entries !== expectedEntries || Number(books.total) !== 0 || Number(books.balances) !== ACCOUNTS * FUNDS) {
      throw new Error(`the plain design's books are wrong: ${JSON.stringify({ ...books, expectedEntries })}`);
    }
  }
}

async function createTopics(brokers: string): Promise<void> {
  const admin = new Kafka({ clientId: 'bench', brokers: [brokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  await admin.createTopics({
    waitForLeaders: true,
    topics: Object.values(PLAIN_TOPICS).map((topic) => ({ topic, numPartitions: PARTITIONS })),
  });
  await admin.disconnect();
}

async function startService(system: BenchSystem, service: 'payment' | 'wallet', port: number): Promise<ChildProcess> {
  const entry = fileURLToPath(new URL(`./plain-${service}.js`, import.meta.url));
  const child = spawn(process.execPath, [entry], {
    env: { ...process.env, DATABASE_URL: system.adminUrl(`plain_${service}`), KAFKA_BROKERS: system.local.brokers, PORT: String(port) },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    detached: true,
  });
  if (child.pid !== undefined) system.guardian.watch(child.pid, 'TERM');
  let complaints = '';
  child.stderr?.on('data', (chunk: Buffer) => (complaints = (complaints + chunk.toString()).slice(-4_000)));
  await new Promise<void>((resolve, reject) => {
    const tooLate = setTimeout(() => reject(new Error(`the plain ${service} does not start: ${complaints}`)), START_WITHIN_MS);
    child.once('message', () => {
      clearTimeout(tooLate);
      resolve();
    });
    child.once('error', reject);
    child.once('exit', (code) => {
      clearTimeout(tooLate);
      reject(new Error(`the plain ${service} ended with ${code}: ${complaints}`));
    });
  });
  return child;
}

async function end(child: ChildProcess, system: BenchSystem): Promise<void> {
  if (child.pid === undefined) return;
  await endProcess(child.pid, 'SIGTERM', 3_000);
  system.guardian.forget(child.pid);
}
