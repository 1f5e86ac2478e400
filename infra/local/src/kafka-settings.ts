export interface BrokerAddress {
  readonly id: number;
  readonly port: number;
  readonly controllerPort: number;
}

/** Each broker takes two ports, its own and its controller's: +92 and +93, +94 and +95, +96 and +97. */
export function brokerAddresses(firstPort: number, count: number): BrokerAddress[] {
  return Array.from({ length: count }, (_, index) => ({
    id: index + 1,
    port: firstPort + 2 * index,
    controllerPort: firstPort + 2 * index + 1,
  }));
}

/** server.properties of one node that is broker and controller at once. */
export function brokerSettings(
  self: BrokerAddress,
  all: readonly BrokerAddress[],
  dataFolder: string,
  overrides: Readonly<Record<string, string | number>> = {},
): string {
  const replicas = Math.min(3, all.length);
  const inSync = Math.max(1, replicas - 1);
  const settings: Record<string, string | number | boolean> = {
    'process.roles': 'broker,controller',
    'node.id': self.id,
    'controller.quorum.voters': all.map(({ id, controllerPort }) => `${id}@127.0.0.1:${controllerPort}`).join(','),
    listeners: `PLAINTEXT://127.0.0.1:${self.port},CONTROLLER://127.0.0.1:${self.controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${self.port}`,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'log.dirs': dataFolder,

    // Topics are part of the contract: they are created on purpose, never by a typing mistake.
    'auto.create.topics.enable': false,
    'default.replication.factor': replicas,
    'min.insync.replicas': inSync,
    'unclean.leader.election.enable': false,
    'offsets.topic.replication.factor': replicas,
    'transaction.state.log.replication.factor': replicas,
    'transaction.state.log.min.isr': inSync,
    'share.coordinator.state.topic.replication.factor': replicas,
    'share.coordinator.state.topic.min.isr': inSync,

    // One developer's machine: few internal partitions, few threads, no waiting for members that will not come.
    'group.initial.rebalance.delay.ms': 0,
    'offsets.topic.num.partitions': 4,
    'transaction.state.log.num.partitions': 1,
    'share.coordinator.state.topic.num.partitions': 1,
    'num.network.threads': 2,
    'num.io.threads': 4,
    'background.threads': 2,
    'num.recovery.threads.per.data.dir': 2,
    'log.cleaner.dedupe.buffer.size': 16 * 1024 * 1024,
    'log.segment.bytes': 64 * 1024 * 1024,
    // A killed broker may register again only when its old session has ended: with the default that is 9 s.
    'broker.session.timeout.ms': 3_000,
    'broker.heartbeat.interval.ms': 500,
    'controller.quorum.election.timeout.ms': 500,
    'controlled.shutdown.enable': true,
    ...overrides,
  };
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

/** Warnings and errors to the console, everything to a file that is rolled at 10 MB. */
export function loggingSettings(logFile: string): string {
  return `status=error
appender.console.type=Console
appender.console.name=console
appender.console.layout.type=PatternLayout
appender.console.layout.pattern=%p %m (%c{1})%n
appender.console.filter.threshold.type=ThresholdFilter
appender.console.filter.threshold.level=warn
appender.file.type=RollingFile
appender.file.name=file
appender.file.fileName=${logFile}
appender.file.filePattern=${logFile}.%i
appender.file.layout.type=PatternLayout
appender.file.layout.pattern=%d %p %m (%c{1})%n
appender.file.policies.type=Policies
appender.file.policies.size.type=SizeBasedTriggeringPolicy
appender.file.policies.size.size=10MB
appender.file.strategy.type=DefaultRolloverStrategy
appender.file.strategy.max=2
rootLogger.level=info
rootLogger.appenderRef.console.ref=console
rootLogger.appenderRef.file.ref=file
`;
}
