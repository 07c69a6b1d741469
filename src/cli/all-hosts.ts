/** `--all`: the same look at every host at once, so many at a time; none stops the others. */
import { Failed, type Failure } from '../ops/failure.ts';
import type { Privilege } from '../ops/transport/transport.ts';
import { createTurnstile } from '../ops/turnstile.ts';
import { cut, widthOf } from '../text/measure.ts';
import { exitCodeOf } from './connect.ts';
import type { Io, Output } from './io.ts';
import type { NamedHost } from './named-hosts.ts';
import { errorDocument } from './run-command.ts';

/** Logging in costs both sides a CPU's time. */
const AT_ONCE = 8;

/** What came of one host. */
export type Visit<T> = NamedHost &
  (
    | { readonly found: T; readonly failure: null }
    /** Not reached, or not let in; nothing was found. */
    | { readonly found: null; readonly failure: Failure }
  );

/**
 * @param look at one host; what it throws as `Failed` is that host's own
 * @returns in the order of `hosts`
 * @throws the signal's reason; what `look` throws besides `Failed`, once the others were called off
 */
export async function visitAll<T>(
  hosts: readonly NamedHost[],
  io: Io,
  look: (host: NamedHost, io: Io) => Promise<T>,
): Promise<readonly Visit<T>[]> {
  const turnstile = createTurnstile(AT_ONCE);
  const over = new AbortController();
  const signal = AbortSignal.any([io.signal, over.signal]);
  const progress = tellProgress(hosts, io.stderr);
  // One line tells of all: none says by itself what it waits for.
  const quiet: Output = {
    // What one has to say all the same stands in the place of that line, until it is drawn anew.
    write: (words) => io.stderr.write(io.stderr.isTTY ? `\r\x1b[K${words}` : words),
    isTTY: false,
    columns: undefined,
  };
  const visit = async (host: NamedHost): Promise<Visit<T>> => {
    try {
      const found = await turnstile.pass(() => look(host, { ...io, signal, stderr: quiet }), signal);
      return { ...host, found, failure: null };
    } catch (error) {
      if (!(error instanceof Failed) || signal.aborted) throw error;
      return { ...host, found: null, failure: error.failure };
    } finally {
      progress.done(host);
    }
  };
  try {
    return await Promise.all(hosts.map(visit));
  } catch (error) {
    over.abort(error);
    throw io.signal.aborted ? io.signal.reason : error;
  } finally {
    progress.end();
  }
}

/** One line that is written over, where somebody watches; else nothing. */
function tellProgress(
  hosts: readonly NamedHost[],
  out: Output,
): { done(host: NamedHost): void; end(): void } {
  const open = new Set(hosts);
  let width = 0;
  function show(line: string): void {
    if (!out.isTTY) return;
    const shown = cut(line, Math.max(1, (out.columns ?? 80) - 1));
    const rest = ' '.repeat(Math.max(0, width - widthOf(shown)));
    width = widthOf(shown);
    out.write(`\r${shown}${rest}${line === '' ? '\r' : ''}`);
  }
  function tell(): void {
    const [first] = hosts;
    if (first === undefined) return;
    const waiting = [...open].map(({ name }) => name).join(', ');
    show(first.invocation.text.hosts.all.progress(hosts.length - open.size, hosts.length, waiting));
  }
  tell();
  return {
    done(host) {
      open.delete(host);
      tell();
    },
    end: () => show(''),
  };
}

/** From the best to the worst: all well, something broken, not permitted, not reached. */
const RANKS: readonly number[] = [0, 1, 4, 3];

/** The exit code of many: the worst wins. */
export function worstOf(codes: readonly number[]): number {
  return codes.reduce((worst, code) => (RANKS.indexOf(code) > RANKS.indexOf(worst) ? code : worst), 0);
}

export function codeOfVisit(visit: Visit<{ readonly code: number }>): number {
  return visit.found === null ? exitCodeOf(visit.failure) : visit.found.code;
}

/** What would have been asked on the way to a host. */
export type Wanted = 'host-key' | 'passphrase' | 'sudo-password';

/** @param privilege null when the host was not reached */
export function wantedOf(failure: Failure | null, privilege: Privilege | null): Wanted | null {
  if (failure?.code === 'jump') return wantedOf(failure.cause, null);
  if (failure?.code === 'host-key-unknown') return 'host-key';
  if (failure?.code === 'auth' && failure.keys.some(({ outcome }) => outcome === 'passphrase-needed')) {
    return 'passphrase';
  }
  return privilege?.kind === 'none' && privilege.reason === 'password-not-given' ? 'sudo-password' : null;
}

/** Says which host wanted to be asked, and how it is asked. */
export function tellWanted(
  { name, invocation }: NamedHost,
  wanted: Wanted | null,
  command: string,
  io: Pick<Io, 'stderr'>,
): void {
  if (wanted === null) return;
  io.stderr.write(`${invocation.text.hosts.all.wanted[wanted](name, `tp5-tui ${command} ${name}`)}\n`);
}

/** One of `hosts` in the JSON of `--all`; the command's own document follows, when there is one. */
export interface VisitDocument {
  readonly name: string;
  /** What was wanted of the user, who is asked nothing. */
  readonly wanted: Wanted | null;
  /** Why the host was not reached; null when it was. */
  readonly error: object | null;
}

export function visitDocument(
  { name, invocation }: NamedHost,
  failure: Failure | null,
  wanted: Wanted | null,
): VisitDocument {
  return { name, wanted, error: failure === null ? null : errorDocument(failure, invocation.text).error };
}

/** The first line of what went wrong. */
export function reasonOf(failure: Failure, { invocation }: NamedHost): string {
  return invocation.text.failures.describe(failure).split('\n', 1)[0] ?? '';
}
