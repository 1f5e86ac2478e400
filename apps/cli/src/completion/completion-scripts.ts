/** What can be completed of a command; its options are those that its usage tells. */
export interface Completable {
  readonly usage: string;
  readonly about: string;
  readonly words?: readonly string[];
}

type Commands = Readonly<Record<string, Completable>>;

const optionsOf = ({ usage }: Completable): string[] => [...new Set(['--help', ...(usage.match(/--[a-z][a-z-]+/g) ?? [])])];

/** The second word may be one of the command's own; options come everywhere after the first. */
function bash(commands: Commands): string {
  const cases = Object.entries(commands).map(
    ([name, command]) => `      ${name}) own="${(command.words ?? []).join(' ')}"; options="${optionsOf(command).join(' ')}" ;;`,
  );
  return `_falconpay() {
  local own="${Object.keys(commands).join(' ')}" options="--help"
  if [ "$COMP_CWORD" -gt 1 ]; then
    own=""; options=""
    case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
    esac
    if [ "$COMP_CWORD" -gt 2 ]; then own=""; fi
  fi
  COMPREPLY=($(compgen -W "$own $options" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _falconpay falconpay`;
}

const zsh = (commands: Commands): string =>
  `autoload -U +X compinit && compinit
autoload -U +X bashcompinit && bashcompinit
${bash(commands)}`;

function fish(commands: Commands): string {
  const complete = 'complete -c falconpay';
  return [
    `${complete} -n __fish_use_subcommand -f`,
    ...Object.entries(commands).flatMap(([name, command]) => {
      const after = `${complete} -n '__fish_seen_subcommand_from ${name}'`;
      return [
        `${complete} -n __fish_use_subcommand -a ${name} -d '${command.about}'`,
        ...(command.words ?? []).map((word) => `${after} -a ${word}`),
        ...optionsOf(command).map((option) => `${after} -l ${option.slice(2)}`),
      ];
    }),
  ].join('\n');
}

export const completionScripts: Readonly<Record<string, (commands: Commands) => string>> = { bash, zsh, fish };
