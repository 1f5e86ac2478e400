import { execFileSync } from 'node:child_process';
import { completionScripts } from './completion-scripts.js';

const commands = {
  dlq: { usage: 'falconpay dlq <what> [--json] [--dry-run]', about: 'what could not be taken in', words: ['list', 'replay', 'replays'] },
  stuck: { usage: 'falconpay stuck [--json] [--json]', about: 'what waits' },
};

describe('what a shell is told for completion', () => {
  /** In the real bash, with the cursor behind the last word. */
  function completed(...words: string[]): string[] {
    const script = `${completionScripts['bash']?.(commands)}
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')})
COMP_CWORD=${words.length - 1}
_falconpay
printf '%s\\n' "\${COMPREPLY[@]}"`;
    return execFileSync('bash', ['--norc', '-c', script], { encoding: 'utf8' }).split('\n').filter(Boolean);
  }

  it('leads bash from the commands over their words to their options', () => {
    expect(completed('falconpay', '')).toEqual(['dlq', 'stuck', '--help']);
    expect(completed('falconpay', 's')).toEqual(['stuck']);
    expect(completed('falconpay', 'dlq', 're')).toEqual(['replay', 'replays']);
    expect(completed('falconpay', 'dlq', 'replay', '--')).toEqual(['--help', '--json', '--dry-run']);
    expect(completed('falconpay', 'dlq', 'replay', 're')).toEqual([]);
    expect(completed('falconpay', 'stuck', '--j')).toEqual(['--json']);
    expect(completed('falconpay', 'nothing', '')).toEqual([]);
  });

  it('tells zsh the same, and fish each word and option', () => {
    expect(completionScripts['zsh']?.(commands)).toContain(completionScripts['bash']?.(commands));
    const lines = completionScripts['fish']?.(commands).split('\n');
    expect(lines).toContain(`complete -c falconpay -n __fish_use_subcommand -a stuck -d 'what waits'`);
    expect(lines).toContain(`complete -c falconpay -n '__fish_seen_subcommand_from dlq' -a replay`);
    expect(lines).toContain(`complete -c falconpay -n '__fish_seen_subcommand_from dlq' -l dry-run`);
  });
});
