/** Completion for zsh: from a file `_tp5-tui` on `$fpath`, or sourced. Pure. */
import { EVERY_CHECK } from '../ops/checks/check.ts';
import type { Catalogue } from '../text/catalogue.ts';
import {
  COMMANDS,
  COMMON_OPTIONS,
  type CommandSpec,
  flagsOf,
  type OptionSpec,
  type ValueKind,
} from './command-table.ts';

export function zshScript(text: Catalogue): string {
  const described = COMMANDS.map((spec) => quoted(`${spec.name}:${inSpec(spec.about(text))}`));
  described.push(quoted(`help:${inSpec(text.commands.about.help)}`));
  return `#compdef tp5-tui
# zsh completion for tp5-tui. To load it: source <(tp5-tui completion zsh)
_tp5-tui() {
  local curcontext="$curcontext" state line
  typeset -A opt_args
  _arguments -C \\
${COMMON_OPTIONS.map((option) => `    ${optionSpec(option, text)} \\`).join('\n')}
    '(- *)'{-h,--help}${quoted(`[${inSpec(text.cli.options.help)}]`)} \\
    '(- *)'{-V,--version}${quoted(`[${inSpec(text.cli.options.version)}]`)} \\
    '1: :->first' \\
    '*:: :->rest'
  case $state in
    first)
      local -a commands=(
${described.map((each) => `        ${each}`).join('\n')}
      )
      _describe command commands
      _hosts
      ;;
    rest)
      case $line[1] in
${COMMANDS.map((spec) => commandCase(spec, text)).join('\n')}
        help) _arguments '1:command:(${COMMANDS.map(({ name }) => name).join(' ')})' ;;
      esac
      ;;
  esac
}
if [[ $funcstack[1] == _tp5-tui ]]; then _tp5-tui "$@"; else compdef _tp5-tui tp5-tui; fi
`;
}

function commandCase(spec: CommandSpec, text: Catalogue): string {
  const lines = [
    ...[...spec.options, ...spec.shared].map((option) => optionSpec(option, text)),
    `'(- *)'{-h,--help}${quoted(`[${inSpec(text.cli.options.help)}]`)}`,
    ...spec.arguments.map(({ name, value, variadic }) =>
      quoted(`${variadic ? '*' : '1'}:${inSpec(name)}:${action(value)}`),
    ),
  ];
  return `        ${spec.name}) _arguments \\\n${lines.map((line) => `          ${line}`).join(' \\\n')} ;;`;
}

function optionSpec(option: OptionSpec, text: Catalogue): string {
  const { short, long, value } = flagsOf(option);
  const repeats = option.flags.includes('...');
  const takes = option.value === null ? '' : `:${inSpec(value ?? '')}:${action(option.value)}`;
  const rest = quoted(`[${inSpec(option.about(text))}]${takes}`);
  if (repeats) return `'*'${long}${rest}`;
  return short === null ? `${long}${rest}` : `'(${short} ${long})'{${short},${long}}${rest}`;
}

function action(value: ValueKind): string {
  switch (value) {
    case 'host':
      return '_hosts';
    case 'file':
      return '_files';
    case 'check':
      return `(${EVERY_CHECK.join(' ')})`;
    case 'unit':
    case 'other':
      // A blank: something follows, and nothing is known about it.
      return ' ';
    default:
      return `(${value.join(' ')})`;
  }
}

/** Inside a specification of `_arguments`, brackets and colons end a part of it. */
function inSpec(text: string): string {
  return text.replace(/[\\[\]:]/g, '\\$&');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
