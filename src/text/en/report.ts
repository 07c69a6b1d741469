/** The write-up in English: its headings, what each point shows, and what the report itself found. */
import type { OwnFinding, PointState } from '../../ops/report/judged.ts';
import type { Caption, Remark } from '../../ops/report/material.ts';
import type { ChecklistItem, PointId } from '../../ops/report/points.ts';
import type { Privilege } from '../../ops/transport/transport.ts';
import { harmless } from '../foreign.ts';
import { formats } from '../format.ts';
import { placeOf } from '../pieces.ts';

const { duration, dateTime } = formats('en');
const said = (foreign: string) => harmless(foreign, 200);
/** journalctl's ISO time without its T and its zone: it is the host's own. */
const at = (iso: string) => said(iso.replace('T', ' ').replace(/[+-]\d{2}:?\d{2}$/, ''));
const because = (detail: string) => (detail === '' ? '' : `: ${said(detail)}`);

/** What the titles and sentences name. */
export interface ReportNames {
  readonly unit: string;
  readonly folder: string;
  readonly hostname: string;
  readonly port: number;
  readonly restartSec: number;
  readonly netdataPort: number;
}

/** Headings may hold Markdown; the names in them have been made harmless. */
function title(point: PointId, { unit, folder, hostname }: ReportNames): string {
  switch (point) {
    case '0':
      return `The VM \`${hostname}\``;
    case 'I.1':
      return `Fetch the app onto the VM \`${hostname}\``;
    case 'I.2':
      return 'Try to run the app';
    case 'I.3':
      return `Test the app from \`${hostname}\``;
    case 'II.1':
      return `Create a folder \`${folder}\``;
    case 'II.2':
      return `Create the file \`/etc/systemd/system/${unit}\``;
    case 'II.3':
      return 'Start the service';
    case 'II.4':
      return 'Set a restart policy';
    case 'II.5':
      return 'Test that the restart policy works';
    case 'II.6':
      return 'Open the firewall automatically';
    case 'II.7':
      return 'Verify that the firewall opens automatically';
    case 'II.8':
      return 'Install Netdata';
    case 'II.9':
      return 'Set up a TCP check';
    case 'II.10':
      return 'Alerting on Discord';
    case 'III.1':
      return 'Bridge interface';
    case 'III.2':
      return 'Make sure that no port is open needlessly';
    case 'III.3':
      return 'SSH server';
    case 'III.4':
      return 'Calculator server';
  }
}

function about(point: PointId, { folder, port, restartSec, netdataPort }: ReportNames): string {
  switch (point) {
    case '0':
      return 'The state of the machine, line by line of the exercise’s checklist.';
    case 'I.1':
      return 'The server and the client of the app, where they were put on the machine.';
    case 'I.2':
      return `The app is written in Python: \`python\` runs it. The server prints its port, then its address, and should listen on port ${port}.`;
    case 'I.3':
      return 'A client on the machine itself sends `2+3` and should get `5`; the server logs the connection, the question and its answer.';
    case 'II.1':
      return `The code of the app should be in \`${folder}\`.`;
    case 'II.2':
      return 'The unit file should have the permissions of its neighbours (`root:root`, 0644), name its programs by absolute paths, and have been read by systemd since it was last edited.';
    case 'II.3':
      return 'The service should be active, listen on its port and answer a client; its log goes to the journal.';
    case 'II.4':
      return `\`Restart=\` should start the service again after any failure, and \`RestartSec=\` after ${restartSec} seconds. systemd itself says what it took from the file.`;
    case 'II.5':
      return 'When the main process is killed with `kill -9`, systemd should wait, then start the service again with a new PID.';
    case 'II.6':
      return `\`ExecStartPre=\` should open ${port}/tcp before the server starts, and \`ExecStopPost=\` close it once it has ended, after a \`kill -9\` too.`;
    case 'II.7':
      return 'The port should come and go with the service, and a client on another machine should reach the server.';
    case 'II.8':
      return `Netdata should run, and its dashboard answer on port ${netdataPort}.`;
    case 'II.9':
      return `Netdata should open a TCP connection to port ${port} at short intervals: as long as it succeeds, the service counts as up.`;
    case 'II.10':
      return 'When the check fails, Netdata should raise an alarm and send it to Discord. The address of the webhook is a secret: it is masked here.';
    case 'III.1':
      return 'The NAT card should give way to a bridge card, which gets an address in the network outside and through which the internet is reached.';
    case 'III.2':
      return 'What the firewall lets in, beside what really listens on the machine: nothing should be open without a reason.';
    case 'III.3':
      return 'sshd should listen on the host-only address alone: from the network outside nobody can then try to log in.';
    case 'III.4':
      return 'The calculator should listen on the bridge address alone: that is where its clients are.';
  }
}

const CAPTIONS: Record<Caption, string> = {
  cards: 'The network cards and their addresses:',
  'way-out': 'The way to the outside:',
  login: 'How this session logged in:',
  passwords: 'Whether sshd still takes passwords:',
  firewalld: 'The firewall:',
  selinux: 'SELinux:',
  hostname: "The machine's name:",
  'app-found': 'The files of the app, wherever they are:',
  'app-folder': 'The folder of the app:',
  process: 'The program, and the process that runs now:',
  'first-words': 'The first lines of the server:',
  sockets: 'The ports that are listened on:',
  client: 'The client, in one line of Python:',
  'client-lines': 'What the server logged of it:',
  'unit-file': "The unit's file:",
  neighbours: 'The permissions of the file and of its neighbours:',
  loaded: 'What systemd has loaded, and whether a `daemon-reload` is due:',
  status: 'The service:',
  enabled: 'Whether it is started at boot:',
  journal: 'Its journal:',
  'restart-taken': 'What systemd took from it:',
  kill: 'The PID, the kill, and the service right after:',
  'after-wait': 'Once the wait is over, the service again, with a new PID:',
  'killed-before': 'The last `kill -9` that the journal remembers:',
  'firewall-path': 'The absolute path of `firewall-cmd`:',
  'firewall-now': 'The firewall as it is now:',
  follows: 'The service is stopped, then started; the firewall after each:',
  'from-here': 'The client on the PC (tp5-tui asked by itself; this command does the same):',
  netdata: 'The service of Netdata:',
  dashboard: 'Its dashboard, its API, and its port in the firewall:',
  'portcheck-file': 'The settings of the check:',
  'portcheck-chart': 'The chart of the check, and its latest value:',
  discord: 'The settings of the notifications:',
  alarms: 'The alarm on the check:',
  'alarm-log': 'The latest alarms that Netdata raised and cleared:',
  notified: "What Netdata's log says of the messages to Discord:",
  ping: 'One echo from the internet:',
  listening: 'What listens:',
  'sshd-settings': 'The effective settings of sshd:',
  sshd: 'sshd, and since when it runs:',
  'exec-start': 'The command of the unit, with its address:',
  evidence: 'What was seen:',
};

const REMARKS: Record<Remark, string> = {
  'discord-screenshot':
    'The message in the Discord channel cannot be seen from the host: add a screenshot of it here.',
  embedded: 'This is the embedded host of `tp5-tui demo`, no machine: it has nothing to show here.',
  'not-dialled':
    'Nothing was asked of it: a connection would have ended it, since it serves one client and leaves, or the settings forbid it.',
  'not-asked': 'This service does not speak the protocol of the calculator: nothing was asked of it.',
};

const STATES: Record<PointState, string> = {
  done: 'done',
  'not-done': 'not done',
  doubtful: 'done, with a reservation',
  partly: 'proved in part',
  unseen: 'not seen',
};

const CHECKLIST: Record<ChecklistItem, string> = {
  'host-only': 'host-only network card with a static address',
  internet: 'a card that leads to the internet',
  ssh: 'SSH login with a key pair, no password',
  firewall: 'firewall active',
  selinux: 'SELinux disabled',
  hostname: 'hostname set',
};

/** @param reason why a drill failed, in words */
function own(found: OwnFinding, reason: string): string {
  switch (found.code) {
    case 'came-back':
      return `killed, and back by itself: PID ${found.pidBefore} → ${found.pidAfter}`;
    case 'did-not-come-back':
      return reason;
    case 'journal-came-back':
      return `the kill of ${at(found.killedAt)} was followed by a restart ${duration(found.waitedMs)} later`;
    case 'journal-no-return':
      return `the kill of ${at(found.killedAt)} was not followed by a restart`;
    case 'journal-outdated':
      return `it came back after the kill of ${at(found.killedAt)}, and would not today: Restart=${said(found.restart)}`;
    case 'journal-no-kill':
      return 'the journal knows of no kill -9 on this service';
    case 'journal-unread':
      return `the journal could not be read${because(found.detail)}`;
    case 'not-demonstrated':
      return 'nothing was killed';
    case 'drill-not-made':
      return `nothing was killed: ${reason}`;
    case 'dashboard-open':
      return `${found.port}/tcp is open in the zone ${said(found.zone)}`;
    case 'dashboard-closed':
      return `${found.port}/tcp is closed in the zone ${said(found.zone)}: the dashboard cannot be seen from another machine`;
    case 'dashboard-local':
      return `it listens on ${said(placeOf(found))} alone: it cannot be seen from another machine`;
    case 'dashboard-unseen':
      return 'the firewall could not be asked';
    case 'ping-answered':
      return `${found.address} answers`;
    case 'ping-silent':
      return `${found.address} does not answer`;
    case 'ping-unseen':
      return 'no ping could be sent';
    case 'alarm-raised':
      return `${said(found.alarm)}, last on ${dateTime(found.at)}`;
    case 'alarm-never-raised':
      return 'never yet: stop the service for a minute to see one';
    case 'discord-sent':
      return said(found.line);
    case 'discord-failed':
      return `the last one failed: ${said(found.line)}`;
  }
}

const OWN_TITLES: Readonly<Record<string, string>> = {
  'came-back-after-kill': 'comes back after a kill -9',
  dashboard: 'the dashboard is reachable from another machine',
  ping: 'the internet answers',
  'alarm-raised': 'an alarm has been raised',
  notified: 'the last message went out to Discord',
};

export const report = {
  title: 'TP5: Integration',
  parts: { '0': '0. Setup', I: 'I. Test', II: 'II. Integrate', III: 'III. Host' },
  pointTitle: title,
  about,
  captions: CAPTIONS,
  remarks: REMARKS,
  states: STATES,
  marks: { pass: 'done', fail: 'not done', warn: 'to watch', skip: 'not seen' },
  checklist: CHECKLIST,
  own,
  ownTitles: OWN_TITLES,

  intro: (host: string, unit: string, when: number) =>
    `The state of \`${unit}\` on \`${host}\`, ${dateTime(when)}.`,
  howRead:
    'The commands behind a prompt were run on that machine, and their outputs are its own, as plain text. Of a long output only the useful part is kept, with the filter (`grep`, `head`, `jq`) that gives the same. Secrets are replaced by “…”.',
  changedNothing: 'Nothing was changed on the machine for this.',
  changed: (stopped: boolean, running: boolean) =>
    `${stopped ? 'For the points II.5 and II.7 the service was killed, then stopped and started' : 'For the point II.5 the service was killed'}; ${running ? 'it was left running, as it was found' : 'it has not come back since'}.`,
  /** The embedded host. */
  embedded:
    '**This is the embedded host of `tp5-tui demo`**: its service is a real process, its firewall is imagined, and there is no machine around them. The commands are those that would show the same on a real one.',
  limited: (user: string, privilege: Extract<Privilege, { kind: 'none' }>) =>
    `${said(user)} may not use sudo here${because(privilege.detail)}. What only root can see is therefore missing.`,
  summaryHead: ['point', 'asked for', 'state'] as readonly string[],
  summary: (done: number, total: number) => `${done} of ${total} points are done.`,
  checklistLead: 'The checklist:',
  item: (mark: string, what: string, found: string) => `**${mark}**: ${what} — ${found}`,
  mendLead: '; to be mended by:',
  proveLead: '; to be proved by:',
  drillHead: ['step', 'time since the kill'] as readonly string[],
  drillSteps: 'The way back, timed:',
  noStep: 'has no such step',
  missed: 'did not happen',
  noCommand: (command: string) => `The host has no command \`${command}\`.`,
  notPermitted: 'This user may not see it.',
  cutLines: (lines: number) => `[… ${lines} ${lines === 1 ? 'line' : 'lines'} cut]`,
  cutLine: (characters: number) => `[… ${characters} more]`,

  askDrill: (unit: string, host: string) =>
    `Kill ${said(unit)} on ${said(host)} with kill -9, wait until it is back, then stop it and start it? [y/N] `,
  askOverwrite: (file: string) => `${said(file)} is there already. Replace it? [y/N] `,
  drillDeclined: 'Nothing is killed: the report is made without the drill.',
  drillFailed: (why: string) => `The drill came to nothing: ${why}`,
  keptFile: (file: string) => `${said(file)} was left as it is.`,
  needsYesDrill: 'tp5-tui report: --with-drill asks before it kills the service; say --yes.',
  needsYesFile: (file: string) => `tp5-tui report: ${said(file)} is there already; say --yes to replace it.`,
  readOnly: 'tp5-tui report: --read-only was given, and --with-drill kills the service.',
  badFile: (file: string, detail: string) => `tp5-tui report: ${said(file)}: ${said(detail)}`,
  isFolder: 'it is a folder',
  noFolder: 'its folder does not exist',
  written: (file: string) => `Written: ${said(file)}`,
  progress: (commands: number) => `${commands} commands…`,
  drilling: (step: string) => `drill: ${step}…`,
};
