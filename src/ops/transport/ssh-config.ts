/**
 * What `ssh -G` says of a host, as data: how the user's own ssh would go there.
 *
 * `ssh -G` prints one `keyword value` a line, keywords in lower case, defaults filled in, `Match` and
 * `Include` worked out (ssh(1)). Tokens (`%h`) and `~` in paths are left to be expanded here.
 */
import { parsePlace } from '../place.ts';
import { type AlgorithmLimits, readLimits } from './algorithms.ts';

/** As a server names it, and the keyword that allows it. */
export interface OtherMethod {
  readonly method: string;
  readonly keyword: string;
}

const OTHER_METHODS: readonly OtherMethod[] = [
  { method: 'gssapi-with-mic', keyword: 'GSSAPIAuthentication' },
  { method: 'hostbased', keyword: 'HostbasedAuthentication' },
];

/** How one SSH server is reached, and who we are there. */
export interface SshTarget {
  readonly hostname: string;
  readonly port: number;
  readonly user: string;
  /** Key files in the order they are tried, absolute. */
  readonly identityFiles: readonly string[];
  /** Offer nothing from the agent that is not among `identityFiles`. */
  readonly identitiesOnly: boolean;
  /** Socket of the agent; null for none. */
  readonly agent: string | null;
  /** Each `[user@]host[:port]`, the nearest first. */
  readonly proxyJump: readonly string[];
  /** A command whose stdin and stdout are the connection. */
  readonly proxyCommand: string | null;
  readonly userKnownHosts: readonly string[];
  readonly globalKnownHosts: readonly string[];
  readonly hostKeyAlias: string | null;
  /** What to do about a host that is not known. `no` of ssh is `accept` here: a changed key is never taken. */
  readonly unknownHosts: 'ask' | 'refuse' | 'accept';
  readonly hashKnownHosts: boolean;
  readonly connectTimeoutMs: number | null;
  /** `identityFiles` are those of a configuration, not the ones that ssh tries by itself. */
  readonly identitiesConfigured: boolean;
  /** `CertificateFile`, absolute. */
  readonly certificateFiles: readonly string[];
  /** Whether keys are offered at all: `PubkeyAuthentication`, `PreferredAuthentications`. */
  readonly publicKeys: boolean;
  /** `AddressFamily`; null for any. */
  readonly addressFamily: 4 | 6 | null;
  readonly bindAddress: string | null;
  readonly algorithms: AlgorithmLimits;
  /** Methods of authentication, beside keys, that the configuration allows and ssh2 does not have. */
  readonly otherMethods: readonly OtherMethod[];
  /** Keywords that are set and that ssh2 has no answer to. */
  readonly beyondSsh2: readonly string[];
}

/** What the values lean on. */
export interface ConfigSurroundings {
  readonly home: string;
  readonly env: NodeJS.ProcessEnv;
  readonly platform: NodeJS.Platform;
  /** Name of the user on this machine. */
  readonly localUser: string;
  /** The host as it was typed. */
  readonly typedHost: string;
}

const WINDOWS_AGENT = '\\\\.\\pipe\\openssh-ssh-agent';

/** The agent where nothing else is said. */
export function defaultAgent({ env, platform }: ConfigSurroundings): string | null {
  return env.SSH_AUTH_SOCK || (platform === 'win32' ? WINDOWS_AGENT : null);
}

/** Reads the output of `ssh -G`. What is missing there has ssh's own defaults. */
export function parseSshConfig(output: string, surroundings: ConfigSurroundings): SshTarget {
  const values = new Map<string, string[]>();
  for (const line of output.split(/\r?\n/)) {
    const [, keyword, value] = /^(\S+) +(.*)$/.exec(line) ?? [];
    if (keyword === undefined || value === undefined) continue;
    values.set(keyword, [...(values.get(keyword) ?? []), value]);
  }
  const first = (keyword: string): string | undefined => {
    const value = values.get(keyword)?.[0];
    return value === 'none' ? undefined : value;
  };

  const hostname = first('hostname') ?? surroundings.typedHost;
  const port = Number(first('port') ?? 22);
  const user = first('user') ?? surroundings.localUser;
  const expand = pathExpander(surroundings, { hostname, port, user });
  const files = (keyword: string): string[] => splitPaths(first(keyword) ?? '').map(expand);
  const seconds = Number(first('connecttimeout') ?? Number.NaN);
  const family = first('addressfamily');
  const identityFiles = (values.get('identityfile') ?? []).filter((file) => file !== 'none');

  return {
    hostname,
    port,
    user,
    identityFiles: identityFiles.map(expand),
    identitiesOnly: first('identitiesonly') === 'yes',
    agent: readAgent(values.get('identityagent')?.[0], surroundings, expand),
    proxyJump: (first('proxyjump') ?? '').split(',').filter((jump) => jump !== ''),
    proxyCommand: first('proxycommand') ?? null,
    userKnownHosts: files('userknownhostsfile'),
    globalKnownHosts: files('globalknownhostsfile'),
    hostKeyAlias: first('hostkeyalias') ?? null,
    unknownHosts: readStrictness(first('stricthostkeychecking')),
    hashKnownHosts: first('hashknownhosts') === 'yes',
    connectTimeoutMs: Number.isFinite(seconds) ? seconds * 1000 : null,
    identitiesConfigured: !isUsualList(identityFiles),
    certificateFiles: (values.get('certificatefile') ?? []).filter((file) => file !== 'none').map(expand),
    publicKeys: offersKeys(first),
    addressFamily: family === 'inet' ? 4 : family === 'inet6' ? 6 : null,
    bindAddress: first('bindaddress') ?? null,
    algorithms: readLimits(first),
    otherMethods: readOtherMethods(first),
    beyondSsh2: readBeyond(first),
  };
}

/** ssh lists all the files that it tries by itself, and only where the configuration names none. */
function isUsualList(files: readonly string[]): boolean {
  const names = new Set(files.map((file) => /^~[/\\]\.ssh[/\\](id_\w+)$/.exec(file)?.[1]));
  return files.length === 0 || (!names.has(undefined) && names.has('id_rsa') && names.has('id_ed25519'));
}

function isOn(value: string | undefined): boolean {
  return value === 'yes' || value === 'true';
}

function readOtherMethods(first: (keyword: string) => string | undefined): OtherMethod[] {
  const preferred = first('preferredauthentications')?.split(',');
  return OTHER_METHODS.filter(
    ({ method, keyword }) =>
      isOn(first(keyword.toLowerCase())) && (preferred === undefined || preferred.includes(method)),
  );
}

function offersKeys(first: (keyword: string) => string | undefined): boolean {
  const pubkey = first('pubkeyauthentication');
  const preferred = first('preferredauthentications')?.split(',');
  return pubkey !== 'no' && pubkey !== 'false' && preferred?.includes('publickey') !== false;
}

/** What is said by these keywords can be done by OpenSSH's own client alone. */
function readBeyond(first: (keyword: string) => string | undefined): string[] {
  return [
    ...(first('pkcs11provider') === undefined ? [] : ['PKCS11Provider']),
    ...(first('knownhostscommand') === undefined ? [] : ['KnownHostsCommand']),
    ...(first('bindinterface') === undefined ? [] : ['BindInterface']),
    ...(isOn(first('proxyusefdpass')) ? ['ProxyUseFdpass'] : []),
    ...(offersKeys(first) ? [] : readOtherMethods(first).map(({ keyword }) => keyword)),
  ];
}

/** Where there is no ssh to ask: the host as typed, the usual key files, the usual known_hosts. */
export function defaultTarget(surroundings: ConfigSurroundings): SshTarget {
  const usual = ['id_ed25519', 'id_ecdsa', 'id_rsa'].map((name) => `identityfile ~/.ssh/${name}`);
  return parseSshConfig([...usual, 'userknownhostsfile ~/.ssh/known_hosts'].join('\n'), surroundings);
}

/** One hop as `ProxyJump` writes it: `[user@]host[:port]` or `ssh://[user@]host[:port]`. */
export interface JumpSpec {
  readonly host: string;
  readonly user?: string;
  readonly port?: number;
}

export function parseJump(text: string): JumpSpec {
  const { user, host, port } = parsePlace(text);
  return { host, ...(user !== null && { user }), ...(port !== null && { port }) };
}

function readStrictness(value: string | undefined): SshTarget['unknownHosts'] {
  if (value === 'true' || value === 'yes') return 'refuse';
  return value === 'accept-new' || value === 'false' || value === 'no' || value === 'off' ? 'accept' : 'ask';
}

function readAgent(
  value: string | undefined,
  surroundings: ConfigSurroundings,
  expand: (path: string) => string,
): string | null {
  if (value === 'none') return null;
  if (value === undefined || value === 'SSH_AUTH_SOCK') return defaultAgent(surroundings);
  const variable = /^\$([A-Za-z_]\w*)$/.exec(value)?.[1];
  return variable === undefined ? expand(value) : surroundings.env[variable] || null;
}

/**
 * ssh -G separates paths by spaces and quotes none of them, though one may hold spaces itself (a
 * Windows home): what does not begin like a path belongs to the path before it.
 */
function splitPaths(value: string): string[] {
  const paths: string[] = [];
  for (const word of value.split(' ')) {
    const begins = /^(?:[/~%$\\]|[A-Za-z]:|__PROGRAMDATA__)/.test(word);
    const last = paths.length - 1;
    if (begins || last < 0) paths.push(word);
    else paths[last] = `${paths[last]} ${word}`;
  }
  return paths.filter((path) => path !== '');
}

/** Expands `~`, `${VAR}` and the tokens of ssh_config(5) that make sense in a path. */
function pathExpander(
  { home, env, typedHost, localUser }: ConfigSurroundings,
  remote: { readonly hostname: string; readonly port: number; readonly user: string },
): (path: string) => string {
  const tokens: Record<string, string> = {
    '%': '%',
    d: home,
    h: remote.hostname,
    n: typedHost,
    p: String(remote.port),
    r: remote.user,
    u: localUser,
  };
  return (path) =>
    path
      .replace(/^~(?=[/\\]|$)/, () => home)
      .replace(/^__PROGRAMDATA__/, () => env.ProgramData ?? 'C:\\ProgramData')
      .replace(/\$\{(\w+)\}/g, (_all, name: string) => env[name] ?? '')
      .replace(/%(.)/g, (all, token: string) => tokens[token] ?? all);
}

/** The tokens of `ProxyCommand` (ssh_config(5)): `%h`, `%n`, `%p`, `%r` and `%%`. */
export function expandProxyCommand(command: string, target: SshTarget, typedHost: string): string {
  const tokens: Record<string, string> = {
    '%': '%',
    h: target.hostname,
    n: typedHost,
    p: String(target.port),
    r: target.user,
  };
  return command.replace(/%(.)/g, (all, token: string) => tokens[token] ?? all);
}
