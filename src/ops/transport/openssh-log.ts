/** What the system's own ssh tells of itself at `LogLevel=DEBUG1`, read as data. Pure. */
import type { ConnectFailure, KeyAttempt } from '../failure.ts';
import type { OwnLoss } from './loss.ts';
import type { Route } from './route.ts';

type Unreachable = Extract<ConnectFailure, { code: 'unreachable' }>;

export interface LogSurroundings {
  readonly route: Route;
  /** Key files whose passphrase was not given. */
  readonly declined: ReadonlySet<string>;
}

/** The address that ssh reached; null behind a proxy. */
export function addressOf(log: string): string | null {
  const reached = /^Authenticated to .*\(\[([^\]]+)\]:\d+\)/m.exec(log)?.[1];
  return reached ?? /^debug1: Connecting to \S+ \[([^\]]+)\] port \d+\./m.exec(log)?.[1] ?? null;
}

/** The lines that are meant for the user, without ssh's own way of drawing attention. */
export function complaintsOf(log: string): string[] {
  return log
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^debug\d: /.test(line) && !/^@+$/.test(line))
    .filter((line) => !/^(?:Pseudo-terminal|Authenticated to|Transferred: |Bytes per second: )/.test(line));
}

/** Why a connection that was up has ended. */
export function lossOf(log: string): string {
  const last = complaintsOf(log).at(-1);
  if (last === undefined) return 'the connection was closed' satisfies OwnLoss;
  if (/^Timeout, server .* not responding/.test(last)) return 'no answer to keepalives' satisfies OwnLoss;
  if (/^Connection to .* closed|closed by remote host/.test(last))
    return 'the connection was closed' satisfies OwnLoss;
  return last;
}

/** Why ssh never got in. */
export function failureOf(log: string, surroundings: LogSurroundings): ConnectFailure {
  const { route } = surroundings;
  const complaints = complaintsOf(log);
  const said = complaints.join('\n');
  const detail = complaints.at(-1) ?? 'ssh ended without a word';
  const { host } = route.host;
  const { port } = route.host.target;

  if (/Bad configuration option|Bad owner or permissions on|bad configuration options/.test(said))
    return { code: 'ssh-config', detail: complaints[0] ?? detail };
  const [, spoken] = /^debug1: kex_exchange_identification: banner line \d+: (.+)$/m.exec(log) ?? [];
  if (spoken !== undefined && !/^debug1: Remote protocol version/m.test(log))
    return { code: 'protocol', host, detail: spoken };
  const key = hostKeyFailure(log, said, route);
  if (key) return key;

  const [, unknown, why = ''] = /^(?:ssh: )?Could not resolve hostname ([^:]+): (.+)$/m.exec(said) ?? [];
  if (unknown !== undefined) return at(unknown, { code: 'resolve', host: unknown, detail: why }, route);
  const [, place, placePort, reason = ''] =
    /connect to (?:host|address) (\S+) port (\d+): (.+)$/m.exec(said) ?? [];
  if (place !== undefined)
    return at(place, unreachable(place, Number(placePort), reasonOf(reason), reason), route);
  const [, account, methods = ''] = /^(\S+): Permission denied \((.*)\)\.$/m.exec(said) ?? [];
  if (account !== undefined) return denied(account, methods.split(','), log, surroundings);
  if (/Too many authentication failures/.test(said))
    return denied(`${route.host.target.user}@${route.host.target.hostname}`, [], log, surroundings);
  const [, forwarded] = /^channel \d+: open failed: (.+)$/m.exec(said) ?? [];
  if (forwarded !== undefined && route.jumps.length > 0) {
    const cause = unreachable(route.host.target.hostname, port, reasonOf(forwarded), forwarded);
    return { code: 'jump', via: route.jumps.at(-1)?.host ?? host, cause };
  }
  if (/timed out/i.test(detail)) return unreachable(host, port, 'timeout', detail);
  if (/Connection (?:closed|reset) by|Connection reset/.test(detail) && !/matching/.test(said))
    return unreachable(host, port, 'reset', detail);
  return { code: 'protocol', host, detail };
}

function hostKeyFailure(log: string, said: string, route: Route): ConnectFailure | null {
  const { target } = route.host;
  const [, algorithm = '', fingerprint = ''] =
    [...log.matchAll(/^debug1: Server host key: (\S+) (\S+)/gm)].at(-1) ?? [];
  const [, otherPrint] = /key sent by the remote host is\n(\S+?)\.?$/m.exec(said) ?? [];
  const shown = {
    host: target.hostKeyAlias ?? target.hostname,
    port: target.hostKeyAlias === null ? target.port : 22,
    algorithm,
    fingerprint: otherPrint ?? fingerprint,
  };
  const files = [...target.userKnownHosts, ...target.globalKnownHosts];
  const [, file, line] = /^Offending \S+ key in (.+):(\d+)$/m.exec(said) ?? [];
  if (/is marked as revoked|REVOKED HOST KEY/.test(said))
    return { code: 'host-key-revoked', ...shown, file: files[0] ?? '', line: 0 };
  if (/HOST IDENTIFICATION HAS CHANGED|differs from the key/.test(said) && file !== undefined)
    return { code: 'host-key-changed', ...shown, file, line: Number(line) };
  if (/^Host key verification failed\.$/m.test(said)) return { code: 'host-key-unknown', ...shown, files };
  return null;
}

function denied(
  account: string,
  offered: readonly string[],
  log: string,
  { route, declined }: LogSurroundings,
): ConnectFailure {
  const { target, host } = route.host;
  const keys = new Map<string, KeyAttempt>();
  for (const [, source = '', from] of log.matchAll(
    /^debug1: Offering public key: (.+?) \S+ SHA256:\S+(?: explicit)?( agent)?(?: .*)?$/gm,
  ))
    keys.set(source, { source, from: from ? 'agent' : 'file', outcome: 'refused' });
  for (const [, source = '', why = ''] of log.matchAll(/^Load key "(.+)": (.+)$/gm)) {
    const outcome = /permission/i.test(why)
      ? 'too-open'
      : /passphrase/.test(why)
        ? 'wrong-passphrase'
        : 'not-a-key';
    keys.set(source, { source, from: 'file', outcome });
  }
  for (const source of declined) keys.set(source, { source, from: 'file', outcome: 'passphrase-needed' });
  const name = account.slice(account.lastIndexOf('@') + 1);
  const user = account.slice(0, account.lastIndexOf('@'));
  const agent = target.agent === null ? 'none' : [...keys.values()].some(isOfAgent) ? 'used' : 'empty';
  const here = { code: 'auth', agent, offered, keys: [...keys.values()] } as const;
  const jump = route.jumps.find((each) => each.target.hostname === name && each.target.user === user);
  const isHost = name === target.hostname && user === target.user;
  if (jump && !isHost) {
    const cause = { ...here, user, host: jump.host, port: jump.target.port, keys: [] };
    return { code: 'jump', via: jump.host, cause };
  }
  return { ...here, user: target.user, host, port: target.port };
}

function isOfAgent({ from }: KeyAttempt): boolean {
  return from === 'agent';
}

/** A failure at a jump is told together with its name. */
function at(place: string, cause: ConnectFailure, { jumps, host }: Route): ConnectFailure {
  const jump = jumps.find(({ target }) => target.hostname === place);
  return jump && host.target.hostname !== place ? { code: 'jump', via: jump.host, cause } : cause;
}

function unreachable(host: string, port: number, reason: Unreachable['reason'], detail: string): Unreachable {
  return { code: 'unreachable', host, port, reason, detail };
}

function reasonOf(text: string): Unreachable['reason'] {
  if (/refused/i.test(text)) return 'refused';
  if (/timed out/i.test(text)) return 'timeout';
  if (/no route|unreachable/i.test(text)) return 'no-route';
  return /reset/i.test(text) ? 'reset' : 'other';
}
