import { given } from '../options.js';
import { UsageError } from '../usage-error.js';
import { completionScripts, type Completable } from './completion-scripts.js';

export const completionUsage = `falconpay completion bash|zsh|fish

Prints what the shell has to know to complete commands and options of "falconpay". Where that is not on the path:
alias falconpay="npx falconpay".

Examples:
  source <(falconpay completion bash)   # in ~/.bashrc
  source <(falconpay completion zsh)    # in ~/.zshrc
  falconpay completion fish > ~/.config/fish/completions/falconpay.fish

Exit status: 0 done, 2 there is no such shell.`;

/** Needs to know all commands, itself included. */
export const completionOf =
  (commands: () => Readonly<Record<string, Completable>>) =>
  async (args: readonly string[]): Promise<number> => {
    const { words } = given(args, []);
    const [shell = '', ...others] = words;
    const script = completionScripts[shell];
    if (script === undefined || others.length > 0) throw new UsageError(`name one of ${Object.keys(completionScripts).join(', ')}`);
    console.log(script(commands()));
    return 0;
  };
