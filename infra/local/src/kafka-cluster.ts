import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Guardian } from './guardian.js';
import { brokerName, brokerPlan, formatBroker, type BrokerOptions } from './kafka-broker.js';
import { kafkaJars } from './kafka-jars.js';
import { waitForKafka } from './kafka-ready.js';
import { brokerAddresses, type BrokerAddress } from './kafka-settings.js';
import { requireJava } from './prerequisites.js';
import { requireFreePorts } from './ports.js';
import { SupervisedProcess, type ProcessEvent } from './supervised-process.js';
import { writeFileAtomically } from './write-file-atomically.js';

export interface KafkaOptions {
  /** Where the cluster keeps all it has. */
  readonly folder: string;
  /** The first broker's port; its controller's is the next one, the second broker's the one after that. */
  readonly port: number;
  /** 1 (replication 1) or 3 (replication 3, two in sync needed). */
  readonly brokers?: 1 | 3;
  readonly tuning?: BrokerOptions['tuning'];
  /** Broker settings that differ from ours. */
  readonly settings?: Readonly<Record<string, string | number>>;
  readonly guardian: Guardian;
  readonly log?: (line: string) => void;
  readonly notify?: (event: ProcessEvent) => void;
}

export interface KafkaCluster {
  /** As KAFKA_BROKERS wants it. */
  readonly brokers: string;
  /** `kafka`, `kafka-2`, `kafka-3`. */
  readonly processes: ReadonlyMap<string, SupervisedProcess>;
  /** Waits until groups work and all brokers that are meant to run have joined. */
  ready(): Promise<void>;
  /** Starts what is down; resolves when groups work. */
  start(): Promise<void>;
  /** A clean stop: each broker hands its leaderships over first, while others are there to take them. */
  stop(): Promise<void>;
}

export async function startKafka(options: KafkaOptions): Promise<KafkaCluster> {
  const { folder, brokers: count = 1, tuning = 'quick-start', guardian, log = () => undefined } = options;
  const [java, jars] = await Promise.all([requireJava(), kafkaJars({ log })]);
  const addresses = brokerAddresses(options.port, count);
  await requireFreePorts(
    addresses.flatMap((each) => [
      { name: brokerName(each), port: each.port },
      { name: `${brokerName(each)}'s controller`, port: each.controllerPort },
    ]),
  );
  await mkdir(folder, { recursive: true });
  const broker: BrokerOptions = {
    java,
    jars,
    folder,
    tuning,
    clusterId: await clusterIdOf(folder),
    ...(options.settings === undefined ? {} : { settings: options.settings }),
  };
  // One after the other would be slower, all at once no faster on two cores: two at a time.
  for (let at = 0; at < addresses.length; at += 2) {
    await Promise.all(addresses.slice(at, at + 2).map((self) => formatBroker(broker, self, addresses)));
  }
  const processes = new Map(
    addresses.map((self) => [brokerName(self), new SupervisedProcess(brokerPlan(broker, self, addresses), guardian, log, options.notify)]),
  );
  const cluster = clusterOf(addresses, processes);
  try {
    await cluster.start();
  } catch (error) {
    await cluster.stop();
    throw error;
  }
  return cluster;
}

function clusterOf(addresses: readonly BrokerAddress[], processes: ReadonlyMap<string, SupervisedProcess>): KafkaCluster {
  const brokers = addresses.map(({ port }) => `127.0.0.1:${port}`).join(',');
  const all = [...processes.values()];
  const ready = (): Promise<void> => waitForKafka(brokers, { members: all.filter(({ isWanted }) => isWanted).length });
  return {
    brokers,
    processes,
    ready,
    async start() {
      await Promise.all(all.map((each) => each.start()));
      await ready();
    },
    async stop() {
      let left = all.length;
      const majority = Math.floor(left / 2) + 1;
      await Promise.all(
        all.map(async (each) => {
          await each.stop();
          left -= 1;
          // Without a majority of controllers the last one waits in vain: it has nobody left to hand over to.
          if (left > 0 && left < majority) setTimeout(() => all.forEach((last) => last.kill('SIGKILL')), 300);
        }),
      );
    },
  };
}

/** Stays the same for the life of the data folder; brokers refuse another cluster's data. */
async function clusterIdOf(folder: string): Promise<string> {
  const file = join(folder, 'cluster-id');
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  const id = randomBytes(16).toString('base64url');
  // StorageTool takes an id that begins with "-" for an option.
  const safe = id.startsWith('-') ? `f${id.slice(1)}` : id;
  await writeFileAtomically(file, safe);
  return safe;
}
