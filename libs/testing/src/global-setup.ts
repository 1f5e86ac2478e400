import { startInfrastructure, type Infrastructure } from './infrastructure.js';

/** Jest runs this before the first test: one Postgres and one Kafka for the whole run. */
export default async function globalSetup(): Promise<void> {
  const infrastructure = await startInfrastructure();
  (globalThis as { falconpayInfrastructure?: Infrastructure }).falconpayInfrastructure = infrastructure;
  process.env['FALCONPAY_TEST_POSTGRES_URL'] = infrastructure.postgresUrl;
  process.env['FALCONPAY_TEST_KAFKA_BROKERS'] = infrastructure.brokers;
  console.log(`\nTests run on ${infrastructure.description}`);
  endWithParent();
}

/** The program that started Jest is gone: nobody waits for the outcome any more. */
function endWithParent(): void {
  const parent = Number(process.env['FALCONPAY_TEST_PARENT']);
  if (parent !== process.ppid) return;
  setInterval(() => {
    if (process.ppid !== parent) process.exit(1);
  }, 500).unref();
}
