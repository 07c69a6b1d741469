/** journalctl over a list of entries: `-n`, `--cursor` and `-f`, with the lag that following has. */
import type { UnitManager } from '../../src/ops/host.ts';
import { createJournalIdentity, type JournalIdentity } from '../../src/ops/linux/journal-identity.ts';
import { createFakeClock } from './fake-clock.ts';
import { type FakeCommand, finished, streaming } from './fake-transport.ts';

export interface FakeJournal {
  /** Appends an entry and returns its cursor; followers see it at the next `flush()`. */
  append(message: unknown, fields?: Readonly<Record<string, unknown>>): string;
  /** Hands followers what they have not seen, as journald's batched wake-up does. */
  flush(): void;
  /** Forgets the oldest entries, as a rotation does. */
  vacuum(keep: number): void;
  /** Ends all followers. */
  kill(): void;
  run(argv: readonly string[]): FakeCommand;
  /** Followers that run right now. */
  readonly followers: number;
}

export function createFakeJournal(): FakeJournal {
  let entries: { cursor: string; line: string }[] = [];
  let count = 0;
  const followers = new Set<{ seen: number; command: ReturnType<typeof streaming> }>();

  return {
    append(message, fields = {}) {
      count += 1;
      const cursor = `s=b7b4;i=${count.toString(16)};b=e5ec`;
      const fixed = { __CURSOR: cursor, __REALTIME_TIMESTAMP: String(1_795_410_525_000_000 + count) };
      entries.push({ cursor, line: `${JSON.stringify({ MESSAGE: message, ...fixed, ...fields })}\n` });
      return cursor;
    },
    flush() {
      for (const follower of followers) {
        const first = count - entries.length;
        const fresh = entries.slice(Math.max(0, follower.seen - first));
        follower.seen = count;
        if (fresh.length > 0) follower.command.print(fresh.map(({ line }) => line).join(''));
      }
    },
    vacuum(keep) {
      entries = entries.slice(-keep);
    },
    kill() {
      for (const { command } of followers) command.end(1);
      followers.clear();
    },
    get followers() {
      return followers.size;
    },
    run(argv) {
      const cursor = argv.find((word) => word.startsWith('--cursor='))?.slice('--cursor='.length);
      const lines = argv[argv.indexOf('-n') + 1] ?? 'all';
      if (cursor !== undefined && !cursor.startsWith('s=')) {
        return finished(1, '', 'Failed to seek to cursor: Invalid argument');
      }
      const known = entries.findIndex((entry) => entry.cursor === cursor);
      // An unknown cursor is no error: journalctl begins with the oldest entry there is.
      const start = cursor === undefined ? Math.max(0, entries.length - Number(lines)) : Math.max(0, known);
      const text = entries
        .slice(start)
        .map(({ line }) => line)
        .join('');
      if (!argv.includes('-f')) return finished(0, text);
      const command = streaming();
      const follower = { seen: count, command };
      followers.add(follower);
      void command.ended.then(() => followers.delete(follower));
      if (text !== '') command.print(text);
      return command;
    },
  };
}

/** Whose journal it is, once systemd has said so. */
export function journalOf(unit: string, manager: UnitManager = 'system'): JournalIdentity {
  const identity = createJournalIdentity(unit, manager, createFakeClock());
  identity.learn(unit, '');
  return identity;
}
