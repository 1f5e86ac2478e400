import { PlainError } from './plain-error.js';
import { runCommand } from './run-command.js';

const JAVA_NEEDED = 17;

/** The `java` to run Kafka with; a missing or too old one is said in one line. */
export async function requireJava(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const java = env['JAVA_HOME'] === undefined ? 'java' : `${env['JAVA_HOME']}/bin/java`;
  const told = await runCommand(java, ['-version'], { env }).catch(() => '');
  const version = Number(/version "(?:1\.)?(\d+)/.exec(told)?.[1] ?? 0);
  if (version >= JAVA_NEEDED) return java;
  const found = version === 0 ? 'no Java was found' : `Java ${version} was found`;
  throw new PlainError(
    `Kafka needs Java ${JAVA_NEEDED} or newer and ${found}: install one (Debian: apt install openjdk-17-jre-headless, ` +
      `macOS: brew install openjdk@17), or set JAVA_HOME, or use an existing cluster with KAFKA_BROKERS.`,
  );
}

/** The `mvn` that fetches Kafka's jars. Only needed the first time. */
export async function requireMaven(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const found = await runCommand('mvn', ['--version'], { env }).then(
    () => true,
    () => false,
  );
  if (found) return 'mvn';
  throw new PlainError(
    `Maven is needed once, to fetch Kafka: install it (Debian: apt install maven, macOS: brew install maven), ` +
      `or use an existing cluster with KAFKA_BROKERS.`,
  );
}
