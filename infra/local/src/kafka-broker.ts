import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brokerSettings, loggingSettings, type BrokerAddress } from './kafka-settings.js';
import { waitForKafka } from './kafka-ready.js';
import { answersOn } from './ports.js';
import { runCommand } from './run-command.js';
import type { ProcessPlan } from './supervised-process.js';
import { until } from './until.js';

export interface BrokerOptions {
  readonly java: string;
  readonly jars: string;
  /** Holds data, configuration and log of all brokers of the cluster. */
  readonly folder: string;
  readonly clusterId: string;
  /** `quick-start` compiles little and starts fast; `throughput` lets the JVM optimise fully and gives it more memory. */
  readonly tuning: 'quick-start' | 'throughput';
  readonly settings?: Readonly<Record<string, string | number>>;
}

const COMMON_FLAGS = ['-XX:+UseSerialGC', '-Djava.awt.headless=true', '-XX:+ExitOnOutOfMemoryError', '-Dlog4j2.disableJmx=true'];
const FLAGS = {
  'quick-start': ['-Xms64m', '-Xmx256m', '-XX:TieredStopAtLevel=1', '-Xshare:auto'],
  throughput: ['-Xms512m', '-Xmx512m'],
};

export function dataFolderOf(options: BrokerOptions, broker: BrokerAddress): string {
  return join(options.folder, `node-${broker.id}`);
}

export function brokerName(broker: BrokerAddress): string {
  return broker.id === 1 ? 'kafka' : `kafka-${broker.id}`;
}

/** Makes the data folder when there is none yet: formatted beside its place, then renamed, so a half-made one is never used. */
export async function formatBroker(options: BrokerOptions, self: BrokerAddress, all: readonly BrokerAddress[]): Promise<void> {
  const place = dataFolderOf(options, self);
  if (existsSync(join(place, 'meta.properties'))) return;
  const making = `${place}.making`;
  await rm(making, { recursive: true, force: true });
  await rm(place, { recursive: true, force: true });
  await mkdir(making, { recursive: true });
  const configuration = join(options.folder, `format-${self.id}.properties`);
  await writeFile(configuration, brokerSettings(self, all, making, options.settings));
  await runCommand(options.java, [
    ...COMMON_FLAGS,
    ...FLAGS['quick-start'],
    `-Dlog4j2.level=error`,
    '-cp',
    `${options.jars}/*`,
    'kafka.tools.StorageTool',
    'format',
    '--cluster-id',
    options.clusterId,
    '--config',
    configuration,
  ]);
  await rename(making, place);
  await rm(configuration, { force: true });
}

export function brokerPlan(options: BrokerOptions, self: BrokerAddress, all: readonly BrokerAddress[]): ProcessPlan {
  const configuration = join(options.folder, `broker-${self.id}.properties`);
  const logging = join(options.folder, `log4j2-${self.id}.properties`);
  return {
    name: brokerName(self),
    stopSignal: 'TERM',
    stopWithinMs: 6_000,
    async prepare() {
      await formatBroker(options, self, all);
      await writeFile(configuration, brokerSettings(self, all, dataFolderOf(options, self), options.settings));
      await writeFile(logging, loggingSettings(join(options.folder, `broker-${self.id}.log`)));
    },
    launch: () =>
      spawn(
        options.java,
        [
          ...COMMON_FLAGS,
          ...FLAGS[options.tuning],
          `-Dlog4j2.configurationFile=${logging}`,
          '-cp',
          `${options.jars}/*`,
          'kafka.Kafka',
          configuration,
        ],
        { stdio: ['ignore', 'pipe', 'pipe'], detached: true, cwd: options.folder },
      ),
    ready: async (signal) => {
      await until(() => answersOn(self.port), signal);
      if (all.length === 1) await waitForKafka(`127.0.0.1:${self.port}`, { signal });
    },
    shows: isWorthShowing,
  };
}

/** A cluster that comes and goes logs many errors that are none; all of them are in the broker's log file. */
function isWorthShowing(line: string): boolean {
  return /^FATAL|Exiting Kafka|fatal exception|OutOfMemory|No space left/.test(line);
}
