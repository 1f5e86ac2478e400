import './kafkajs-mended.js';
import { connect } from 'node:net';
import { Kafka, logLevel, type ISocketFactory, type LogEntry } from 'kafkajs';
import type { Logger } from 'pino';

export interface KafkaOptions {
  readonly brokers: readonly string[];
  readonly clientId: string;
  /** Put before every topic and group, so that several systems can share a cluster. */
  readonly prefix: string;
  readonly replicationFactor: number;
  readonly partitions: number;
}

/** kafkajs calls every hiccup an error, and tries again. What matters reaches us as a rejection, and is logged by whoever asked. */
const forward =
  (log: Logger) =>
  ({ namespace, log: { message, error } }: LogEntry): void =>
    log.debug({ consumer: namespace, reason: error instanceof Error ? error.message : error }, message);

/** Small requests leave at once instead of waiting for company (Nagle's algorithm, which kafkajs leaves on). */
const socketFactory: ISocketFactory = ({ host, port, onConnect }) => connect({ host, port, noDelay: true, keepAlive: true }, onConnect);

export function createKafka(options: KafkaOptions, log: Logger): Kafka {
  return new Kafka({
    clientId: options.clientId,
    brokers: [...options.brokers],
    socketFactory,
    connectionTimeout: 3_000,
    requestTimeout: 10_000,
    // Whoever calls decides what a failure means and tries again; kafkajs itself gives up soon.
    retry: { retries: 3, initialRetryTime: 100, maxRetryTime: 1_000 },
    logLevel: logLevel.WARN,
    logCreator: () => forward(log),
  });
}
