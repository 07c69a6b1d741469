/** The guard in English: what an alert says, and what `watch` says on stderr. */
import type { WebhookFileProblem } from '../../ops/discord/webhook-file.ts';
import type { FallCause } from '../../ops/watch/event.ts';
import { harmless } from '../foreign.ts';
import { formats } from '../format.ts';
import { WRITE_WEBHOOK } from '../pieces.ts';

const { duration, integer, dateTime } = formats('en');
const said = (foreign: string) => harmless(foreign, 200);
const times = (number: number) => (number === 1 ? 'once' : `${integer(number)} times`);

const A_WEBHOOK = 'https://discord.com/api/webhooks/…';

const CAUSES: Record<FallCause, string> = {
  refused: 'refuses connections',
  rejected: 'rejected by a firewall',
  filtered: 'no answer to connections',
  unreachable: 'unreachable',
  mute: 'takes connections and answers nothing',
  held: 'held by another client, everybody else waits',
  wrong: 'answers wrongly',
  closed: 'hangs up without an answer',
};

export const watch = {
  about: 'guard hosts for hours: one JSON line a change, alerts on Discord, metrics for Prometheus',
  hostsArgument: 'the hosts, by name or as [user@]host[:port]; without any, all that the settings name',
  options: {
    interval: 'seconds from one look at a service to the next, 0.5 to 30 (default 2)',
    failures: 'so many failures in a row are a fall (default 2)',
    successes: 'so many successes in a row are a recovery (default 2)',
    webhookFile: "file with the Discord webhook's address, readable by its owner alone",
    allowInsecureWebhook: 'for development: take any host for a webhook, and plain http',
    testAlert: 'send one alert now, say how it went, and end',
    metrics: 'serve metrics for Prometheus at [address:]port (default address 127.0.0.1)',
    install: 'write a systemd unit that runs this very command, and say how to start it',
    system: "with --install: for the system's manager instead of the user's",
    dryRun: 'with --install: print the unit, write nothing',
  },

  usage: {
    badCount: (option: string, given: string) =>
      `tp5-tui watch: ${option} takes a whole number from 1 to 100, not “${said(given)}”.`,
    badInterval: (given: string) =>
      `tp5-tui watch: --interval takes seconds, 0.5 to 30, not “${said(given)}”.`,
    badMetrics: (given: string) =>
      `tp5-tui watch: --metrics takes [address:]port, as in 9113 or 10.5.1.1:9113, not “${said(given)}”.`,
    installNeedsLinux: 'tp5-tui watch: --install writes a systemd unit, and this machine has no systemd.',
    installOnly: (option: string) => `tp5-tui watch: ${option} goes with --install.`,
    noWebhook:
      'tp5-tui watch: no webhook to send an alert to. Make one in Discord (channel settings, Integrations,\n' +
      'Webhooks), put its address into a file that only you can read, and name it:\n' +
      `  ${WRITE_WEBHOOK}\n` +
      '    (paste, Enter, Ctrl+D)\n' +
      '  tp5-tui watch --webhook-file ~/.config/tp5-tui/discord-webhook --test-alert',
    noHost:
      'tp5-tui watch: no host named, and none in the settings.\n' +
      '  tp5-tui watch manon@hosting.tp5.b1   guards that one (several: one after the other)\n' +
      '  tp5-tui watch                        guards all that the settings name, once they do: [hosts.NAME]\n' +
      '  tp5-tui watch --local                guards this machine',
    oneThing: 'tp5-tui watch: --test-alert sends an alert, --install writes a unit: one at a time.',
    sameHost: (name: string) => `tp5-tui watch: ${said(name)} is named twice.`,
    awkwardPath: (path: string) => `tp5-tui watch: a unit cannot name the file ${said(path)}.`,
  },

  webhookProblem(path: string, problem: WebhookFileProblem): string {
    const file = said(path);
    switch (problem.code) {
      case 'unreadable':
        return problem.detail === 'ENOENT'
          ? `there is no file ${file}: make a webhook in Discord (channel settings, Integrations, Webhooks) and put its address there`
          : `the webhook's file ${file} cannot be read (${said(problem.detail)})`;
      case 'not-a-file':
        return `the webhook's file ${file} is no file`;
      case 'too-open':
        return `others may read the webhook in ${file} (mode 0${problem.mode.toString(8)}), and who knows it may post: chmod 600 ${file}`;
      case 'not-ours':
        return `the webhook's file ${file} belongs to another user (uid ${problem.uid})`;
      case 'empty':
        return `the webhook's file ${file} is empty; it takes one line, ${A_WEBHOOK}`;
      case 'not-a-url':
        return `what is in ${file} is no address; it takes one line, ${A_WEBHOOK}`;
      case 'not-https':
        return `the webhook in ${file} is not an https address: ${A_WEBHOOK}`;
      case 'not-discord':
        return `the webhook in ${file} is at ${said(problem.host)}, which is not Discord`;
      case 'not-a-webhook':
        return `what is in ${file} is not the address of a webhook: ${A_WEBHOOK}`;
    }
  },

  /** A sentence of ours, with who says it before it. */
  says: (command: 'watch' | 'deploy', words: string) => `tp5-tui ${command}: ${words}`,
  started: (hosts: number) => `watching ${integer(hosts)} ${hosts === 1 ? 'host' : 'hosts'}; Ctrl+C ends`,
  noAlerts:
    'no webhook: changes go to stdout, alerts to nobody (how to have them: tp5-tui watch --test-alert)',
  insecureWebhook: 'the webhook may be anybody’s: --allow-insecure-webhook is for development',
  leftOver: (number: number) =>
    `${integer(number)} ${number === 1 ? 'alert' : 'alerts'} of an earlier run still to be delivered`,
  damaged: (file: string) => `no alert any more, set aside: ${said(file)}`,
  busyQueue: (folder: string) =>
    `another tp5-tui watch delivers from ${said(folder)}: end it, or give this one a folder of its own (XDG_STATE_HOME)`,
  metricsAt: (place: string) => `metrics at http://${said(place)}/metrics`,
  noMetrics(place: string, port: number, { code, detail }: { code: string; detail: string }): string {
    const head = `tp5-tui watch: no metrics at ${said(place)}: `;
    switch (code) {
      case 'EADDRINUSE':
        return `${head}something listens there already (which: sudo ss -ltnp 'sport = :${port}'); name another port`;
      case 'EADDRNOTAVAIL':
        return `${head}this machine has no such address (it has those of: ip -br address)`;
      case 'EACCES':
        return `${head}this user may not listen there; name a port from 1024 on`;
      default:
        return head + said(detail);
    }
  },
  delivered: (id: string, attempts: number) =>
    `alert ${id} delivered${attempts > 1 ? ` at try ${attempts}` : ''}`,
  rateLimited: (rest: string) => `Discord asks to wait ${rest}`,
  delayed: (id: string, detail: string, rest: string) =>
    `alert ${id} not delivered (${said(detail)}); again in ${rest}`,
  rejected: (id: string, detail: string, file: string) =>
    `Discord will never take alert ${id} (${said(detail)}); kept in ${said(file)}`,
  webhookDead: (detail: string, waiting: number, credential: boolean) =>
    `THE WEBHOOK IS DEAD: ${said(detail)}. ${integer(waiting)} ${waiting === 1 ? 'alert waits' : 'alerts wait'} on disk.\n` +
    `Make another in Discord and put its address into the same file${credential ? ', then restart the unit' : ''}; what waits is then delivered.`,
  webhookUnusable: (why: string, waiting: number) => `${why}; alerts that wait on disk: ${integer(waiting)}`,
  disk: (detail: string) => `the queue's disk: ${said(detail)}`,
  unreached: (name: string, why: string) =>
    why.startsWith(`${said(name)}: `) ? why : `${said(name)}: ${why}`,

  testAlert: {
    title: (host: string) => `Test alert from ${said(host)}`,
    description: 'This is how an alert arrives. Nothing has fallen.',
    sent: (ms: string) => `delivered in ${ms}`,
    rateLimited: (rest: string) => `not delivered: Discord asks to wait ${rest}`,
    failed: (detail: string) => `not delivered: ${said(detail)}`,
    dead: (detail: string) => `not delivered, and no alert will be: ${said(detail)}. Make another webhook.`,
  },

  status: (up: number, down: number, blind: number, unknown: number) =>
    [
      `${integer(up)} up`,
      `${integer(down)} down`,
      ...(blind > 0 ? [`${integer(blind)} out of sight`] : []),
      ...(unknown > 0 ? [`${integer(unknown)} not judged yet`] : []),
    ].join(', '),

  alert: {
    down: (unit: string, host: string) => `${said(unit)} on ${said(host)} is down`,
    downForGood: (unit: string, host: string) => `${said(unit)} on ${said(host)} stays down`,
    up: (unit: string, host: string) => `${said(unit)} on ${said(host)} is up`,
    recovered: (unit: string, host: string) => `${said(unit)} on ${said(host)} is back`,
    looping: (unit: string, host: string) => `${said(unit)} on ${said(host)} is in a crash loop`,
    unsteady: (unit: string, host: string) => `${said(unit)} on ${said(host)} keeps coming and going`,
    stable: (unit: string, host: string) => `${said(unit)} on ${said(host)} holds again`,
    blind: (host: string) => `${said(host)} is out of sight`,
    sighted: (host: string) => `${said(host)} is in sight again`,
    cause: (cause: FallCause) => CAUSES[cause],
    downFor: (ms: number) => `It was down for ${duration(ms)}.`,
    downAtMost: (ms: number, awayMs: number) =>
      `It was down for ${duration(ms)} at most: nobody looked for ${duration(awayMs)} of that.`,
    loops: (falls: number, restarts: number, ms: number) =>
      `Fell ${times(falls)}${restarts === 0 ? '' : ` and was restarted by systemd ${times(restarts)}`} in ${duration(ms)}. ` +
      'Single falls are not told any more until it holds.',
    loopOver: (falls: number, ms: number) =>
      `It fell ${times(falls)} in ${duration(ms)}, and has held since.`,
    gaveUp: 'It kept falling, and nothing starts it any more.',
    stillServes:
      'The link is lost; the service still answers from here. What happens on the host goes unseen.',
    unseenFor: (ms: number) => `The link was lost for ${duration(ms)}.`,
    fields: {
      since: 'Since',
      length: 'Length',
      probe: 'From here',
      verdict: 'Verdict',
      mend: 'Mend',
      unit: 'Unit',
      link: 'Link',
    },
    linkLive: 'live',
    linkLost: (detail: string) => `lost${detail === '' ? '' : `: ${said(detail)}`}`,
    time: dateTime,
    footer: (version: string, id: string) => `tp5-tui ${version} · event ${id}`,
  },

  install: {
    description: (hosts: readonly string[]) => `tp5-tui guards ${hosts.map(said).join(', ') || 'its hosts'}`,
    written: (path: string) => `written: ${said(path)}`,
    unchanged: (path: string) => `already as it should be: ${said(path)}`,
    next: 'Start it now and at every boot with:',
    linger: 'A user unit stops when you log out, unless you linger:',
    agentHint:
      'The guard asks nothing: its key must have no passphrase, or be in an agent that its manager knows.',
    rootOnly: (path: string) => `only root may write ${said(path)}. Have it write the unit with:`,
    notWritable: (path: string, detail: string) => `${said(path)} cannot be written: ${said(detail)}`,
  },
};
