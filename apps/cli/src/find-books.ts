import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { services, type BooksOptions, type Service } from '@falconpay/invariants/under-way';
import { startGuardian } from '@falconpay/local/guardian';
import { lockHome } from '@falconpay/local/home-lock';
import { startKafka, type KafkaCluster } from '@falconpay/local/kafka-cluster';
import { endLeftBehind } from '@falconpay/local/left-behind';
import { PlainError } from '@falconpay/local/plain-error';
import { answersOn, isPortFree } from '@falconpay/local/ports';
import { databaseUrl } from '@falconpay/local/postgres-databases';
import { startPostgres, type PostgresServer } from '@falconpay/local/postgres-server';
import { openSecrets } from '@falconpay/local/secrets';
import { databaseVariableOf, SERVICES } from '@falconpay/local/services';
import { brokersFrom, databaseUrlFrom } from '@falconpay/local/settings';

export interface FoundBooks extends BooksOptions {
  readonly isRunning: boolean;
}

interface Addresses {
  readonly brokers: string | undefined;
  readonly databases: Readonly<Record<Service, string | undefined>>;
}

const ofEach = <Value>(valueOf: (service: Service) => Value): Record<Service, Value> =>
  Object.fromEntries(services.map((service) => [service, valueOf(service)])) as Record<Service, Value>;

/** Where the books are: in the environment, in a running system's `ready.json`, or in a stopped system's folder. */
export async function withBooks<T>(
  home: string,
  env: NodeJS.ProcessEnv,
  log: (line: string) => void,
  work: (books: FoundBooks) => Promise<T>,
): Promise<T> {
  const prefix = env['KAFKA_PREFIX'] ?? '';
  const given: Addresses = { brokers: brokersFrom(env), databases: ofEach((name) => databaseUrlFrom(env, { name })) };
  const fromEnvironment = complete(given);
  if (fromEnvironment) return work({ ...fromEnvironment, prefix, isRunning: true });
  const running = await runningIn(home);
  if (running) {
    const found = complete({
      brokers: given.brokers ?? running.brokers,
      databases: ofEach((service) => given.databases[service] ?? running.databases[service]),
    });
    if (!found)
      throw new PlainError(
        `the system in ${home} uses databases that its folder does not know: set ${services.map((name) => databaseVariableOf({ name })).join(', ')}`,
      );
    return work({ ...found, prefix, isRunning: true });
  }
  return withStopped(home, given, log, (found) => work({ ...found, prefix, isRunning: false }));
}

function complete({ brokers, databases }: Addresses): BooksOptions | undefined {
  if (brokers === undefined || Object.values(databases).includes(undefined)) return undefined;
  return { brokers: brokers.split(','), databaseUrls: databases as Record<Service, string> };
}

async function runningIn(home: string): Promise<Addresses | undefined> {
  const file = join(home, 'ready.json');
  if (!existsSync(file)) return undefined;
  const ready = JSON.parse(readFileSync(file, 'utf8')) as { kafka?: { brokers?: string }; postgres?: { port?: number } };
  const port = ready.postgres?.port;
  // A system that was killed leaves the file behind.
  if (port !== undefined && !(await answersOn(port))) return undefined;
  return {
    brokers: ready.kafka?.brokers,
    databases: ofEach((service) => (port === undefined ? undefined : urlOf(home, port, service))),
  };
}

function urlOf(home: string, port: number, service: Service): string {
  const name = SERVICES.find((each) => each.name === service)?.database ?? service;
  return databaseUrl(`postgres://127.0.0.1:${port}`, { name, password: openSecrets(home).of(name) });
}

/** Starts what the folder holds, for as long as the work takes. Ports of its own: nobody else is to find it. */
async function withStopped<T>(
  home: string,
  given: Addresses,
  log: (line: string) => void,
  work: (books: BooksOptions) => Promise<T>,
): Promise<T> {
  const brokerFolders = [1, 2, 3].filter((id) => existsSync(join(home, 'kafka', `node-${id}`)));
  const hasPostgres = existsSync(join(home, 'postgres', 'data'));
  if ((given.brokers === undefined && brokerFolders.length === 0) || (complete({ ...given, brokers: '' }) === undefined && !hasPostgres)) {
    throw new PlainError(`there are no books in ${home}: "npm start" makes some; --home names another folder`);
  }
  log(`Nothing runs in ${home}: its Postgres and Kafka are started for a moment.`);
  const unlock = await lockHome(home);
  const guardian = startGuardian();
  const started: (PostgresServer | KafkaCluster)[] = [];
  const interrupted = new Promise<never>((_, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => reject(new PlainError('interrupted')));
  });
  interrupted.catch(() => undefined);
  try {
    await endLeftBehind(home, log);
    const port = await freePortsInARow(7);
    const bringUp = async (): Promise<BooksOptions> => {
      if (complete({ ...given, brokers: '' }) === undefined) {
        const superuserPassword = openSecrets(home).of('postgres');
        started.push(await startPostgres({ folder: join(home, 'postgres'), port, superuserPassword, guardian }));
      }
      let brokers = given.brokers;
      if (brokers === undefined) {
        const kafka = await startKafka({
          folder: join(home, 'kafka'),
          port: port + 1,
          brokers: brokerFolders.length > 1 ? 3 : 1,
          guardian,
        });
        started.push(kafka);
        brokers = kafka.brokers;
      }
      const databaseUrls = ofEach((service) => given.databases[service] ?? urlOf(home, port, service));
      return { brokers: brokers.split(','), databaseUrls };
    };
    return await Promise.race([bringUp().then(work), interrupted]);
  } finally {
    await Promise.all(started.map((each) => each.stop()));
    await guardian.dismiss();
    await unlock();
  }
}

async function freePortsInARow(count: number): Promise<number> {
  for (;;) {
    const first = 20_000 + 10 * Math.floor(Math.random() * 1_000);
    const free = await Promise.all(Array.from({ length: count }, (_, index) => isPortFree(first + index)));
    if (free.every(Boolean)) return first;
  }
}
