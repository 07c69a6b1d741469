/** Completion for fish. Pure. */
import { EVERY_CHECK } from '../ops/checks/check.ts';
import type { Catalogue } from '../text/catalogue.ts';
import { COMMANDS, COMMON_OPTIONS, flagsOf, type OptionSpec, type ValueKind } from './command-table.ts';

const NO_COMMAND = '__fish_use_subcommand';

export function fishScript(text: Catalogue): string {
  const help: OptionSpec = { flags: '-h, --help', value: null, about: () => text.cli.options.help };
  const version: OptionSpec = { flags: '-V, --version', value: null, about: () => text.cli.options.version };
  const lines = [
    '# fish completion for tp5-tui. To load it: tp5-tui completion fish | source',
    'complete -c tp5-tui -f',
    ...[...COMMON_OPTIONS, help, version].map((option) => optionLine(NO_COMMAND, option, text)),
    ...COMMANDS.map(
      (spec) => `complete -c tp5-tui -n ${NO_COMMAND} -a ${spec.name} -d ${quoted(spec.about(text))}`,
    ),
    `complete -c tp5-tui -n ${NO_COMMAND} -a help -d ${quoted(text.commands.about.help)}`,
    `complete -c tp5-tui -n ${NO_COMMAND} -a '(__fish_print_hostnames)'`,
    `complete -c tp5-tui -n ${seen('help')} -a ${quoted(COMMANDS.map(({ name }) => name).join(' '))}`,
  ];
  for (const {
    name,
    arguments: [argument],
    options,
    shared,
  } of COMMANDS) {
    const values = argument === undefined ? null : valueFlags(argument.value);
    if (values !== null && values !== '') lines.push(`complete -c tp5-tui -n ${seen(name)} ${values}`);
    for (const option of [...options, ...shared, help]) lines.push(optionLine(seen(name), option, text));
  }
  return `${lines.join('\n')}\n`;
}

function seen(command: string): string {
  return quoted(`__fish_seen_subcommand_from ${command}`);
}

function optionLine(condition: string, option: OptionSpec, text: Catalogue): string {
  const { short, long } = flagsOf(option);
  // `-x`: a value is needed, and no file is one; `-r`: needed.
  const kind = option.value === 'file' ? '-r' : '-x';
  const value = option.value === null ? '' : `${kind} ${valueFlags(option.value)}`;
  const parts = [
    `complete -c tp5-tui -n ${condition}`,
    short === null ? '' : `-s ${short.slice(1)}`,
    `-l ${long.slice(2)}`,
    value.trim(),
    `-d ${quoted(option.about(text))}`,
  ];
  return parts.filter((part) => part !== '').join(' ');
}

function valueFlags(value: ValueKind): string {
  switch (value) {
    case 'host':
      return `-a '(__fish_print_hostnames)'`;
    case 'file':
      return '-F';
    case 'check':
      return `-a ${quoted(EVERY_CHECK.join(' '))}`;
    case 'unit':
    case 'other':
      return '';
    default:
      return `-a ${quoted(value.join(' '))}`;
  }
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}
