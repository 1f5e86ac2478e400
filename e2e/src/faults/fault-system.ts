import { randomBytes } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LocalSystem } from '@falconpay/local/local-system';
import { isPortFree } from '@falconpay/local/ports';
import { databaseVariableOf, MONEY_SERVICES, servicesIn, type ServiceEntry } from '@falconpay/local/services';
import { createDatabase, type TestDatabase } from '@falconpay/testing/infrastructure';
import { RunningSystem } from '@falconpay/testing/running-system';
import { SystemTopics } from '@falconpay/testing/system-topics';

export interface FaultOptions {
  readonly name: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Where the compiled services are, when not in the repository. */
  readonly root?: string;
  /** The way a service is to take to its database, when not the direct one. */
  readonly databaseUrl?: (service: string, url: string) => string;
}

/** Options for Jest are none for the services. */
const quiet = { NODE_OPTIONS: '', LOG_LEVEL: 'warn' };

/** The ledger is sealed at times of its own: in the middle of a transfer its statements would pass for the transfer's. */
const withoutSealing = { WALLET_SEAL_EVERY_MS: '3600000' };

/** A system on the run's Postgres and Kafka, with databases and topics of its own, and doors for faults. */
export class FaultSystem {
  private readonly others: LocalSystem[] = [];

  private constructor(
    private readonly options: FaultOptions,
    readonly topics: SystemTopics,
    private readonly databases: ReadonlyMap<string, TestDatabase>,
    readonly running: RunningSystem,
  ) {}

  static async start(options: FaultOptions): Promise<FaultSystem> {
    const brokers = process.env['FALCONPAY_TEST_KAFKA_BROKERS'];
    if (brokers === undefined) throw new Error('there is no test Kafka: run the tests with "npm test"');
    const topics = new SystemTopics(brokers, `${options.name}-${randomBytes(4).toString('hex')}.`);
    const databases = new Map<string, TestDatabase>();
    for (const { name, database } of MONEY_SERVICES)
      if (database !== undefined) databases.set(name, await createDatabase(`${options.name}_${database}`));
    const log: string[] = [];
    const local = await startLocal(options, topics, databases, MONEY_SERVICES, log);
    // Tests look into the databases directly, whatever way the services take.
    for (const [name, { url }] of databases) local.databaseUrls[name] = url;
    const running = new RunningSystem(local, topics, databases, log);
    await running.listens();
    return new FaultSystem(options, topics, databases, running);
  }

  /** A second instance of a service, on the same database and topics. */
  async another(service: string, env: Readonly<Record<string, string>> = {}): Promise<LocalSystem> {
    const table = MONEY_SERVICES.filter(({ name }) => name === service);
    const options = { ...this.options, env: { ...this.options.env, ...env } };
    const other = await startLocal(options, this.topics, this.databases, table, this.running.log as string[]);
    this.others.push(other);
    return other;
  }

  async stop(): Promise<void> {
    await Promise.all(this.others.map((other) => other.stop()));
    await this.running.stop();
  }
}

/** In this order; what has not been started is left out. */
export async function stopAll(...started: readonly ({ stop(): Promise<void> } | undefined)[]): Promise<void> {
  for (const each of started) await each?.stop();
}

async function startLocal(
  options: FaultOptions,
  topics: SystemTopics,
  databases: ReadonlyMap<string, TestDatabase>,
  table: readonly ServiceEntry[],
  log: string[],
): Promise<LocalSystem> {
  const { name, root, env = {}, databaseUrl = (_service, url) => url } = options;
  const urls = table.flatMap((service) => {
    const database = databases.get(service.name);
    return database === undefined ? [] : [[databaseVariableOf(service), databaseUrl(service.name, database.url)]];
  });
  return LocalSystem.start({
    home: await temporaryHome(name),
    portBase: await freePortBase(table.map(({ portOffset }) => portOffset)),
    services: servicesIn(root, table),
    log: (line) => void log.push(line),
    env: {
      ...quiet,
      ...withoutSealing,
      ...env,
      KAFKA_BROKERS: process.env['FALCONPAY_TEST_KAFKA_BROKERS'],
      KAFKA_PREFIX: topics.prefix,
      ...(Object.fromEntries(urls) as Record<string, string>),
    },
  }).catch((error: Error) => {
    throw new Error(`${error.message}\n${log.slice(-30).join('\n')}`, { cause: error });
  });
}

/** With the system goes the cluster: there is nothing to tidy up in it. */
class TopicsOfOwnCluster extends SystemTopics {
  override async drop(): Promise<void> {}
}

/** A system whose Postgres and Kafka belong to it alone, so that they can be taken away. */
export async function startWithOwnInfrastructure(
  name: string,
  { services = MONEY_SERVICES, env = {} }: { readonly services?: readonly ServiceEntry[]; readonly env?: FaultOptions['env'] } = {},
): Promise<RunningSystem> {
  const portBase = await freePortBase([...services.map(({ portOffset }) => portOffset), 32, 92, 93]);
  const log: string[] = [];
  const local = await LocalSystem.start({
    home: await temporaryHome(name),
    portBase,
    services,
    log: (line) => void log.push(line),
    env: { ...quiet, ...env },
  });
  const running = new RunningSystem(local, new TopicsOfOwnCluster(local.brokers, ''), new Map(), log);
  await running.listens();
  return running;
}

const temporaryHome = (name: string): Promise<string> => mkdtemp(join(process.env['FALCONPAY_TEST_FOLDER'] ?? tmpdir(), `${name}-`));

async function freePortBase(offsets: readonly number[]): Promise<number> {
  for (;;) {
    const base = 19_000 + 100 * Math.floor(Math.random() * 10);
    const shift = 3 * Math.floor(Math.random() * 9);
    const free = await Promise.all(offsets.map((offset) => isPortFree(base + shift + offset)));
    if (free.every(Boolean)) return base + shift;
  }
}
