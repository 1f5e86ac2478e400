import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

export interface ServiceEntry {
  readonly name: string;
  /** Its port is the port base plus this. */
  readonly portOffset: number;
  /** What node runs; relative to the repository. */
  readonly entry: string;
  /** Name of its own database; none when it keeps nothing in Postgres. */
  readonly database?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Most of its memory for what is young, in each of two halves. */
  readonly youngMegabytes?: number;
}

export const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url));

/** Every service that `npm start` runs. */
export const SERVICES: readonly ServiceEntry[] = [
  { name: 'wallet', portOffset: 2, entry: 'apps/wallet/dist/main.js', database: 'wallet', env: { FALCONPAY_SEED_DEMO: 'true' } },
  { name: 'payment', portOffset: 1, entry: 'apps/payment/dist/main.js', database: 'payment' },
  {
    ...{ name: 'atm-gateway', portOffset: 3, entry: 'apps/atm-gateway/dist/main.js', database: 'atm_gateway' },
    // What waits for partners outlives two collections of a smaller one, and is copied each time.
    ...{ env: { FALCONPAY_SEED_DEMO: 'true' }, youngMegabytes: 32 },
  },
  { name: 'backoffice', portOffset: 4, entry: 'apps/backoffice/dist/main.js', database: 'backoffice' },
  { name: 'simulator', portOffset: 9, entry: 'apps/simulator/dist/main.js' },
];

/** Those that money goes through: what looks on takes part in no promise about it, and costs its share of the processors. */
export const MONEY_SERVICES: readonly ServiceEntry[] = SERVICES.filter(({ name }) => name !== 'backoffice');

/** The same, from another folder that holds compiled services; where none is given, they stay. */
export const servicesIn = (root: string | undefined, services: readonly ServiceEntry[]): readonly ServiceEntry[] =>
  root === undefined ? services : services.map((service) => ({ ...service, entry: join(root, service.entry) }));

export function entryFileOf(service: ServiceEntry): string {
  return join(REPOSITORY, service.entry);
}

/** `PAYMENT_DATABASE_URL`, `ATM_GATEWAY_DATABASE_URL` ... */
export function databaseVariableOf(service: Pick<ServiceEntry, 'name'>): string {
  return `${service.name.toUpperCase().replaceAll('-', '_')}_DATABASE_URL`;
}
