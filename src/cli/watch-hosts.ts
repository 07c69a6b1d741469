/** The hosts that a guard watches, and the way to each: gone by the guard's session, again and again if need be. */
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { SpeakerOptions } from '../calc/client.ts';
import { absentHost } from '../ops/absent-host.ts';
import type { Connector } from '../ops/connector.ts';
import type { Host, HostMaker } from '../ops/host.ts';
import type { Turnstile } from '../ops/turnstile.ts';
import type { Subject } from '../state/store.ts';
import { type CommonOptions, type Invocation, readInvocation, UsageError } from './invocation.ts';
import type { Io } from './io.ts';
import type { NamedHost } from './named-hosts.ts';
import { speechOf } from './speech.ts';
import { type Tools, withoutJournal } from './with-host.ts';

/**
 * The hosts named on the command line; without any, the one that options and settings name, or else all of
 * the settings' own.
 * @param first of the first word, or of none
 * @throws UsageError
 */
export async function hostsToWatch(
  first: Invocation,
  words: readonly string[],
  options: CommonOptions,
  env: NodeJS.ProcessEnv,
): Promise<readonly NamedHost[]> {
  const { text, settings, via } = first;
  const twice = words.find((word, index) => words.indexOf(word) !== index);
  if (twice !== undefined) throw new UsageError(text.watch.usage.sameHost(twice));
  const [firstWord, ...others] = words;
  if (firstWord === undefined) {
    if (via !== 'ssh') return [{ name: via, invocation: first }];
    if (first.target.host !== null) return [{ name: options.host ?? first.target.host, invocation: first }];
    const names = Object.keys(settings.hosts ?? {});
    if (names.length === 0) throw new UsageError(text.watch.usage.noHost);
    return named(names, options, env);
  }
  return [{ name: firstWord, invocation: first }, ...(await named(others, options, env))];
}

async function named(
  names: readonly string[],
  options: CommonOptions,
  env: NodeJS.ProcessEnv,
): Promise<readonly NamedHost[]> {
  return Promise.all(
    names.map(async (name) => ({ name, invocation: await readInvocation(name, options, env) })),
  );
}

/** What a session of a guard starts from. */
export interface Approach {
  readonly firstHost: Host;
  readonly makeHost: HostMaker;
  readonly connector: Connector;
  readonly subject: Subject;
  /** How the calculator is spoken to. @default as is learnt, remembered nowhere */
  readonly speech?: SpeakerOptions;
  close(): Promise<void>;
}

export interface ApproachOptions {
  readonly io: Io;
  readonly tools: Tools;
  /** Logging in costs both sides a CPU's time: so many hosts at once. */
  readonly turnstile: Turnstile;
  /** The way over SSH that asks nothing. */
  readonly hostMaker: (invocation: Invocation) => Promise<HostMaker>;
}

/**
 * Over SSH the host need not be there: its service is looked at from here at once, and the link is made when
 * it can be. The embedded host and this machine are simply opened.
 * @throws what opening these throws; the signal's reason
 */
export async function approach(
  { name, invocation }: NamedHost,
  { io, tools, turnstile, hostMaker }: ApproachOptions,
): Promise<Approach> {
  if (invocation.via !== 'ssh') {
    const opened = await tools.open(invocation, io);
    const { host, makeHost, ...rest } = opened;
    return { ...rest, firstHost: withoutJournal(host), makeHost: quiet(makeHost) };
  }
  const { target } = invocation;
  const make = await hostMaker(invocation);
  const host = target.host ?? name;
  const address =
    target.address ?? (await turnstile.pass(() => addressOf(host, tools, io.signal), io.signal));
  const { unit, manager, port, calculator: asksAnswers } = target;
  return {
    firstHost: absentHost({
      kind: 'ssh',
      label: target.user === null ? host : `${target.user}@${host}`,
      user: target.user ?? '',
      address,
    }),
    makeHost: quiet((signal) => turnstile.pass(() => make(signal), signal)),
    connector: tools.connector,
    subject: { unit, manager, port, address, asksAnswers },
    speech: speechOf(invocation),
    close: async () => undefined,
  };
}

/** A guard follows no journal: that would keep a process on each host. */
function quiet(make: HostMaker): HostMaker {
  return async (signal) => withoutJournal(await make(signal));
}

/** As an address, which the verdict compares with what the host listens on; as a name while it has none. */
async function addressOf(host: string, tools: Tools, signal: AbortSignal): Promise<string> {
  const name = await tools.hostName(host, signal).catch(() => host);
  signal.throwIfAborted();
  if (isIP(name) !== 0) return name;
  return lookup(name).then(
    ({ address }) => address,
    () => name,
  );
}
