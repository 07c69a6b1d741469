/** The manual page, as roff for man(1), from the table of commands and the English catalogue. Pure. */

import { COMMANDS, COMMON_OPTIONS, type CommandSpec, type OptionSpec } from '../src/cli/command-table.ts';
import { en } from '../src/text/en.ts';

export function manPage(): string {
  const sections: readonly (readonly [title: string, body: readonly string[]])[] = [
    ['NAME', ['tp5-tui \\- console and commands for one TCP service under systemd, over SSH']],
    ['SYNOPSIS', synopsis()],
    ['DESCRIPTION', DESCRIPTION.flatMap((paragraph) => ['.PP', escaped(paragraph)])],
    ['COMMANDS', COMMANDS.flatMap(commandEntry)],
    [
      'OPTIONS',
      ['Every command takes these, but where it says otherwise.', ...optionEntries(COMMON_OPTIONS)],
    ],
    ['EXIT STATUS', entries(EXIT_CODES)],
    ['ENVIRONMENT', entries(ENVIRONMENT)],
    ['FILES', entries(FILES)],
    ['SETTINGS', SETTINGS],
    ['EXAMPLES', EXAMPLES.flatMap(([said, typed]) => ['.PP', escaped(said), ...example([typed])])],
    [
      'SEE ALSO',
      [references(['ssh', 1], ['ssh_config', 5], ['systemctl', 1], ['journalctl', 1], ['firewall-cmd', 1])],
    ],
  ];
  return [
    '.\\" Written by scripts/man.ts from the table of commands: change that.',
    '.TH TP5-TUI 1',
    ...sections.flatMap(([title, body]) => [`.SH ${title}`, ...body]),
    '',
  ].join('\n');
}

function synopsis(): string[] {
  return [
    '.B tp5-tui',
    '[\\fIoptions\\fR] [[\\fIuser\\fR@]\\fIhost\\fR]',
    ...COMMANDS.flatMap((spec) => ['.br', `.B tp5-tui ${spec.name}`, `[\\fIoptions\\fR]${operands(spec)}`]),
  ];
}

function operands(spec: CommandSpec): string {
  return spec.arguments
    .map(({ name, variadic, required }) => {
      const word = `\\fI${escaped(name)}\\fR${variadic ? '...' : ''}`;
      return required ? ` ${word}` : ` [${word}]`;
    })
    .join('');
}

function commandEntry(spec: CommandSpec): string[] {
  const title = `.SS "${spec.name}${operands(spec) === '' ? '' : operands(spec).replaceAll('"', '""')}"`;
  return [
    title,
    sentence(spec.about(en)),
    ...spec.arguments.flatMap((argument) =>
      // What every command's host is has been said above.
      argument.value === 'host' ? [] : tagged(`\\fI${argument.name}\\fR`, argument.about(en)),
    ),
    ...optionEntries(spec.options),
    ...(NOTES[spec.name] ?? []).flatMap((note) => ['.PP', escaped(note)]),
  ];
}

function optionEntries(options: readonly OptionSpec[]): string[] {
  return options.flatMap((option) => {
    const flags = option.flags
      .split(/(<[^>]+>)/)
      .map((part) => (part.startsWith('<') ? `\\fI${escaped(part.slice(1, -1))}\\fR` : bold(part)))
      .join('');
    return tagged(flags, option.about(en));
  });
}

function tagged(tag: string, text: string): string[] {
  return ['.TP', tag, sentence(text)];
}

function entries(list: readonly (readonly [term: string, text: string])[]): string[] {
  return list.flatMap(([term, text]) => tagged(bold(term), text));
}

function bold(text: string): string {
  return text.trim() === '' ? text : `\\fB${escaped(text.trimEnd())}\\fR${text.endsWith(' ') ? ' ' : ''}`;
}

function sentence(text: string): string {
  const first = text.charAt(0);
  return escaped(`${first.toUpperCase()}${text.slice(1)}.`);
}

/** A backslash, a hyphen that is to be copied as one, and a line that would begin like a request. */
function escaped(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^([.'])/, '\\&$1');
}

function example(lines: readonly string[]): string[] {
  return ['.PP', '.RS 4', '.nf', ...lines.map(escaped), '.fi', '.RE'];
}

function references(...pages: readonly (readonly [name: string, section: number])[]): string {
  return pages.map(([name, section]) => `\\fB${escaped(name)}\\fR(${section})`).join(',\n');
}

const DESCRIPTION = [
  'Without a command, opens a full-screen console on a service: the state of its unit, its journal, its ports in firewalld, the latency of a TCP probe, and, where the service is the calculator that this was made for, a prompt to use it. Facts come as D-Bus signals and streams over one SSH connection; nothing is installed on the host and, at rest, no process is started there.',
  'The commands tell and do the same for scripts. Data goes to standard output, words to standard error. A layer verdict says which of link, unit, listener, firewall, network and answer is broken first, and what mends it.',
  'A host is named as for ssh(1): its configuration, keys and agent count, and host keys are checked. A name from [hosts] in the settings stands for all that is said there.',
];

const NOTES: Partial<Record<CommandSpec['name'], readonly string[]>> = {
  status: [
    'With --json, one document with the keys host, at, link, unit, listeners, firewall, probe and verdict; what is not known is null. A host that cannot be reached by SSH is told as well, with the probe from here: verdict.broken is then "link".',
    'With --all, every host of [hosts] is looked at, eight at a time; nothing is asked, and what was wanted is said. The worst host decides: exit status 3 when one cannot be reached, else 4 when one does not permit it, else 1 when one is not as it should be. With --json, {"hosts": [{"name", "wanted", "error", …the document of one}], "summary": {"reachable", "broken", "unreached"}}.',
  ],
  check: [
    'With --all as in status, and the summary {"passed", "failed", "unreached"}; it goes with neither --fix nor --yes, and stops no service for a proof.',
  ],
  drill: [
    'With --json, one document with the keys unit, pidBefore, pidAfter, restartSec (seconds), steps, passed and reason. Times are milliseconds since the kill; a step that the unit does not have is null.',
  ],
  calc: [
    'Only one +, - or * on two integers from -100000 to 100000 is ever sent, since the server dies of what it cannot evaluate. The server is dialled directly; where that fails and a host is named, it is asked through the host. The answer alone goes to standard output.',
    'With --json, one document an expression, one a line: input, state (right, wrong, failed, refused), and answer, ms, via or error.',
  ],
  probe: [
    'Needs no SSH. open, refused, rejected (a firewall answers), filtered (nothing answers) and unreachable are told apart. Ctrl+C prints the summary and exits with 130.',
    'With --json, one document a probe, one a line, and a last one with the key summary.',
  ],
  logs: [
    'With --json, one document an entry, one a line; {"gap": …} where entries are missing. Following goes on over a lost link and resumes where it was.',
  ],
  watch: [
    'One JSON document a line on standard output, for each change: at, host, unit and event (probe, unit, link as seen; up, down, recovered, crash-looping, stable, blind, sighted as judged; alert-delivered and the like of the queue, with host null). It asks nothing, goes on while a host cannot be reached, and ends with exit status 0 at SIGTERM, SIGINT or SIGHUP. SIGUSR1 has it print a line heartbeat, with how everything is.',
    'The address of the Discord webhook is read from the file that --webhook-file or the settings (webhook_file in the table [discord]) name, which must have the mode 0600, or from the systemd credential discord-webhook; without any, nobody is alerted. Alerts wait on disk until Discord has taken them.',
    'With --metrics, Prometheus finds its metrics at /metrics, and /-/healthy answers 503 when a host has not been looked at for a minute.',
    '--install writes ~/.config/systemd/user/tp5-tui-watch.service, with --system /etc/systemd/system/tp5-tui-watch.service, which runs as the user who calls it, or who calls it by sudo.',
  ],
  deploy: [
    'With --netdata, Netdata must be installed on the host already. A job for the port goes into go.d/portcheck.conf, an alarm that is raised within seconds into health.d/tp5-tui.conf, and the webhook, where one is named, into health_alarm_notify.conf; all else in these files stays. What cannot be proved is put back.',
  ],
};

const EXIT_CODES = [
  ['0', 'as asked: the service is up and reachable, every answer was right, no probe failed'],
  ['1', 'the thing asked about is not as it should be'],
  ['2', 'wrong usage or settings'],
  ['3', 'the host could not be reached, or did not let us in'],
  ['4', 'not permitted on the host (sudo, polkit)'],
  ['128+n', 'ended by the signal n'],
] as const;

const ENVIRONMENT = [
  ['NO_COLOR', 'no colours, when it is set and not empty'],
  ['LC_ALL, LC_MESSAGES, LANG', 'the language, where neither --lang nor the settings name one'],
  ['SSH_AUTH_SOCK', 'the SSH agent'],
  ['XDG_CONFIG_HOME, XDG_STATE_HOME', 'where the settings, the history and the alerts that wait are'],
  ['CREDENTIALS_DIRECTORY', 'where systemd puts the credential discord-webhook'],
] as const;

const FILES = [
  ['$XDG_CONFIG_HOME/tp5-tui/config.toml', 'the settings; ~/.config where the variable is not set'],
  [
    '$XDG_STATE_HOME/tp5-tui/services/',
    'what connections of ours did to a service, until its program is another',
  ],
  ['$XDG_STATE_HOME/tp5-tui/calculator-history', "the calculator pane's history"],
  [
    '$XDG_STATE_HOME/tp5-tui/alerts',
    'alerts of watch that Discord has not taken yet; rejected: that it never will',
  ],
  ['$XDG_STATE_HOME/tp5-tui/dialects.json', 'how the calculators that were met are spoken to'],
  ['$XDG_STATE_HOME/tp5-tui/watch', 'what watch remembers of each host'],
  ['~/.ssh/config, ~/.ssh/known_hosts', "the user's own for ssh"],
] as const;

const SETTINGS = [
  'TOML. The keys host, user, identity, unit, address, port, calculator (whether 2+3 may be asked), probe ("connect": dialled whatever that does to it, "look": only looked at, "off": left alone; without it, dialled unless a connection would end it), transport (ssh2 or openssh) and lang may stand at the top, for all hosts, and but for lang in a table',
  '.B [hosts.\\fIname\\fB]\\fR,',
  'which is used when',
  '.I name',
  'is given as the host. Options win over the named table, which wins over the top.',
  '.B tp5-tui config',
  'shows what is in force, and from which line. A table [expect], or [hosts.NAME.expect], tells check, report and deploy where a host is meant to differ from that of the exercise: hostname, host_only_network, folder, restart_sec. A table [calculator], or [hosts.NAME.calculator], in place of the key says that the service is the calculator and how it is spoken to: dialect (auto, bare, line, greeting or several; auto is learnt from its answers) and answer_timeout (seconds of silence before it counts as mute, 3 unless said). A table [keys] binds the keys of the console anew; its help (?) names the actions. The key webhook_file in a table [discord] names the file with the webhook of watch and of deploy --netdata.',
  ...example(['lang = "fr"', '', '[hosts.tp5]', 'host = "manon@10.5.1.2"', 'address = "10.33.64.2"']),
];

const EXAMPLES = [
  ['Open the console on a host:', 'tp5-tui manon@hosting.tp5.b1'],
  ['Try it without any host:', 'tp5-tui demo'],
  [
    'Act when the service is not reachable:',
    "tp5-tui status tp5 --json | jq -r '.verdict | select(.reachable | not) | .mend'",
  ],
  ['Prove that it comes back after a crash:', 'tp5-tui drill tp5 --yes'],
  [
    'Guard all hosts of the settings, and see falls and recoveries alone:',
    'tp5-tui watch | jq -c \'select(.event == ("down", "recovered"))\'',
  ],
  [
    'Have a running guard tell how everything is:',
    'systemctl --user kill -s USR1 --kill-whom=main tp5-tui-watch',
  ],
  ['Let it calculate a file of operations:', 'tp5-tui calc --address 10.5.1.2 < operations.txt'],
] as const;
