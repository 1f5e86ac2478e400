import { PlainError } from '@falconpay/local/plain-error';
import { commands } from './commands.js';
import { UsageError } from './usage-error.js';

const usage = `falconpay <command> [options]

${Object.entries(commands)
  .map(([name, { about }]) => `  ${name.padEnd(10)} ${about}`)
  .join('\n')}

Examples:
  falconpay verify
  falconpay dlq groups
  falconpay timeline pay_01m7y81qhqey1bhmhj2xr5nr7y

falconpay <command> --help tells more about it: its options, examples, and what its exit status says.`;

const [name = '', ...args] = process.argv.slice(2);
process.exitCode = await run();

async function run(): Promise<number> {
  if (name === '--help' || name === '-h' || name === 'help') return say(usage);
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
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
