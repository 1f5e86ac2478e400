import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../../apps/cli/bin/falconpay.mjs', import.meta.url));
const addresses = {
  KAFKA_BROKERS: '',
  PAYMENT_DATABASE_URL: '',
  WALLET_DATABASE_URL: '',
  ATM_GATEWAY_DATABASE_URL: '',
  KAFKA_PREFIX: '',
  FALCONPAY_HOME: '',
};

/** Runs the CLI as a user would, and hears what it says; `onOutput` hears all of it so far while it runs. */
export function falconpay(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  onOutput: (soFar: string) => void = () => undefined,
): Promise<{ status: number | null; output: string; errors: string }> {
  return new Promise((resolve, reject) => {
    // Options for Jest are none for the CLI.
    const child = spawn(process.execPath, [program, ...args], { env: { ...process.env, NODE_OPTIONS: '', ...addresses, ...env } });
    let output = '';
    let errors = '';
    child.stdout.on('data', (chunk: Buffer) => onOutput((output += chunk.toString())));
    child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, output, errors }));
  });
}
