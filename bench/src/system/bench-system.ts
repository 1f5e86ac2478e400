import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGuardian, type Guardian } from '@falconpay/local/guardian';
import { LocalSystem } from '@falconpay/local/local-system';
import { SERVICES } from '@falconpay/local/services';
import pg from 'pg';

export interface BenchSystemOptions {
  readonly portBase: number;
  /** Further variables by service name. */
  readonly serviceEnv?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly verbose?: boolean;
}

/**
 * The system under test, as `npm start` runs it and with its settings, but with empty data in a folder that goes with us
 * and a Kafka that may compile fully. Postgres keeps its durable defaults.
 */
export class BenchSystem {
  private constructor(
    readonly local: LocalSystem,
    readonly guardian: Guardian,
    /** Superuser's connections: the clock is stopped and the books are checked through them. */
    readonly payment: pg.Client,
    readonly wallet: pg.Client,
  ) {}

  static async start({ portBase, serviceEnv = {}, verbose = false }: BenchSystemOptions): Promise<BenchSystem> {
    const home = mkdtempSync(join(tmpdir(), 'falconpay-bench-'));
    // Postgres may run as another user, who has to get in.
    chmodSync(home, 0o755);
    const guardian = startGuardian();
    guardian.removeAtEnd(home);
    try {
      const local = await LocalSystem.start({
        home,
        portBase,
        kafkaTuning: 'throughput',
        services: SERVICES.map((service) => ({ ...service, env: { ...service.env, ...serviceEnv[service.name] } })),
        env: {},
        log: (line) => {
          if (verbose) console.log(line);
        },
      });
      const system = new BenchSystem(
        local,
        guardian,
        new pg.Client({ connectionString: adminUrlOf(local, 'payment') }),
        new pg.Client({ connectionString: adminUrlOf(local, 'wallet') }),
      );
      await Promise.all([system.payment.connect(), system.wallet.connect()]);
      return system;
    } catch (error) {
      await guardian.dismiss();
      throw error;
    }
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

  async stop(): Promise<void> {
    await Promise.all([this.payment, this.wallet].map((client) => client.end().catch(() => undefined)));
    await this.local.stop();
    await this.guardian.dismiss();
  }
}

function adminUrlOf(local: LocalSystem, database: string): string {
  if (local.adminDatabaseUrl === undefined) throw new Error('the benchmarks need a Postgres of their own');
  const url = new URL(local.adminDatabaseUrl);
  url.pathname = `/${database}`;
  return url.href;
}
