import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { FIRST_TRANSFER_KEY } from './first-transfer.js';
import { startGuardian, type Guardian } from './guardian.js';
import { lockHome } from './home-lock.js';
import type { BrokerOptions } from './kafka-broker.js';
import { startKafka, type KafkaCluster } from './kafka-cluster.js';
import { brokerAddresses } from './kafka-settings.js';
import { endLeftBehind, forgetProcesses, rememberProcesses } from './left-behind.js';
import { PlainError } from './plain-error.js';
import { requireFreePorts } from './ports.js';
import { databaseUrl, ensureDatabases } from './postgres-databases.js';
import { startPostgres, type PostgresServer, type StopMode } from './postgres-server.js';
import { ReadyFile, type ReadyEntry } from './ready-file.js';
import { openSecrets } from './secrets.js';
import { databaseVariableOf, SERVICES, type ServiceEntry } from './services.js';
import { servicePlan } from './service-process.js';
import { brokersFrom, databaseUrlFrom } from './settings.js';
import { SupervisedProcess, type ProcessEvent } from './supervised-process.js';

const POSTGRES_OFFSET = 32;
const KAFKA_OFFSET = 92;
/** What `fresh` throws away; nothing else in the folder is ours to delete. */
const DATA = ['postgres', 'kafka', 'simulator', 'secrets.json', FIRST_TRANSFER_KEY];

export interface LocalSystemOptions {
  /** Everything the system keeps is in here. */
  readonly home: string;
  readonly portBase: number;
  /** Begin with empty data. */
  readonly fresh?: boolean;
  readonly brokers?: 1 | 3;
  readonly kafkaTuning?: BrokerOptions['tuning'];
  readonly kafkaSettings?: Readonly<Record<string, string | number>>;
  readonly postgresSettings?: Readonly<Record<string, string | number>>;
  /** Which services to run; those of `npm start` when not given. */
  readonly services?: readonly ServiceEntry[];
  /** Further variables for the services; also where KAFKA_BROKERS and `<SERVICE>_DATABASE_URL` are looked up. */
  readonly env?: NodeJS.ProcessEnv;
  readonly log?: (line: string) => void;
  /** Gives up what has been started so far. */
  readonly signal?: AbortSignal;
}

/** A whole system on this machine: Postgres, Kafka and the services, each started again when it dies. */
export class LocalSystem {
  private readonly listeners = new Set<(event: ProcessEvent) => void>();
  private readonly readyFile: ReadyFile;
  private readonly services = new Map<string, SupervisedProcess>();
  private postgres: PostgresServer | undefined;
  private kafka: KafkaCluster | undefined;
  private stopping: Promise<void> | undefined;
  private complete = false;

  /** By service name: `http://127.0.0.1:4001`. */
  readonly urls: Readonly<Record<string, string>>;
  /** By service name, with its own login. */
  readonly databaseUrls: Record<string, string> = {};
  /** As superuser of the Postgres that runs here; undefined when none does. */
  adminDatabaseUrl: string | undefined;
  /** As KAFKA_BROKERS wants it. */
  brokers = '';

  private constructor(
    private readonly options: LocalSystemOptions,
    private readonly guardian: Guardian,
    private readonly unlock: () => Promise<void>,
    private readonly log: (line: string) => void,
  ) {
    this.readyFile = new ReadyFile(options.home);
    this.urls = Object.fromEntries(this.table.map(({ name, portOffset }) => [name, `http://127.0.0.1:${options.portBase + portOffset}`]));
  }

  static async start(options: LocalSystemOptions): Promise<LocalSystem> {
    const { home, log = (line: string) => console.log(line) } = options;
    const unlock = await lockHome(home);
    const system = new LocalSystem(options, startGuardian(), unlock, log);
    const giveUp = (): void => void system.stop();
    options.signal?.addEventListener('abort', giveUp, { once: true });
    try {
      options.signal?.throwIfAborted();
      await system.bringUp();
      return system;
    } catch (error) {
      await system.stop();
      throw error;
    } finally {
      options.signal?.removeEventListener('abort', giveUp);
    }
  }

  get home(): string {
    return this.options.home;
  }

  /** Of a service, `postgres`, `kafka`, `kafka-2` or `kafka-3`; undefined while it is down. */
  pid(name: string): number | undefined {
    return this.processNamed(name).pid;
  }

  /** As an accident would; it is started again. */
  kill(name: string, signal: NodeJS.Signals = 'SIGKILL'): void {
    if (!this.processNamed(name).kill(signal)) throw new Error(`${name} is not running`);
  }

  /** Stops it and keeps it down until `startProcess`. */
  async stopProcess(name: string, signal?: NodeJS.Signals): Promise<void> {
    await this.processNamed(name).stop(signal);
  }

  async startProcess(name: string): Promise<void> {
    await this.processNamed(name).start();
    await this.tell();
  }

  /** Resolves when this one, or everything that is meant to run, does its work. */
  async ready(name?: string): Promise<void> {
    const wanted = name === undefined ? this.processes().filter(({ isWanted }) => isWanted) : [this.processNamed(name)];
    await Promise.all(wanted.map((each) => each.untilReady()));
    if (name === undefined) await this.kafka?.ready();
  }

  async stopPostgres(mode: StopMode = 'fast'): Promise<void> {
    await this.ownPostgres.stop(mode);
  }

  async startPostgres(): Promise<void> {
    await this.ownPostgres.start();
    await this.tell();
  }

  async stopKafka(): Promise<void> {
    await this.ownKafka.stop();
  }

  async startKafka(): Promise<void> {
    await this.ownKafka.start();
    await this.tell();
  }

  /** Called when a process died and when it works again. Returns what ends that. */
  onEvent(listener: (event: ProcessEvent) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  stop(): Promise<void> {
    this.stopping ??= this.takeDown();
    return this.stopping;
  }

  private async bringUp(): Promise<void> {
    const { home, fresh = false, portBase, env = process.env } = this.options;
    this.readyFile.clear();
    await endLeftBehind(home, this.log);
    if (fresh) await Promise.all(DATA.map((each) => rm(join(home, each), { recursive: true, force: true })));
    await mkdir(home, { recursive: true });

    const ownDatabases = this.table.filter((each) => each.database !== undefined && databaseUrlFrom(env, each) === undefined);
    const brokers = brokersFrom(env);
    await this.requirePorts(brokers === undefined, ownDatabases.length > 0);
    await settleAll([
      ...(ownDatabases.length > 0 ? [this.bringUpPostgres(ownDatabases)] : []),
      ...(brokers === undefined ? [this.bringUpKafka()] : []),
    ]);
    this.brokers = this.kafka?.brokers ?? brokers ?? '';
    for (const each of this.table) {
      const given = databaseUrlFrom(env, each);
      if (given !== undefined) this.databaseUrls[each.name] = given;
    }
    if (this.stopping !== undefined) throw new PlainError('stopped before it was up');

    for (const each of this.table) {
      const plan = servicePlan(each, this.urls[each.name] ?? '', this.environmentOf(each, portBase));
      this.services.set(each.name, new SupervisedProcess(plan, this.guardian, this.log, (event) => this.changed(event)));
    }
    const startedAt = Date.now();
    await settleAll([...this.services.values()].map((each) => each.start()));
    this.log(`supervisor | ${[...this.services.keys()].join(' and ')} answer after ${Date.now() - startedAt} ms`);
    this.complete = true;
    await this.tell();
  }

  private async bringUpPostgres(services: readonly ServiceEntry[]): Promise<PostgresServer> {
    const { home, portBase, postgresSettings } = this.options;
    const startedAt = Date.now();
    const secrets = openSecrets(home);
    const logins = services.flatMap(({ database }) => (database === undefined ? [] : [{ name: database, password: secrets.of(database) }]));
    const superuserPassword = secrets.of('postgres');
    await secrets.save();
    this.postgres = await startPostgres({
      folder: join(home, 'postgres'),
      port: portBase + POSTGRES_OFFSET,
      superuserPassword,
      guardian: this.guardian,
      log: this.log,
      notify: (event) => this.changed(event),
      ...(postgresSettings === undefined ? {} : { settings: postgresSettings }),
    });
    const adminUrl = this.postgres.adminUrl();
    await ensureDatabases(adminUrl, logins);
    this.adminDatabaseUrl = adminUrl;
    for (const service of services) {
      const login = logins.find(({ name }) => name === service.database);
      if (login !== undefined) this.databaseUrls[service.name] = databaseUrl(adminUrl, login);
    }
    this.log(`postgres | takes connections after ${Date.now() - startedAt} ms`);
    return this.postgres;
  }

  private async bringUpKafka(): Promise<KafkaCluster> {
    const { home, portBase, brokers, kafkaTuning, kafkaSettings } = this.options;
    const startedAt = Date.now();
    this.kafka = await startKafka({
      folder: join(home, 'kafka'),
      port: portBase + KAFKA_OFFSET,
      guardian: this.guardian,
      log: this.log,
      notify: (event) => this.changed(event),
      ...(brokers === undefined ? {} : { brokers }),
      ...(kafkaTuning === undefined ? {} : { tuning: kafkaTuning }),
      ...(kafkaSettings === undefined ? {} : { settings: kafkaSettings }),
    });
    this.log(`kafka | takes groups after ${Date.now() - startedAt} ms`);
    return this.kafka;
  }

  /** All at once, before anything is started: one line that names them all. */
  private async requirePorts(kafka: boolean, postgres: boolean): Promise<void> {
    const { portBase, brokers = 1 } = this.options;
    await requireFreePorts([
      ...this.table.map(({ name, portOffset }) => ({ name, port: portBase + portOffset })),
      ...(postgres ? [{ name: 'postgres', port: portBase + POSTGRES_OFFSET }] : []),
      ...(kafka
        ? brokerAddresses(portBase + KAFKA_OFFSET, brokers).flatMap(({ port, controllerPort }) => [
            { name: 'kafka', port },
            { name: "kafka's controller", port: controllerPort },
          ])
        : []),
    ]);
  }

  private environmentOf(service: ServiceEntry, portBase: number): NodeJS.ProcessEnv {
    const url = this.databaseUrls[service.name];
    return {
      KAFKA_REPLICATION_FACTOR: String(this.options.brokers ?? 1),
      ...process.env,
      ...service.env,
      ...this.options.env,
      FALCONPAY_PORT_BASE: String(portBase),
      FALCONPAY_HOME: this.options.home,
      KAFKA_BROKERS: this.brokers,
      ...(url === undefined ? {} : { [databaseVariableOf(service)]: url }),
    };
  }

  private changed(event: ProcessEvent): void {
    if (event.kind === 'restarted') {
      this.tell().catch((error: Error) => this.log(`supervisor | cannot write ready.json: ${error.message}`));
    }
    for (const listener of this.listeners) listener(event);
  }

  /** Brings ready.json and the list of processes up to date. */
  private async tell(): Promise<void> {
    if (this.stopping !== undefined) return;
    const pids = this.processes().flatMap(({ pid }) => (pid === undefined ? [] : [pid]));
    await rememberProcesses(this.home, [...pids, this.guardian.pid]);
    if (!this.complete) return;
    const entries: Record<string, ReadyEntry> = {};
    for (const [name, { pid }] of this.services) {
      if (pid !== undefined) entries[name] = { url: this.urls[name] ?? '', pid };
    }
    const [first, ...more] = [...(this.kafka?.processes.values() ?? [])].flatMap(({ pid }) => (pid === undefined ? [] : [pid]));
    entries['kafka'] = {
      brokers: this.brokers,
      ...(first === undefined ? {} : { pid: first }),
      ...(first === undefined || more.length === 0 ? {} : { pids: [first, ...more] }),
    };
    if (this.postgres?.process.pid !== undefined) {
      entries['postgres'] = { port: this.postgres.port, pid: this.postgres.process.pid };
    }
    await this.readyFile.write(entries);
  }

  private async takeDown(): Promise<void> {
    this.log('supervisor | stopping ...');
    await this.readyFile.remove();
    await Promise.all([...this.services.values()].map((each) => each.stop()));
    await Promise.all([this.kafka?.stop(), this.postgres?.stop('fast')]);
    await forgetProcesses(this.home);
    await this.guardian.dismiss();
    await this.unlock();
    this.log('supervisor | all stopped');
  }

  private get table(): readonly ServiceEntry[] {
    return this.options.services ?? SERVICES;
  }

  private get ownPostgres(): PostgresServer {
    if (this.postgres === undefined) throw new Error('this system uses an existing Postgres');
    return this.postgres;
  }

  private get ownKafka(): KafkaCluster {
    if (this.kafka === undefined) throw new Error('this system uses an existing Kafka');
    return this.kafka;
  }

  private processes(): SupervisedProcess[] {
    const postgres = this.postgres === undefined ? [] : [this.postgres.process];
    return [...postgres, ...(this.kafka?.processes.values() ?? []), ...this.services.values()];
  }

  private processNamed(name: string): SupervisedProcess {
    const found = this.processes().find((each) => each.name === name);
    if (found === undefined) throw new Error(`there is no process ${name} in this system`);
    return found;
  }
}

export function startLocalSystem(options: LocalSystemOptions): Promise<LocalSystem> {
  return LocalSystem.start(options);
}

/** Like Promise.all, but a failure is thrown only when nothing is under way any more. */
async function settleAll(tasks: ReadonlyArray<Promise<unknown>>): Promise<void> {
  for (const outcome of await Promise.allSettled(tasks)) {
    if (outcome.status === 'rejected') throw outcome.reason;
  }
}
