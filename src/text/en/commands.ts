/** The commands of the shell, in English: what each does, its options, and what it says. */
import type { Privilege } from '../../ops/transport/transport.ts';
import { harmless } from '../foreign.ts';
import { formats } from '../format.ts';

const { integer } = formats('en');
const said = (foreign: string) => harmless(foreign, 200);
const count = (number: number, one: string, many: string) =>
  `${integer(number)} ${number === 1 ? one : many}`;

export const commands = {
  about: {
    status: 'one look: link, unit, listeners, firewall, probe, verdict',
    check: 'every point of the exercise, with what was seen and what mends it',
    drill: 'kill -9 the service, and time its way back step by step against RestartSec',
    calc: 'one answer from the server, or one for each line of stdin',
    probe: 'TCP latency of the service from here, as ping does; needs no SSH',
    logs: "the unit's journal",
    report: 'the write-up in Markdown, with the commands and their real output; changes nothing',
    completion: 'print the completion script for a shell',
    config: 'the effective settings, and where each came from',
    help: 'show the help of a command',
  },
  arguments: {
    host: 'the host, as --host: [user@]host[:port], an alias of ~/.ssh/config, or a name from the settings',
    expression: 'one operation on two integers, like 2+3; without it, stdin is read',
    shell: 'bash, zsh or fish',
    command: 'a command',
  },
  options: {
    json: 'print JSON',
    jsonLines: 'print one JSON document a line',
    yes: 'ask nothing before the kill',
    yesFix: 'with --fix: ask nothing',
    count: 'stop after so many probes',
    interval: 'seconds between two probes, 0.2 at least (default 2)',
    lines: 'so many of the newest lines (default 50)',
    follow: 'go on with what is logged from now on, also over a lost link',
    fix: 'show what would put the failed points right, ask, do it, and check again',
    only: 'check these points alone',
    output: 'write into this file instead of stdout',
    reportLang: 'language of the write-up: fr or en (default fr)',
    withDrill: 'run the drill as well: the service is killed and comes back',
    yesReport: 'ask nothing: neither before the kill, nor before a file is replaced',
  },
  usage: {
    /** After the program's name in the help's first line, and below it. */
    console: '[options] [[user@]host]',
    command: '<command> [options] …',
    unknownOption: (option: string) => `unknown option ${said(option)}`,
    missingValue: (option: string) => `${said(option)} takes a value`,
    missingArgument: (name: string) => `${said(name)} is missing`,
    tooMany: (words: string) => `too many arguments: ${said(words)}`,
    notAChoice: (given: string, choices: readonly string[]) =>
      `“${said(given)}” is none of ${choices.join(', ')}`,
    unknownCommand: (name: string) => `there is no command ${said(name)}`,
    suggestion: (name: string) => `did you mean ${said(name)}?`,
    badCount: (option: string, least: number, given: string) =>
      `tp5-tui: ${option} takes a whole number from ${least} to 999999999, not “${said(given)}”.`,
    badInterval: (given: string) => `tp5-tui: -i takes seconds, 0.2 or more, not “${said(given)}”.`,
  },

  status: {
    on: (unit: string, host: string) => `${said(unit)} on ${said(host)}`,
    via: { ssh: 'over SSH', local: 'this machine', demo: 'the embedded host' },
    as: (user: string) => `as ${said(user)}`,
    privilege(privilege: Privilege): string {
      switch (privilege.kind) {
        case 'root':
          return 'root';
        case 'sudo':
          return 'sudo without a password';
        case 'sudo-password':
          return 'sudo with a password';
        case 'none':
          return 'no sudo: read-only';
      }
    },
    since: (when: string, length: string) => `since ${when} (${length})`,
    restarts: (number: number) => count(number, 'restart', 'restarts'),
    clients: (number: number) => count(number, 'client', 'clients'),
    waiting: (number: number) => `${integer(number)} waiting`,
    ports: (list: string) => `ports: ${list}`,
    services: (list: string) => `services: ${list}`,
    none: 'none',
    runtimeOnly: 'runtime only',
    permanentOnly: 'permanent only',
    mend: (said: string) => `mend: ${said}`,
    notSettled: (ms: number) =>
      `Not everything was known after ${Math.round(ms / 1000)} s; this is what was.`,
  },

  drill: {
    ask: (unit: string, host: string) => `Kill -9 the main process of ${said(unit)} on ${said(host)}? [y/N] `,
    declined: 'Nothing was killed.',
    needsYes: 'tp5-tui drill: it would ask before it kills the service; say --yes.',
    readOnly: 'tp5-tui drill: --read-only was given, and a drill kills the service.',
    waits: (wait: string) => `for ${wait}`,
    passed: (pidBefore: number, pidAfter: number, total: string) =>
      `passed: PID ${pidBefore} → ${pidAfter}, answering again after ${total}`,
    failed: (why: string) => `failed: ${why}`,
    unseen: (pid: number) =>
      `PID ${pid} was killed; what came after was not seen. systemd brings it back by itself; whether it has: tp5-tui status`,
  },

  calc: {
    hint: 'One operation a line, like 2+3; Ctrl+D ends.',
    needsExpression: 'tp5-tui calc: no expression, and with --no-input the terminal is not read.',
    nowhere:
      'tp5-tui calc: nothing says where the server is. Name it with --address, or a host with --host; --demo brings one.',
    line: (number: number, input: string, why: string) => `line ${number}: ${said(input)}: ${why}`,
    one: (input: string, why: string) => `${said(input)}: ${why}`,
    wrong: (answer: string, expected: string) => `the server says ${said(answer)}, it is ${expected}`,
    throughHost: (address: string, why: string) =>
      `${said(address)} is not reached from here (${said(why)}): asking through the host`,
    mute: 'Is another client served? Where the server waits for whole lines: dialect = "line" in the table [calculator] of the settings.',
    oneConnection:
      'The server has one connection for all questions: it is kept until the last one, and the server may end when it is left.',
  },

  probe: {
    nowhere: 'tp5-tui probe: nothing says where the service is. Name a host, or an address with --address.',
    heading: (place: string) => `probing ${said(place)} (TCP)`,
    open: (place: string, number: number, latency: string) => `${place}: ${number} open ${latency}`,
    failed: (place: string, number: number, state: string) => `${place}: ${number} ${state}`,
    summary: (place: string) => `--- ${place} ---`,
    counts: (sent: number, open: number, loss: string) =>
      `${count(sent, 'probe', 'probes')}, ${integer(open)} open, ${loss} lost`,
    figures: (min: string, p50: string, p95: string, max: string) =>
      `min ${min}   p50 ${p50}   p95 ${p95}   max ${max}`,
    /** @param longest null when one failed probe alone says nothing of a length */
    outages: (number: number, longest: string | null) =>
      `${count(number, 'outage', 'outages')}${longest === null ? '' : `, the longest ${longest}`}`,
  },

  logs: {
    empty: (unit: string) => `no line of ${said(unit)} in the journal`,
    lost: (why: string) => `link lost${why === '' ? '' : ` (${said(why)})`}; reconnecting…`,
    back: 'link back',
    again: (why: string) => `${why} It is tried again.`,
    overtaken: (number: number) => `${integer(number)} lines came too fast to be shown`,
    tooMany: (limit: number) => `tp5-tui logs: with -f, -n takes at most ${integer(limit)}.`,
  },

  config: {
    settingsFile: (path: string) => `settings file: ${path}`,
    notThere: (path: string) => `${path} (not there)`,
    stateFolder: (path: string) => `the program's own memory: ${path}`,
    namedHosts: (list: string) => `named hosts: ${list}`,
    origin: {
      option: (flag: string) => `option ${flag}`,
      argument: 'argument',
      default: 'default',
      environment: (variable: string) => `environment, ${variable}`,
      file: (path: string, line: number | null) => (line === null ? path : `${path}:${line}`),
      host: 'in the name of the host',
      unit: 'follows from the unit',
    },
    unset: {
      host: 'none named',
      user: 'as ssh decides',
      identity: 'as ssh decides',
      transport: 'by need',
      sshPort: 'as ssh decides',
      address: "the host's own",
      probe: 'dial, unless that does harm',
    },
    yes: 'yes',
    no: 'no',
  },
};
