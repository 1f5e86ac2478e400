import { Kafka, logLevel, type LogEntry } from 'kafkajs';
import type { Logger } from 'pino';

export interface KafkaOptions {
  readonly brokers: readonly string[];
  readonly clientId: string;
  /** Put before every topic and group, so that several systems can share a cluster. */
  readonly prefix: string;
  readonly replicationFactor: number;
  readonly partitions: number;
}

/** kafkajs tells of every broken connection as an error; for us it is a warning until the work itself fails. */
function forward(log: Logger): (entry: LogEntry) => void {
  return ({ level, namespace, log: { message, timestamp: _timestamp, logger: _logger, stack: _stack, ...fields } }) => {
    const write = level === logLevel.ERROR || level === logLevel.WARN ? log.warn.bind(log) : log.debug.bind(log);
    write({ kafka: namespace, error: fields['error'] instanceof Error ? fields['error'].message : fields['error'] }, message);
  };
}

export function createKafka(options: KafkaOptions, log: Logger): Kafka {
  return new Kafka({
    clientId: options.clientId,
    brokers: [...options.brokers],
    connectionTimeout: 3_000,
    requestTimeout: 10_000,
    // Whoever calls decides what a failure means and tries again; kafkajs itself gives up soon.
    retry: { retries: 3, initialRetryTime: 100, maxRetryTime: 1_000 },
    logLevel: logLevel.WARN,
    logCreator: () => forward(log),
  });
}
