import { PlainError } from '@falconpay/local/plain-error';
import { atm, atmUsage } from './atm/atm-command.js';
import { dlq, dlqUsage } from './backoffice/dlq-command.js';
import { stuck, stuckUsage, timeline, timelineUsage } from './backoffice/timeline-command.js';
import { ledger, ledgerUsage } from './ledger/ledger-command.js';
import { UsageError } from './usage-error.js';
import { verify, verifyUsage } from './verify/verify-command.js';

const commands = {
  verify: { run: verify, usage: verifyUsage, about: 'check the books of a running or stopped system' },
  ledger: { run: ledger, usage: ledgerUsage, about: 'prove that no entry of the ledger was altered' },
  atm: { run: atm, usage: atmUsage, about: 'compare a cash machine’s journal with the books' },
  dlq: { run: dlq, usage: dlqUsage, about: 'see what could not be taken in, and replay, edit or discard it' },
  timeline: { run: timeline, usage: timelineUsage, about: 'see what happened to a payment or withdrawal, and what is to come' },
  stuck: { run: stuck, usage: stuckUsage, about: 'see which payments and withdrawals should have gone on by now' },
} as const;

const usage = `falconpay <command> [options]

${Object.entries(commands)
  .map(([name, { about }]) => `  ${name.padEnd(10)} ${about}`)
  .join('\n')}

falconpay <command> --help tells more about it.`;

const [name = '', ...args] = process.argv.slice(2);
process.exitCode = await run();

async function run(): Promise<number> {
  if (name === '--help' || name === '-h' || name === 'help') return say(usage);
  const command = Object.hasOwn(commands, name) ? commands[name as keyof typeof commands] : undefined;
  if (!command) return refuse(name === '' ? 'no command was given' : `there is no command ${name}`, usage);
  if (args.includes('--help') || args.includes('-h')) return say(command.usage);
  try {
    return await command.run(args);
  } catch (error) {
    if (error instanceof UsageError) return refuse(error.message, command.usage);
    console.error(error instanceof PlainError ? `falconpay: ${error.message}` : error);
    return 2;
  }
}

function say(text: string): number {
  console.log(text);
  return 0;
}

function refuse(what: string, how: string): number {
  console.error(`falconpay: ${what}\n\n${how}`);
  return 2;
}
