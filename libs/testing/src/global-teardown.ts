import type { Infrastructure } from './infrastructure.js';

/** Jest runs this after the last test. */
export default async function globalTeardown(): Promise<void> {
  await (globalThis as { falconpayInfrastructure?: Infrastructure }).falconpayInfrastructure?.stop();
}
