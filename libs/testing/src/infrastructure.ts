import { startGuardian } from '@falconpay/local/guardian';
import { startKafka, type KafkaCluster } from '@falconpay/local/kafka-cluster';
import { waitForKafka } from '@falconpay/local/kafka-ready';
import { freePorts, isPortFree } from '@falconpay/local/ports';
import { databaseUrl, ensureDatabases } from '@falconpay/local/postgres-databases';
import { startPostgres, type PostgresServer } from '@falconpay/local/postgres-server';
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

/** Where the tests of one run find a real Postgres and a real Kafka. */
export interface Infrastructure {
  /** As superuser. */
  readonly postgresUrl: string;
  readonly brokers: string;
  readonly description: string;
  stop(): Promise<void>;
}

/** In containers where a Docker engine answers, as child processes otherwise: the same software, the same tests. */
export async function startInfrastructure(): Promise<Infrastructure> {
  return (await dockerAnswers()) ? startContainers() : startEmbedded();
}

export interface TestDatabase {
  /** With a login of its own, which owns it. */
  readonly url: string;
  drop(): Promise<void>;
}

/** A new, empty database that no other test uses. */
export async function createDatabase(name: string): Promise<TestDatabase> {
  const adminUrl = process.env['FALCONPAY_TEST_POSTGRES_URL'];
  if (adminUrl === undefined) throw new Error('there is no test Postgres: run the tests with "npm test"');
  const login = { name: `${name}_${randomBytes(5).toString('hex')}`, password: randomBytes(9).toString('hex') };
  await ensureDatabases(adminUrl, [login]);
  return {
    url: databaseUrl(adminUrl, login),
    async drop() {
      const admin = new pg.Client({ connectionString: adminUrl });
      await admin.connect();
      try {
        await admin.query(`drop database if exists ${pg.escapeIdentifier(login.name)} with (force)`);
        await admin.query(`drop role if exists ${pg.escapeIdentifier(login.name)}`);
      } finally {
        await admin.end();
      }
    },
  };
}

async function startEmbedded(): Promise<Infrastructure> {
  const guardian = startGuardian();
  const folder = await mkdtemp(join(tmpdir(), 'falconpay-test-'));
  // For root Postgres runs as another user, who has to get in.
  await chmod(folder, 0o755);
  guardian.removeAtEnd(folder);
  process.env['FALCONPAY_TEST_FOLDER'] = folder;
  const log = (line: string): void => console.log(line);
  const [postgresPort = 0, kafkaPort = 0] = await portsWithNeighbour();
  const started: Array<PostgresServer | KafkaCluster> = [];
  const stop = async (): Promise<void> => {
    await Promise.all(started.map((each) => each.stop()));
    await guardian.dismiss();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const [postgres, kafka] = await Promise.all([
      startPostgres({ folder: join(folder, 'postgres'), port: postgresPort, superuserPassword: 'test', guardian }),
      startKafka({ folder: join(folder, 'kafka'), port: kafkaPort, guardian, log }),
    ]);
    started.push(postgres, kafka);
    return {
      postgresUrl: postgres.adminUrl(),
      brokers: kafka.brokers,
      description: 'an embedded Postgres 18 and Apache Kafka 4.3.1 (no Docker engine answers)',
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** One port for Postgres and two in a row for Kafka, all free now. */
async function portsWithNeighbour(): Promise<number[]> {
  for (;;) {
    const [first = 0, second = 0] = await freePorts(2);
    if (second + 1 !== first && (await isPortFree(second + 1))) return [first, second];
  }
}

async function startContainers(): Promise<Infrastructure> {
  const { GenericContainer, Wait } = await import('testcontainers');
  const [kafkaPort = 0] = await freePorts(1);
  const [postgres, kafka] = await Promise.all([
    new GenericContainer('postgres:18-alpine')
      .withEnvironment({ POSTGRES_PASSWORD: 'test', POSTGRES_INITDB_ARGS: '--locale=C --encoding=UTF8' })
      .withCommand(['postgres', '-c', 'max_connections=200', '-c', 'shared_preload_libraries=pg_stat_statements'])
      .withExposedPorts(5432)
      .withWaitStrategy(Wait.forLogMessage(/ready to accept connections/, 2))
      .start(),
    // Kafka tells its clients where it is: the port has to be the same inside and outside.
    new GenericContainer('apache/kafka:4.3.1')
      .withEnvironment({
        KAFKA_NODE_ID: '1',
        KAFKA_PROCESS_ROLES: 'broker,controller',
        KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:9093',
        KAFKA_LISTENERS: `PLAINTEXT://0.0.0.0:${kafkaPort},CONTROLLER://localhost:9093`,
        KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://127.0.0.1:${kafkaPort}`,
        KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
        KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
        KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
        KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
        KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
        KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
        KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
      })
      .withExposedPorts({ container: kafkaPort, host: kafkaPort })
      .start(),
  ]);
  const brokers = `127.0.0.1:${kafkaPort}`;
  await waitForKafka(brokers);
  return {
    postgresUrl: `postgres://postgres:test@${postgres.getHost()}:${postgres.getMappedPort(5432)}/postgres`,
    brokers,
    description: 'Postgres 18 and Apache Kafka 4.3.1 in containers (testcontainers)',
    stop: async () => {
      await Promise.all([postgres.stop(), kafka.stop()]);
    },
  };
}

/** Asks the engine itself: a client program that is installed says nothing about it. */
function dockerAnswers(): Promise<boolean> {
  const host = process.env['DOCKER_HOST'] ?? 'unix:///var/run/docker.sock';
  if (!host.startsWith('unix://')) return Promise.resolve(true);
  return new Promise((resolve) => {
    const ping = request({ socketPath: host.slice('unix://'.length), path: '/_ping', timeout: 2_000 }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    });
    ping.once('error', () => resolve(false)).once('timeout', () => ping.destroy(new Error('no answer')));
    ping.end();
  });
}
