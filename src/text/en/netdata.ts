/** Netdata in English: what `deploy --netdata` shows, proves and cannot do, and its view in the Probe pane. */
import type { TestAlert } from '../../ops/netdata/deploy.ts';
import type { NetdataFailure, PackageFamily } from '../../ops/netdata/problem.ts';
import type { NetdataProved } from '../../ops/netdata/prove.ts';
import type { NetdataNote, NetdataSurvey } from '../../ops/netdata/survey.ts';
import { harmless } from '../foreign.ts';
import { formats } from '../format.ts';
import { placeOf } from '../pieces.ts';

const { seconds } = formats('en');
const said = (foreign: string) => harmless(foreign.trim(), 300);
const place = (address: string, port: number) => said(placeOf({ address, port }));

/** Netdata's own installer: the only way to have its TCP check on Debian and Ubuntu. */
const KICKSTART =
  'wget -O /tmp/netdata-kickstart.sh https://get.netdata.cloud/kickstart.sh && sh /tmp/netdata-kickstart.sh';

const INSTALL: Record<PackageFamily, readonly string[]> = {
  dnf: ['sudo dnf install epel-release && sudo dnf install netdata', KICKSTART],
  apt: [KICKSTART],
  other: [KICKSTART],
};

function install(family: PackageFamily): string {
  const ways = INSTALL[family].map((way) => `\n    ${way}`).join('\n  or');
  const apt =
    family === 'apt'
      ? "\n  (`apt install netdata` works too, but Debian's package has no go.d.plugin, and so no TCP check)"
      : '';
  return `On the host:${ways}${apt}\n  then: sudo systemctl enable --now netdata`;
}

function failure(failure: NetdataFailure): string {
  switch (failure.problem) {
    case 'absent':
      return `Netdata is not installed on this host${failure.system === '' ? '' : ` (${said(failure.system)})`}. ${install(failure.family)}`;
    case 'masked':
      return 'netdata.service is masked: sudo systemctl unmask netdata';
    case 'no-config-folder':
      return `Netdata's settings are in none of ${failure.looked.map(said).join(', ')}`;
    case 'cannot-edit':
      return failure.why === 'tab'
        ? `${said(failure.path)}, line ${failure.line}, is indented with a tab: YAML forbids it, and Netdata reads nothing of such a file. Put spaces there, and run this again`
        : `${said(failure.path)}, line ${failure.line}, is not understood here: “${said(failure.text)}”. If it is broken, Netdata reads nothing of the file either: put it right. Else write the jobs as \`jobs:\` with \`- name: …\` below it. Then run this again`;
    case 'too-long':
      return `${said(failure.path)} is longer than any settings should be; it was not read`;
    case 'link':
      return `${said(failure.path)} is a symbolic link to ${said(failure.target)}, which is not changed through it: whatever keeps that file would put it back. Make the change there, or put a file of its own in the link's place (sudo cp --remove-destination "$(readlink -f ${said(failure.path)})" ${said(failure.path)}), and run this again`;
    case 'carriage-returns':
      return `${said(failure.path)} has the line ends of Windows, and the shell that reads it takes them for a part of each value: sudo sed -i 's/\\r$//' ${said(failure.path)}, and run this again`;
    case 'several-webhooks':
      return `DISCORD_WEBHOOK_URL in ${said(failure.path)} holds several addresses, and Netdata posts to one: keep one there, or name it with --webhook-file`;
    case 'no-collector':
      return `this Netdata comes without go.d.plugin, which has the TCP check, and nothing else makes a chart of the port. ${install(failure.family)}`;
    case 'silent':
      return `Netdata does not answer on 127.0.0.1:${failure.port} (${said(failure.detail)}). ${
        failure.settings.length === 0
          ? 'See why, and run this again once it does: sudo systemctl status netdata; sudo journalctl -u netdata -n 50'
          : `In ${said(failure.path)} stands: ${failure.settings.map(said).join('; ')}. Have it listen on 127.0.0.1:${failure.port} too and let localhost in, sudo systemctl restart netdata, and run this again`
      }`;
    case 'no-chart':
      return failure.collector
        ? `Netdata makes no chart of port ${failure.port} for the job ${said(failure.job)}; see what go.d.plugin says: journalctl -u netdata | grep portcheck`
        : `Netdata makes no chart of port ${failure.port}: this one was packaged without go.d.plugin, which has the TCP check. Install Netdata by its own script:\n    ${KICKSTART}`;
    case 'no-values':
      return `Netdata's chart ${said(failure.chart)} has no values: its check does not run`;
    case 'sees-otherwise':
      return failure.listening
        ? `the service listens, and Netdata's check says that it does not (${said(failure.chart)})`
        : `the service does not listen, and Netdata's check says that it does (${said(failure.chart)})`;
    case 'alarm-not-loaded':
      return `Netdata has not loaded the alarm ${failure.alarm} for ${said(failure.chart)}${
        failure.settings.length === 0
          ? '; see what it says: sudo grep -i health /var/log/netdata/error.log, or sudo journalctl -u netdata'
          : `. In ${said(failure.path)} stands: ${failure.settings.map(said).join('; ')}. Alarms must be enabled there, this one among them`
      }`;
    case 'alarm-silent':
      return `the alarm ${failure.alarm} is silenced on this host: it would notify nobody`;
    case 'discord-unread':
      return `alarm-notify.sh would not tell Discord by ${said(failure.path)}: ${said(failure.detail)}`;
  }
}

function note(note: NetdataNote): string {
  switch (note.code) {
    case 'no-webhook':
      return `${said(note.path)} has no webhook: alarms will be raised and nobody told. Name one with --webhook-file`;
    case 'discord-was-off':
      return `${said(note.path)} turns Discord off; this turns it on`;
    case 'no-collector':
      return 'this Netdata comes without go.d.plugin, which has the TCP check; unless something else makes its chart, all is put back';
    case 'not-listening':
      return `nothing listens on port ${note.port} now; the check will dial ${place(note.address, note.port)}`;
  }
}

/** Lines of the proof, those that were seen. */
function proved({ version, chart, sees, alarm, discord }: NetdataProved): string[] {
  return [
    ...(version === null ? [] : [`Netdata ${said(version)} answers`]),
    ...(chart === null ? [] : [`chart ${said(chart)}`]),
    ...(sees === null ? [] : [sees === 'up' ? 'it sees the port up' : 'it sees the port down, as it is']),
    ...(alarm === null
      ? []
      : [
          `alarm ${said(alarm.name)} loaded, ${said(alarm.status)}; raised ${seconds(alarm.withinMs)} after a fall at most`,
        ]),
    ...(discord === 'ready' ? ['alarm-notify.sh has the webhook'] : []),
  ];
}

export const netdata = {
  options: {
    netdata: 'have Netdata on the host watch the port and alert on Discord, and prove it',
    webhookFile: "with --netdata: file with the Discord webhook's address, readable by its owner alone",
    testAlert: "with --netdata: send Netdata's own three test alerts at the end",
  },
  onlyWith: (option: string) => `tp5-tui deploy: ${option} goes with --netdata.`,
  notWith: (option: string) =>
    `tp5-tui deploy: --netdata sets up Netdata alone; ${option} is for the service: run deploy twice.`,
  heading: ({ folder, address, wish }: NetdataSurvey, host: string) =>
    `Netdata on ${said(host)} (${said(folder)}), to watch ${place(address, wish.port)}:`,
  askApply: (host: string) => `Apply this to Netdata on ${said(host)}? [y/N] `,
  demo: 'tp5-tui deploy --netdata: the demo host is imagined, and has no Netdata.',
  failure,
  note,
  proved,
  waiting:
    'waiting for Netdata to see the port and load its alarms: it looks every few seconds, half a minute at most…',
  done: (kept: string | null) =>
    kept === null
      ? 'Netdata guards the port.'
      : `Done: Netdata guards the port. What was replaced is kept on the host in ${said(kept)}/kept.`,
  howToTest: (unit: string) =>
    `To see an alert: tp5-tui deploy --netdata --test-alert, or sudo systemctl stop ${said(unit)} for half a minute.`,
  testAlert: ({ discord, said: lines }: TestAlert) =>
    discord > 0
      ? `Discord took ${discord} test ${discord === 1 ? 'alert' : 'alerts'} (a warning, a critical alarm and its end).`
      : `Discord took no test alert. alarm-notify.sh said:\n${lines.map((line) => `  ${said(line)}`).join('\n')}`,

  /** In the Probe pane, all on one row. */
  pane: {
    sees: { up: 'Netdata sees it up', down: 'Netdata sees it down', nothing: 'Netdata’s check says nothing' },
    since: (clock: string) => `since ${clock}`,
    forLong: 'for over an hour',
    unwatched: (port: number) => `Netdata does not watch port ${port}`,
    raised: (name: string, more: number) => (more === 0 ? name : `${name} +${more}`),
    beforeLoss: '(before the link was lost)',
    otherAlarms: (count: number) => (count === 1 ? '1 other alarm' : `${count} other alarms`),
  },
};
