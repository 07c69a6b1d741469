/** English: the command line's own words. */
import { harmless } from '../foreign.ts';
import type { SettingsExpected } from '../settings-expected.ts';

export const cli = {
  description:
    'One screen for one TCP service under systemd: status, journal, firewall, probe and calculator, live over SSH.',
  hostArgument: 'host to open: [user@]host[:port], an alias of ~/.ssh/config, or a name from the settings',
  commands: {
    console: 'open the console (what happens without a command)',
    demo: 'the console on the embedded host: no VM, no root, any OS',
  },
  options: {
    host: 'the host, as the argument',
    user: 'user on the host',
    identity: 'private key file to log in with',
    transport: "what carries SSH: ssh2 (built in) or openssh (the system's ssh); default: by need",
    unit: 'systemd unit to look at (default calculatrice.service)',
    userUnit: 'a unit of the user’s own in its place, as under systemctl --user',
    address:
      "address of the service, as dialled from here (default the host's; with --local, where it listens)",
    port: 'TCP port of the service (default 13337)',
    local: 'this machine, without SSH',
    demo: 'the embedded host',
    config: 'settings file',
    lang: 'language: en or fr (default: the locale)',
    readOnly: 'change nothing on the host, whatever is pressed',
    noInput: 'never ask anything',
    help: 'show this help',
    version: 'show the version',
  },
  commandsHeading: 'Commands:',
  optionsHeading: 'Options:',
  argumentsHeading: 'Arguments:',
  usage: 'Usage:',
  helpFooter:
    'Exit codes: 0 as asked; 1 the service is not as it should be; 2 wrong usage or\n' +
    'settings; 3 the host could not be reached or did not let us in; 4 not permitted\n' +
    'on the host; 128+n ended by a signal.',
  noHost:
    'tp5-tui: no host named.\n' +
    '  tp5-tui manon@hosting.tp5.b1   opens the console on it over SSH\n' +
    '  tp5-tui demo                   opens it on the embedded host: no VM needed\n' +
    '  tp5-tui --local                on this machine',
  noTerminal: (why: 'not-a-tty' | 'dumb') =>
    (why === 'dumb'
      ? 'tp5-tui: TERM=dumb cannot show a screen.\n'
      : 'tp5-tui: the console needs a terminal on both its input and its output.\n') +
    '  In a script use `tp5-tui status --json`, or `tp5-tui status` for people.',
  badPort: (given: string) => `tp5-tui: --port takes a number from 1 to 65535, not “${harmless(given, 40)}”.`,
  oneUnit: 'tp5-tui: --unit names a unit of the system, --user-unit one of the user; give one of them.',
  noUserUnit: (what: string) => `tp5-tui: ${what} works on units of the system alone; leave out --user-unit.`,
  badUnit: (given: string) =>
    `tp5-tui: --unit takes the name of a unit, like calculatrice or calc@1.service, not “${harmless(given, 40)}”.`,
  badLang: (given: string) => `tp5-tui: --lang takes en or fr, not “${harmless(given, 40)}”.`,
  badSettings: (file: string, line: number | null, key: string, expected: SettingsExpected) =>
    `tp5-tui: ${harmless(file)}${line === null ? '' : `:${line}`}: ${key === '' ? '' : `${harmless(key)}: `}${settingsWanted(expected)}`,
  keyClash: (file: string, line: number | null, what: string) =>
    `tp5-tui: ${harmless(file)}${line === null ? '' : `:${line}`}: [keys] ${harmless(what)}`,
  oneMachine: 'tp5-tui: a host, --local and --demo each name another machine: give one of them.',
  connecting: (label: string) => `connecting to ${harmless(label)}…`,
  shellWait: (label: string) => `${harmless(label)}: logged in; waiting for the host's shell…`,
  slowly: (label: string) =>
    `connected to ${harmless(label)}; over so slow a link the rest takes its time, too…`,
  crashed: 'tp5-tui stopped on an error of its own; the terminal is as it was. Please report this:',
};

function settingsWanted(expected: SettingsExpected): string {
  switch (expected.code) {
    case 'words':
      return harmless(expected.words);
    case 'known-key':
      return `there is no such key; here there are ${expected.known.join(', ')}`;
    case 'port':
      return 'expected a number from 1 to 65535';
    case 'unit':
      return 'expected the name of a systemd unit, in quotes';
    case 'text':
      return 'expected a text in quotes, not an empty one';
    case 'keys':
      return 'expected a key in quotes, or a list of them, like ["r", "ctrl+t"]';
    case 'calculator':
      return 'expected true or false, or a table [calculator]';
    case 'dialect':
      return 'expected "auto", "bare", "line", "greeting" or "several"';
    case 'answer-timeout':
      return 'expected a number of seconds from 0.1 to 600, like 3';
    case 'lang':
      return 'expected "en" or "fr"';
    case 'probe':
      return 'expected "connect", "look" or "off"';
    case 'transport':
      return 'expected "ssh2" or "openssh"';
    case 'network':
      return 'expected an IPv4 network in quotes, like "192.168.56.0/24"';
    case 'seconds':
      return 'expected a number of seconds, like 30';
    case 'patience':
      return 'expected a number of seconds from 1 to 3600, like 30';
    case 'folder':
      return 'expected an absolute path in quotes, like "/opt/calculatrice"';
    case 'table':
      return 'expected a table, like [hosts.tp5]';
  }
}
