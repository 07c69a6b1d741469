/** A session on a fake host and a fake clock, for tests of what it makes of what the host says. */
import type { Connector } from '../../src/ops/connector.ts';
import type { Host } from '../../src/ops/host.ts';
import { createSession, type SessionOptions } from '../../src/state/create-session.ts';
import type { Session } from '../../src/state/session.ts';
import { createFakeClock, type FakeClock } from './fake-clock.ts';
import { createFakeHost, type FakeHost } from './fake-host.ts';

/** Nobody listens anywhere. */
export const refusing: Connector = async (address, port) => {
  throw Object.assign(new Error(`${address}:${port}`), { code: 'ECONNREFUSED' });
};

export interface TestSession {
  readonly session: Session;
  readonly clock: FakeClock;
  readonly first: FakeHost;
  /** What the next attempts to reach the host give; without any, they fail. */
  readonly attempts: (() => Promise<Host>)[];
  /** Attempts that were made. */
  readonly made: () => number;
}

export function createTestSession(
  more: Partial<SessionOptions> & { first?: FakeHost; clock?: FakeClock } = {},
): TestSession {
  const { first = createFakeHost(), clock = createFakeClock(), ...options } = more;
  const attempts: (() => Promise<Host>)[] = [];
  let made = 0;
  const session = createSession({
    firstHost: first.host,
    makeHost: async (signal) => {
      made += 1;
      const attempt = attempts.shift();
      if (attempt === undefined) throw new Error('no route');
      signal.throwIfAborted();
      return attempt();
    },
    subject: { unit: 'calculatrice.service', port: 13337, address: '10.5.1.2', asksAnswers: false },
    clock,
    connector: refusing,
    random: () => 0.5,
    ...options,
  });
  return { session, clock, first, attempts, made: () => made };
}

/** The messages that the journal holds, gaps as `⋯`. */
export function messages({ journal }: Session): string[] {
  return Array.from({ length: journal.length }, (_, index) => {
    const line = journal.at(journal.firstSeq + index);
    return line?.kind === 'entry' ? line.entry.message : '⋯';
  });
}
