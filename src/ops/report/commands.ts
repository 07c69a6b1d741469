/**
 * The commands that a report types beside those that the checks have typed already: first those that lean
 * on nothing, then those that lean on what was found.
 */
import { type Asker, type AskOptions, createAsker, firstLine, type Said } from '../checks/asker.ts';
import type { Subject } from '../checks/check.ts';
import type { Host } from '../host.ts';
import { QUESTION, QUESTION_TIMEOUT_MS } from '../probe/answer.ts';
import { LOCALE } from './demonstrate.ts';
import { findKill, type KillSeen } from './killed.ts';
import { head, type Typed, tail, typedSaid } from './typed.ts';

/** An address that every way out leads to; nothing is asked of it but one echo. */
export const OUTSIDE = '1.1.1.1';

/** Netdata's settings as packages have them, and as its own script installs them. */
const PACKAGED = '/etc/netdata';
const STATIC = '/opt/netdata/etc/netdata';
const NOTIFY_LOGS = ['/var/log/netdata/error.log', '/var/log/netdata/health.log'];
const JOURNAL_BYTES = 2 * 1024 * 1024;
/** Lines of the journal that are searched for a kill. */
const JOURNAL_LINES = 4000;
const ROOT: AskOptions = { root: true };

export type FirstRound = Awaited<ReturnType<typeof firstRound>>;

/** @throws Failed `link-lost`; the signal's reason */
export async function firstRound(host: Host, { unit, expected }: Subject, signal: AbortSignal) {
  const say = createAsker(host, signal, LOCALE);
  const show = async (argv: readonly string[], options?: AskOptions): Promise<Typed> =>
    typedSaid(await say(argv, options));
  const name = unit.replace(/\.service$/, '');
  const netdata = `http://127.0.0.1:${expected.netdataPort}`;
  const apps = "find ~ /opt -maxdepth 3 \\( -name '*client*.py' -o -name '*server*.py' \\) 2>/dev/null";
  return settled({
    appFound: say(['sh', '-c', apps]).then((said) => typedSaid({ ...said, command: apps })),
    sockets: show(['ss', '-ltn']),
    neighbours: show(['ls', '-al', '/etc/systemd/system']),
    packaged: show(['ls', '-l', '/usr/lib/systemd/system/firewalld.service']),
    loaded: show(['systemctl', 'show', name, '-p', 'FragmentPath,NeedDaemonReload']),
    restartTaken: show(['systemctl', 'show', name, '-p', 'Restart,RestartUSec']),
    enabled: show(['systemctl', 'is-enabled', name]),
    firewallPath: show(['which', 'firewall-cmd']),
    firewalldStatus: show(['systemctl', 'status', 'firewalld', '-n', '0']),
    sshdStatus: show(['systemctl', 'status', 'sshd', '-n', '0']),
    netdataStatus: show(['systemctl', 'status', 'netdata', '-n', '0']),
    dashboard: show(['curl', '-s', '-m', '3', '-o', '/dev/null', '-w', '%{http_code}\\n', `${netdata}/`]),
    /** `--query-port` prints yes or no. */
    dashboardPort: say(['firewall-cmd', `--query-port=${expected.netdataPort}/tcp`], ROOT),
    portcheck: Promise.all([portcheck(say, PACKAGED), portcheck(say, STATIC)]).then(
      ([packaged, fromStatic]) => (fromStatic.code === 0 ? fromStatic : packaged),
    ),
    alarmLog: say(['curl', '-s', '-m', '3', `${netdata}/api/v1/alarm_log`], { maxBytes: JOURNAL_BYTES }),
    notifyLog: notifyLog(say),
    wayOut: show(['ip', 'route', 'get', OUTSIDE]),
    ping: say(['ping', '-c', '1', '-W', '1', OUTSIDE]),
  });
}

/** What Netdata logged of its messages to Discord: in files, or since 1.43 in a journal of its own. */
async function notifyLog(say: Asker): Promise<Typed> {
  const sought = 'discord notification';
  const [files, journal] = await Promise.all([
    say(['grep', '-hsi', sought, ...NOTIFY_LOGS], ROOT),
    say(['journalctl', '--namespace=netdata', '-q', '-g', sought, '-n', '5'], ROOT),
  ]);
  return files.stdout === '' && journal.stdout !== '' ? typedSaid(journal) : typedSaid(files, tail(5));
}

/** The settings of the TCP check without their comments. */
function portcheck(say: Asker, folder: string): Promise<Said> {
  return say(['grep', '-vE', '^ *(#|$)', `${folder}/go.d/portcheck.conf`], ROOT);
}

/** What the second round leans on. */
export interface Found {
  /** 0 when it does not run. */
  readonly mainPid: number;
  /** Where the server listens, for a client on the host; null: it is not asked anything. */
  readonly clientAddress: string | null;
}

export interface SecondRound {
  readonly client: Typed | null;
  readonly clientLines: Typed;
  readonly status: Typed;
  readonly journal: Typed;
  readonly process: Typed | null;
  readonly firstWords: Typed | null;
  readonly kill: KillSeen | null;
  /** The journal that was searched for a kill, and why that says nothing: it is not ours to read. */
  readonly searched: Said;
  readonly journalUnread: string | null;
}

/** @throws as `firstRound` */
export async function secondRound(
  host: Host,
  { unit, port }: Subject,
  { mainPid, clientAddress }: Found,
  signal: AbortSignal,
): Promise<SecondRound> {
  const say = createAsker(host, signal, LOCALE);
  const name = unit.replace(/\.service$/, '');
  // Before the rest: its lines are to be in what is read then, and the server takes one client at a time.
  const client =
    clientAddress === null
      ? null
      : typedSaid(await say(['python3', '-c', clientProgram(clientAddress, port)]));
  const journal = (count: number) => say(['journalctl', '-u', name, '-n', String(count)], ROOT);
  const found = await settled({
    clientLines: journal(3),
    status: say(['systemctl', 'status', name], ROOT),
    journal: say(['journalctl', '-xe', '-u', name, '-n', '12'], ROOT),
    process: mainPid === 0 ? null : say(['ps', '-fp', String(mainPid)]),
    firstWords:
      mainPid === 0
        ? null
        : say(['journalctl', '-b', `_PID=${mainPid}`], { ...ROOT, maxBytes: JOURNAL_BYTES }),
    searched: say(['journalctl', '-u', name, '-o', 'short-iso', '-n', String(JOURNAL_LINES)], {
      ...ROOT,
      maxBytes: JOURNAL_BYTES,
    }),
  });
  // As typed it needs no bound: what it is piped into ends it.
  const unbounded = found.searched.command.replace(/ -n \d+$/, '');
  return {
    client,
    clientLines: typedSaid(found.clientLines),
    status: typedSaid(found.status),
    journal: typedSaid(found.journal),
    process: found.process === null ? null : typedSaid(found.process),
    firstWords: found.firstWords === null ? null : typedSaid(found.firstWords, head(2)),
    kill: findKill(found.searched.stdout, unbounded),
    searched: found.searched,
    journalUnread: unreadJournal(found.searched),
  };
}

/** journalctl shows nothing to who may see nothing, and only hints at it. */
function unreadJournal({ code, stderr, unseen }: Said): string | null {
  if (unseen !== null || code !== 0) return firstLine(stderr);
  return NOT_SEEING.test(stderr) ? firstLine(stderr) : null;
}

const NOT_SEEING = /not seeing messages from other users|no journal files were (?:found|opened)/i;

/** The exercise's client in one line; it closes once it has read, as the server can bear it. */
function clientProgram(address: string, port: number): string {
  const timeoutS = QUESTION_TIMEOUT_MS / 1000;
  return (
    `import socket; s = socket.create_connection(("${address}", ${port}), ${timeoutS}); ` +
    `s.sendall(b"${QUESTION.canonical}"); print(s.recv(1024).decode())`
  );
}

/** Each of the promises' values, under its name. */
async function settled<T extends Readonly<Record<string, unknown>>>(
  asked: T,
): Promise<{ readonly [K in keyof T]: Awaited<T[K]> }> {
  const values = await Promise.all(
    Object.entries(asked).map(async ([name, value]) => [name, await value] as const),
  );
  return Object.fromEntries(values) as { readonly [K in keyof T]: Awaited<T[K]> };
}
