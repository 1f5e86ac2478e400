import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Message } from 'kafkajs';
import pg from 'pg';
import { LocalSystem } from '@falconpay/local/local-system';
import { isPortFree } from '@falconpay/local/ports';
import { databaseVariableOf, MONEY_SERVICES, SERVICES, servicesIn } from '@falconpay/local/services';
import { eventually, type Patience } from './eventually.js';
import { createDatabase, type TestDatabase } from './infrastructure.js';
import { ServiceClient, type PostOptions } from './service-client.js';
import { SystemTopics, type SeenRecord } from './system-topics.js';

export interface SystemOptions {
  /** Part of the names of its databases and topics: lower case letters. */
  readonly name: string;
  /** For every service, over what a test system has by itself. */
  readonly env?: Readonly<Record<string, string>>;
  /** Their names; those that money goes through when not given. */
  readonly services?: readonly string[];
  /** Where the compiled services are, when not in the repository. */
  readonly root?: string;
}

/** Starts the real, compiled services against the run's Postgres and Kafka, with databases and topics of their own. */
export async function startSystem({ name, env = {}, services, root }: SystemOptions): Promise<RunningSystem> {
  const brokers = process.env['FALCONPAY_TEST_KAFKA_BROKERS'];
  if (brokers === undefined) throw new Error('there is no test Kafka: run the tests with "npm test"');
  const table = services ? SERVICES.filter(({ name }) => services.includes(name)) : MONEY_SERVICES;
  const topics = new SystemTopics(brokers, `${name}-${randomBytes(4).toString('hex')}.`);
  const databases = new Map<string, TestDatabase>();
  for (const service of table)
    if (service.database !== undefined) databases.set(service.name, await createDatabase(`${name}_${service.database}`));
  const urls = table.flatMap((service) => {
    const database = databases.get(service.name);
    return database === undefined ? [] : [[databaseVariableOf(service), database.url]];
  });
  const home = await mkdtemp(join(process.env['FALCONPAY_TEST_FOLDER'] ?? tmpdir(), `${name}-`));
  const log: string[] = [];
  const local = await LocalSystem.start({
    home,
    portBase: await freePortBase(table.map(({ portOffset }) => portOffset)),
    services: servicesIn(root, table),
    log: (line) => void log.push(line),
    env: {
      // Options for Jest are none for the services.
      NODE_OPTIONS: '',
      LOG_LEVEL: 'warn',
      ...env,
      KAFKA_BROKERS: brokers,
      KAFKA_PREFIX: topics.prefix,
      ...(Object.fromEntries(urls) as Record<string, string>),
    },
  }).catch((error: Error) => {
    throw new Error(`${error.message}\n${log.slice(-30).join('\n')}`, { cause: error });
  });
  const system = new RunningSystem(local, topics, databases, log);
  await system.listens();
  return system;
}

/** Below the ports that the operating system gives to clients. */
async function freePortBase(offsets: readonly number[]): Promise<number> {
  for (;;) {
    const base = 12_000 + 10 * Math.floor(Math.random() * 700);
    const free = await Promise.all(offsets.map((offset) => isPortFree(base + offset)));
    if (free.every(Boolean)) return base;
  }
}

/** Money arrives as bigint, as in the services. */
const types = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === pg.types.builtins.INT8 ? (text: string) => BigInt(text) : (pg.types.getTypeParser(oid, format) as (text: string) => unknown),
};

/** A system under test: its services over HTTP, its databases and its topics from behind. */
export class RunningSystem {
  private readonly clients = new Map<string, ServiceClient>();
  private readonly pools = new Map<string, pg.Pool>();

  constructor(
    readonly local: LocalSystem,
    readonly topics: SystemTopics,
    private readonly databases: ReadonlyMap<string, TestDatabase>,
    /** What supervisor and services said. */
    readonly log: readonly string[],
  ) {}

  get payment(): ServiceClient {
    return this.client('payment');
  }

  get wallet(): ServiceClient {
    return this.client('wallet');
  }

  get gateway(): ServiceClient {
    return this.client('atm-gateway');
  }

  get backoffice(): ServiceClient {
    return this.client('backoffice');
  }

  client(service: string): ServiceClient {
    const url = this.local.urls[service];
    if (url === undefined) throw new Error(`there is no ${service} in this system`);
    const client = this.clients.get(service) ?? new ServiceClient(url);
    this.clients.set(service, client);
    return client;
  }

  /** A new account that has this much, paid in at the counter. */
  async account(currency = 'USD', balance = 0): Promise<TestAccount> {
    const opened = await this.wallet.post('/v1/accounts', { owner: 'Test', currency });
    if (opened.status !== 201) throw new Error(`the account was not opened: ${opened.text}`);
    const account = opened.body as TestAccount;
    if (balance > 0) {
      const paid = await this.wallet.post(`/v1/accounts/${account.id}/deposits`, { amount: { amount: balance, currency } });
      if (paid.status !== 201) throw new Error(`the deposit was not taken: ${paid.text}`);
    }
    return account;
  }

  async balance(account: string): Promise<number> {
    const reply = await this.wallet.get(`/v1/accounts/${account}/balance`);
    if (reply.status !== 200) throw new Error(`no balance of ${account}: ${reply.text}`);
    return (reply.body as { available: number }).available;
  }

  /** Asks for a transfer and waits until it has ended, either way. */
  async transfer(from: string, to: string, amount: number, currency = 'USD', options: PostOptions = {}): Promise<TestTransfer> {
    const accepted = await this.payment.post('/v1/transfers', { from, to, amount: { amount, currency } }, options);
    if (accepted.status !== 202) throw new Error(`the transfer was not accepted: ${accepted.text}`);
    return this.ended((accepted.body as { id: string }).id);
  }

  /** The transfer once it is no longer PENDING. */
  ended(id: string, patience: Patience = {}): Promise<TestTransfer> {
    return this.eventually(
      `transfer ${id} ends`,
      async () => {
        const reply = await this.payment.get(`/v1/transfers/${id}`);
        const transfer = reply.body as TestTransfer;
        return reply.status === 200 && transfer.status !== 'PENDING' ? transfer : undefined;
      },
      patience,
    );
  }

  /** Every transfer has ended. */
  async settled(patience: Patience = {}): Promise<void> {
    const pending = () => this.sql('payment', `select 1 from open_transfers limit 1`);
    await this.eventually('no transfer is PENDING', async () => (await pending()).length === 0, { everyMs: 50, ...patience });
  }

  /** See `eventually`; what the services said last is told when time is up. */
  async eventually<Seen>(what: string, look: () => Seen | Promise<Seen>, patience: Patience = {}) {
    const saidBefore = this.log.length;
    return eventually(what, look, patience).catch((error: Error) => {
      const said = this.log.slice(saidBefore).slice(-20);
      throw new Error(said.length === 0 ? error.message : `${error.message}\n${said.join('\n')}`);
    });
  }

  /** In the service's database, as the service's login. */
  async sql<Row extends object>(service: string, text: string, values: readonly unknown[] = []): Promise<Row[]> {
    const pool = this.pools.get(service) ?? this.open(service);
    return (await pool.query<Row>(text, values as unknown[])).rows;
  }

  /** Does the work while a transaction holds what the statement locks, and lets go when it is done. */
  async whileHolding<Result>(service: string, lock: string, work: () => Promise<Result>): Promise<Result> {
    const client = await (this.pools.get(service) ?? this.open(service)).connect();
    try {
      await client.query('begin');
      await client.query(lock);
      return await work();
    } finally {
      await client.query('commit');
      client.release();
    }
  }

  /** Resolves when this many sessions of the service wait for a lock. */
  async someoneWaits(service: string, sessions = 1): Promise<void> {
    const waiting = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    await this.eventually(
      `${sessions} sessions of ${service} wait for a lock`,
      async () => (await this.sql(service, waiting)).length >= sessions,
    );
  }

  /** Rows per table, without what the wallet writes behind everybody's back. */
  async rowCounts(service: string): Promise<Record<string, number>> {
    const tables = await this.sql<{ name: string }>(
      service,
      `select relname as name from pg_class where relkind in ('r', 'p') and not relispartition and relnamespace = 'public'::regnamespace and relname <> 'ledger_blocks' order by 1`,
    );
    const counts = await Promise.all(
      tables.map(({ name }) => this.sql<{ count: number }>(service, `select count(*)::int as count from ${pg.escapeIdentifier(name)}`)),
    );
    return Object.fromEntries(tables.map(({ name }, index) => [name, counts[index]?.[0]?.count ?? 0]));
  }

  produce(topic: string, record: Message): Promise<void> {
    return this.topics.produce(topic, record);
  }

  consumeAll(...topics: readonly string[]): Promise<SeenRecord[]> {
    return this.topics.consumeAll(...topics);
  }

  /** As an accident would; it is started again. Resolves when the process is gone, `ready` says when there is a new one. */
  async kill(service: string): Promise<void> {
    const died = new Promise<void>((resolve) => {
      const forget = this.local.onEvent(({ name, kind }) => {
        if (name !== service || kind !== 'died') return;
        forget();
        resolve();
      });
    });
    this.local.kill(service);
    await died;
  }

  ready(service: string): Promise<void> {
    return this.local.ready(service);
  }

  /** Resolves when every service takes in events: what is begun then has not to wait for any of them. */
  async listens(): Promise<void> {
    for (const service of Object.keys(this.local.urls))
      await this.eventually(`${service} takes in events`, async () => {
        const readiness = (await this.client(service).get('/health/ready')).body as { status: string } | undefined;
        return readiness?.status === 'ok';
      });
  }

  /** Stops it in order and keeps it down. */
  stopService(service: string): Promise<void> {
    return this.local.stopProcess(service);
  }

  startService(service: string): Promise<void> {
    return this.local.startProcess(service);
  }

  /** Ends the processes, and leaves nothing of theirs behind in Postgres or Kafka. */
  async stop(): Promise<void> {
    for (const client of this.clients.values()) client.close();
    await Promise.all([...this.pools.values()].map((pool) => pool.end()));
    await this.local.stop();
    await Promise.all([
      ...[...this.databases.values()].map((database) => database.drop()),
      this.topics.drop(),
      rm(this.local.home, { recursive: true, force: true }),
    ]);
  }

  private open(service: string): pg.Pool {
    const pool = new pg.Pool({ connectionString: this.local.databaseUrls[service], max: 4, types });
    // A connection that ends while idle is replaced by the next query.
    pool.on('error', () => undefined);
    this.pools.set(service, pool);
    return pool;
  }
}

export interface TestAccount {
  readonly id: string;
  readonly number: string;
  readonly currency: string;
}

export interface TestTransfer {
  readonly id: string;
  readonly status: 'PENDING' | 'COMPLETED' | 'FAILED';
  readonly failure?: { readonly code: string; readonly detail: string };
  readonly updated_at: string;
}
