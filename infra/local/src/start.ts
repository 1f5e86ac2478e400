import { parseArgs } from 'node:util';
import { makeFirstTransfer } from './first-transfer.js';
import { startLocalSystem, type LocalSystem } from './local-system.js';
import { PlainError } from './plain-error.js';
import { homeFrom, portBaseFrom } from './settings.js';

/** `npm start`: the whole system in the foreground, until Ctrl-C. */
const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => interrupted.abort());
// Who reads our output may go before we do; that is no reason to leave everything running.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => interrupted.abort());

try {
  const system = await startLocalSystem({
    home: homeFrom(process.env),
    portBase: portBaseFrom(process.env),
    fresh: freshFrom(process.argv.slice(2)),
    signal: interrupted.signal,
    log: (line) => console.log(line),
  });
  if (system.urls['payment'] !== undefined && !interrupted.signal.aborted) await welcome(system);
  await untilInterrupted();
  await system.stop();
  process.exit(0);
} catch (error) {
  if (interrupted.signal.aborted) process.exit(0);
  console.error(error instanceof PlainError ? `falconpay: ${error.message}` : error);
  process.exit(1);
}

function freshFrom(args: string[]): boolean {
  try {
    return parseArgs({ args, options: { fresh: { type: 'boolean', default: false } } }).values.fresh;
  } catch {
    throw new PlainError(`npm start takes one option, --fresh, and no ${JSON.stringify(args.join(' '))}.`);
  }
}

async function welcome(system: LocalSystem): Promise<void> {
  const payment = system.urls['payment'] ?? '';
  const wallet = system.urls['wallet'] ?? '';
  const gateway = system.urls['atm-gateway'] ?? '';
  try {
    const transfer = await makeFirstTransfer(payment, system.home);
    const when = transfer.replayed ? 'made by an earlier start, the same key got the same answer' : 'from 1001 to 1002';
    console.log(`\nFirst transfer: 12.50 USD, ${when}: ${transfer.status} (${transfer.id})`);
  } catch (error) {
    console.error(`\nThe first transfer was not made: ${(error as Error).message}`);
  }
  const databases = Object.keys(system.databaseUrls).join(', ');
  console.log(`
FalconPay is running.
${Object.entries(system.urls)
  .map(([name, url]) => `  ${name.padEnd(12)} ${url}   (${url}/docs)`)
  .join('\n')}
  ${'kafka'.padEnd(12)} ${system.brokers}
  ${'postgres'.padEnd(12)} databases ${databases}; addresses, process ids: ${system.home}/ready.json

Try:
  curl -s ${wallet}/v1/accounts/1001/balance
  curl -s -X POST ${payment}/v1/transfers -H 'content-type: application/json' -H 'prefer: wait=10' -H "idempotency-key: $(date +%s)" -d '{"from":"1001","to":"1002","amount":{"amount":500,"currency":"USD"}}'
  curl -s -X POST ${gateway}/v1/withdrawals -H 'content-type: application/json' -H 'prefer: wait=10' -H "idempotency-key: $(date +%s)" -d '{"account":"1002","amount":{"amount":2000,"currency":"USD"},"atm_id":"lobby"}'

Ctrl-C stops all of it.
`);
}

function untilInterrupted(): Promise<void> {
  return new Promise((resolve) => {
    if (interrupted.signal.aborted) return resolve();
    // The signal handlers alone do not keep Node running.
    const alive = setInterval(() => undefined, 60_000);
    interrupted.signal.addEventListener('abort', () => {
      clearInterval(alive);
      resolve();
    });
  });
}
