/** Completion for bash, 3.2 (that of macOS) and up. Pure. */
import { EVERY_CHECK } from '../ops/checks/check.ts';
import {
  COMMANDS,
  COMMON_OPTIONS,
  type CommandSpec,
  flagsOf,
  type OptionSpec,
  type ValueKind,
} from './command-table.ts';

export function bashScript(): string {
  return `# bash completion for tp5-tui. To load it: source <(tp5-tui completion bash)
_tp5_tui_words() { local IFS=$' \\t\\n'; COMPREPLY=($(compgen -W "$1" -- "$2")); }
_tp5_tui_hosts() { local IFS=$'\\n'; COMPREPLY+=($(compgen -A hostname -- "$1")); }
_tp5_tui_files() {
  local IFS=$'\\n'
  COMPREPLY+=($(compgen -f -- "$1"))
  compopt -o filenames 2>/dev/null
}

_tp5_tui() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} command='' i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    case \${COMP_WORDS[i]} in
      ${patternOf(COMMON_OPTIONS.filter(({ value }) => value !== null))}) i=$((i + 1)) ;;
      -*) ;;
      *) command=\${COMP_WORDS[i]}; break ;;
    esac
  done
  # A host was named: what follows is the console's.
  case $command in ''|${[...COMMANDS.map(({ name }) => name), 'help'].join('|')}) ;; *) command=. ;; esac

  case $command:$prev in
${[...COMMANDS.flatMap(ownValues), ...valueCases('*', COMMON_OPTIONS)].join('\n')}
  esac

  case $command in
    .) if [[ $cur == -* ]]; then _tp5_tui_words '${words(COMMON_OPTIONS)}' "$cur"; fi ;;
    '')
      if [[ $cur == -* ]]; then _tp5_tui_words '${words([...COMMON_OPTIONS, HELP, VERSION])}' "$cur"
      else _tp5_tui_words '${[...COMMANDS.map(({ name }) => name), 'help'].join(' ')}' "$cur"; _tp5_tui_hosts "$cur"; fi ;;
    help) _tp5_tui_words '${COMMANDS.map(({ name }) => name).join(' ')}' "$cur" ;;
${COMMANDS.map(commandCase).join('\n')}
  esac
}
complete -F _tp5_tui tp5-tui
`;
}

const HELP: OptionSpec = { flags: '-h, --help', value: null, about: (text) => text.cli.options.help };
const VERSION: OptionSpec = {
  flags: '-V, --version',
  value: null,
  about: (text) => text.cli.options.version,
};

function spellings(option: OptionSpec): string[] {
  const { short, long } = flagsOf(option);
  return short === null ? [long] : [short, long];
}

function words(options: readonly OptionSpec[]): string {
  return options.flatMap(spellings).join(' ');
}

function patternOf(options: readonly OptionSpec[]): string {
  return options.flatMap(spellings).join('|');
}

/** Before those that are everybody's: `-i` is an interval to one of them. */
function ownValues({ name, options }: CommandSpec): string[] {
  return valueCases(name, options);
}

/** What may stand behind an option that takes a value. */
function valueCases(command: string, options: readonly OptionSpec[]): string[] {
  return options.flatMap((option) => {
    if (option.value === null) return [];
    const pattern = spellings(option).map((flag) => `${command}:${flag}`);
    const body = [completing(option.value), 'return ;;'].filter((part) => part !== '').join(' ');
    return [`    ${pattern.join('|')}) ${body}`];
  });
}

function completing(value: ValueKind): string {
  switch (value) {
    case 'host':
      return '_tp5_tui_hosts "$cur";';
    case 'file':
      return '_tp5_tui_files "$cur";';
    case 'check':
      return `_tp5_tui_words '${EVERY_CHECK.join(' ')}' "$cur";`;
    case 'unit':
    case 'other':
      return '';
    default:
      return `_tp5_tui_words '${value.join(' ')}' "$cur";`;
  }
}

function commandCase({ name, arguments: [argument], options, shared }: CommandSpec): string {
  const flags = words([...options, ...shared, HELP]);
  const operands = argument === undefined ? '' : completing(argument.value);
  const otherwise = operands === '' ? '' : ` else ${operands}`;
  return `    ${name}) if [[ $cur == -* ]]; then _tp5_tui_words '${flags}' "$cur";${otherwise} fi ;;`;
}
