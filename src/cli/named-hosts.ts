/** The hosts that the settings name: one by its name, and all of them for `--all`. Pure. */
import { type CommonOptions, type Invocation, UsageError } from './invocation.ts';
import { decideTarget, type Target, type TargetOptions } from './settings.ts';

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
