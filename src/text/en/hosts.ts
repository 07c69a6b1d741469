/** Many hosts, in English: `--all`, and the switcher of the console. */
import { harmless } from '../foreign.ts';
import { formats } from '../format.ts';

const { integer } = formats('en');
const said = (foreign: string) => harmless(foreign, 200);
const count = (number: number, one: string, many: string) =>
  `${integer(number)} ${number === 1 ? one : many}`;

/** What to write into the settings; the names are examples. */
const EXAMPLE = ['[hosts.tp5]', 'host = "manon@10.5.1.2"', 'address = "10.33.64.2"'];

export const hosts = {
  all: {
    statusOption: 'every host of [hosts] in the settings at once, a row each; asks nothing',
    checkOption: 'every host of [hosts] in the settings at once, a row each; asks, stops and mends nothing',
    none: (file: string) =>
      [`tp5-tui: ${said(file)} names no host. With a table for each there, --all looks at them all:`]
        .concat(EXAMPLE.map((line) => `  ${line}`))
        .join('\n'),
    alone: 'tp5-tui: --all is every host of the settings: no host, --local or --demo beside it.',
    onlyLooks: (option: string) =>
      `tp5-tui: check --all asks, stops and mends nothing: ${option} is for one host at a time.`,
    columns: {
      name: 'name',
      host: 'host',
      link: 'link',
      unit: 'unit',
      probe: 'probe',
      verdict: 'verdict',
      pass: 'pass',
      fail: 'fail',
      warn: 'warn',
      skip: 'skip',
      failed: 'failed',
    },
    links: { live: 'live', lost: 'lost', connecting: 'connecting' },
    reachable: 'reachable',
    unknown: 'not known',
    progress: (done: number, of: number, waitsFor: string) =>
      `${integer(done)} of ${integer(of)} hosts${waitsFor === '' ? '' : `, waiting for ${said(waitsFor)}`}`,
    statusSummary: (reachable: number, broken: number, unreached: number) =>
      `${count(reachable + broken + unreached, 'host', 'hosts')}: ${integer(reachable)} reachable, ${integer(broken)} broken, ${integer(unreached)} not reached`,
    checkSummary: (passed: number, failed: number, unreached: number) =>
      `${count(passed + failed + unreached, 'host', 'hosts')}: ${integer(passed)} without a failure, ${integer(failed)} with, ${integer(unreached)} not reached`,
    notSettled: (name: string, ms: number) =>
      `${said(name)}: not everything was known after ${Math.round(ms / 1000)} s.`,
    wanted: {
      'host-key': (name: string, command: string) =>
        `${said(name)} wanted its host key confirmed, and --all asks nothing: ${said(command)} asks.`,
      passphrase: (name: string, command: string) =>
        `${said(name)} wanted the passphrase of a key, and --all asks nothing: use an agent, or ${said(command)}, which asks.`,
      'sudo-password': (name: string, command: string) =>
        `${said(name)} wanted a password for sudo, and --all asks nothing: what only root sees is missing; ${said(command)} asks.`,
    },
  },

  switcher: {
    title: 'Hosts',
    hint: 'type to filter, Enter opens, Esc closes',
    here: 'here',
    start: 'where this was started',
    empty: 'no host of that name',
    alreadyHere: 'this is the host that is open',
    none: (file: string) => `${said(file)} names no other host. A table for each makes a list of them here:`,
    example: EXAMPLE,
    failed: (name: string) => `${said(name)} was not opened:`,
    givenUp: 'stopped with Ctrl+C',
  },
};
