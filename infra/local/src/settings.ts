import { resolve } from 'node:path';
import { PlainError } from './plain-error.js';
import { databaseVariableOf, REPOSITORY, type ServiceEntry } from './services.js';

const DEFAULT_PORT_BASE = 4_000;
const HIGHEST_OFFSET = 97;

/** FALCONPAY_PORT_BASE: every port of the system is counted from it. */
export function portBaseFrom(env: NodeJS.ProcessEnv): number {
  const value = env['FALCONPAY_PORT_BASE'];
  if (value === undefined || value === '') return DEFAULT_PORT_BASE;
  const port = /^\d+$/.test(value) ? Number(value) : Number.NaN;
  if (port >= 1_024 && port + HIGHEST_OFFSET <= 65_535) return port;
  throw new PlainError(`FALCONPAY_PORT_BASE must be a whole number from 1024 to ${65_535 - HIGHEST_OFFSET}, not ${JSON.stringify(value)}.`);
}

/** FALCONPAY_HOME: where all data is kept; a relative one counts from the repository. */
export function homeFrom(env: NodeJS.ProcessEnv): string {
  return resolve(REPOSITORY, env['FALCONPAY_HOME'] || '.falconpay');
}

/** KAFKA_BROKERS: the cluster to use; undefined when we are to run our own. */
export function brokersFrom(env: NodeJS.ProcessEnv): string | undefined {
  const value = env['KAFKA_BROKERS'];
  if (value === undefined || value === '') return undefined;
  if (value.split(',').every((address) => /^[^\s:,/]+:\d{1,5}$/.test(address))) return value;
  throw new PlainError(`KAFKA_BROKERS must be host:port, several separated by commas, not ${JSON.stringify(value)}.`);
}

/** `<SERVICE>_DATABASE_URL`: the database to use; undefined when we are to run our own. */
export function databaseUrlFrom(env: NodeJS.ProcessEnv, service: Pick<ServiceEntry, 'name'>): string | undefined {
  const variable = databaseVariableOf(service);
  const value = env[variable];
  if (value === undefined || value === '') return undefined;
  if (URL.canParse(value) && /^postgres(ql)?:$/.test(new URL(value).protocol)) return value;
  // The value holds a password: it is not shown.
  throw new PlainError(`${variable} must be a URL like postgres://user:password@host:5432/database.`);
}
