import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGuardian, type Guardian } from '@falconpay/local/guardian';
import { LocalSystem } from '@falconpay/local/local-system';
import { MONEY_SERVICES, type ServiceEntry } from '@falconpay/local/services';
import pg from 'pg';
import { onInterrupt } from '../interrupt.js';

/** Further variables by service name. */
export type ServiceEnv = Readonly<Record<string, Readonly<Record<string, string>>>>;

export interface BenchSystemOptions {
  readonly portBase: number;
  /** Those that money goes through when not given. */
  readonly services?: readonly ServiceEntry[];
  readonly serviceEnv?: ServiceEnv;
  readonly verbose?: boolean;
}

/** Looks on until the server stops, which ends its session too: that is no error of the bench. */
function observer(connectionString: string): pg.Client {
  const client = new pg.Client({ connectionString });
  client.on('error', () => undefined);
  return client;
}

/**
 * The system under test, as `npm start` runs it and with its settings, but with empty data in a folder that goes with us
 * and a Kafka that may compile fully. Postgres keeps its durable defaults.
 */
export class BenchSystem {
  private stopping: Promise<void> | undefined;
  private readonly forgetInterrupt = onInterrupt(() => this.stop());

  private constructor(
    readonly local: LocalSystem,
    readonly guardian: Guardian,
    private readonly processes: readonly string[],
    /** Superuser's connections by service: the clock is stopped and the books are checked through them. */
    private readonly observers: ReadonlyMap<string, pg.Client>,
  ) {}

  static async start({ portBase, services = MONEY_SERVICES, serviceEnv = {}, verbose = false }: BenchSystemOptions): Promise<BenchSystem> {
    const home = mkdtempSync(join(tmpdir(), 'falconpay-bench-'));
    // Postgres may run as another user, who has to get in.
    chmodSync(home, 0o755);
    const guardian = startGuardian();
    guardian.removeAtEnd(home);
    const broken = new AbortController();
    const forgetInterrupt = onInterrupt(async () => {
      broken.abort();
      await starting.catch(() => undefined);
      await guardian.dismiss();
    });
    const starting = LocalSystem.start({
      home,
      signal: broken.signal,
      portBase,
      kafkaTuning: 'throughput',
      services: services.map((service) => ({ ...service, env: { ...service.env, ...serviceEnv[service.name] } })),
      env: {},
      log: (line) => {
        if (verbose) console.log(line);
      },
    });
    try {
      const local = await starting;
      const observers = new Map(
        services.flatMap(({ name, database }) =>
          database === undefined ? [] : [[name, observer(adminUrlOf(local, database))] satisfies [string, pg.Client]],
        ),
      );
      const processes = [...services.map(({ name }) => name), 'kafka', 'postgres'];
      const system = new BenchSystem(local, guardian, processes, observers);
      await Promise.all([...observers.values()].map((client) => client.connect()));
      // The folder is removed after these have ended, also when nobody lives to stop them in order.
      for (const name of processes) guardian.watch(system.pid(name), name === 'postgres' ? 'INT' : 'TERM');
      return system;
    } catch (error) {
      await guardian.dismiss();
      throw error;
    } finally {
      forgetInterrupt();
    }
  }

  get payment(): pg.Client {
    return this.database('payment');
  }

  get wallet(): pg.Client {
    return this.database('wallet');
  }

  get gateway(): pg.Client {
    return this.database('atm-gateway');
  }

  database(service: string): pg.Client {
    const observer = this.observers.get(service);
    if (observer === undefined) throw new Error(`there is no database of ${service}`);
    return observer;
  }

  adminUrl(database: string): string {
    return adminUrlOf(this.local, database);
  }

  url(service: string): string {
    const url = this.local.urls[service];
    if (url === undefined) throw new Error(`there is no service ${service}`);
    return url;
  }

  pid(name: string): number {
    const pid = this.local.pid(name);
    if (pid === undefined) throw new Error(`${name} is not running`);
    return pid;
  }

  stop(): Promise<void> {
    this.stopping ??= this.takeDown();
    return this.stopping;
  }

  private async takeDown(): Promise<void> {
    this.forgetInterrupt();
    await Promise.all([...this.observers.values()].map((client) => client.end().catch(() => undefined)));
    const pids = this.processes.flatMap((name) => this.local.pid(name) ?? []);
    await this.local.stop();
    for (const pid of pids) this.guardian.forget(pid);
    await this.guardian.dismiss();
  }
}

function adminUrlOf(local: LocalSystem, database: string): string {
  if (local.adminDatabaseUrl === undefined) throw new Error('the benchmarks need a Postgres of their own');
  const url = new URL(local.adminDatabaseUrl);
  url.pathname = `/${database}`;
  return url.href;
}
