/** The hosts that the settings name: one by its name, and all of them for `--all`. Pure. */
import { type CommonOptions, type Invocation, UsageError } from './invocation.ts';
import { decideTarget, type Target, type TargetOptions } from './target.ts';

/** A host under the name that the settings give it. */
export interface NamedHost {
  readonly name: string;
  readonly invocation: Invocation;
}

/** In the order of the settings file. */
export function namesOf({ settings }: Invocation): readonly string[] {
  return Object.keys(settings.hosts ?? {});
}

/** What `tp5-tui NAME` would work on. @param options of the command line, which win */
export function namedInvocation(
  invocation: Invocation,
  name: string,
  options: TargetOptions = {},
): Invocation {
  return {
    ...invocation,
    via: 'ssh',
    target: decideTarget({ ...options, host: name }, invocation.settings),
  };
}

/**
 * Every host of the settings, with the options of the command line on top of each one's own; nothing is
 * asked on the way to any.
 * @param words the arguments of the command
 * @throws UsageError when there is none, or when one host is named all the same
 */
export function everyHost(
  invocation: Invocation,
  words: readonly string[],
  options: CommonOptions,
): readonly NamedHost[] {
  const text = invocation.text.hosts.all;
  if (words.length > 0 || options.host !== undefined || invocation.via !== 'ssh') {
    throw new UsageError(text.alone);
  }
  const names = namesOf(invocation);
  if (names.length === 0) throw new UsageError(text.none(invocation.settingsPath));
  const port = options.port === undefined ? undefined : Number(options.port);
  return names.map((name) => ({
    name,
    invocation: { ...namedInvocation(invocation, name, { ...options, port }), mayAsk: false },
  }));
}

/** `manon@10.5.1.2:2222`, with what is known of it. */
export function placeName({ host, user, sshPort }: Pick<Target, 'host' | 'user' | 'sshPort'>): string {
  const bare = host?.includes(':') && sshPort !== null ? `[${host}]` : (host ?? '');
  return `${user === null ? '' : `${user}@`}${bare}${sshPort === null ? '' : `:${sshPort}`}`;
}

/** A host that the console can be on; without a name, where the program was started. */
export interface Place {
  readonly name: string | null;
  readonly invocation: Invocation;
}

/**
 * Where the console starts, and every host of the settings, in their order. The start is one of them when it
 * was asked for by its name, or is the same host and service; its options are then that one's.
 * @param asked the host of the command line, as it was typed
 */
export function placesOf(
  invocation: Invocation,
  asked: string | undefined,
): { readonly start: Place; readonly places: readonly Place[] } {
  const named = namesOf(invocation).map((name) => ({ name, invocation: namedInvocation(invocation, name) }));
  const found =
    invocation.via !== 'ssh'
      ? undefined
      : (named.find(({ name }) => name === asked) ??
        named.find((place) => sameTarget(place.invocation.target, invocation.target)));
  const start: Place = { name: found?.name ?? null, invocation };
  if (found === undefined) return { start, places: [start, ...named] };
  return { start, places: named.map((place) => (place === found ? start : place)) };
}

/** The same host and service, whatever is expected of it. */
function sameTarget(one: Target, other: Target): boolean {
  const keys = Object.keys(one) as (keyof Target)[];
  return keys.every((key) => key === 'expect' || one[key] === other[key]);
}
