/** The last `kill -9` that the journal remembers, and what became of the service after it. */
import type { Excerpt } from './typed.ts';
import { lines } from './typed.ts';

export interface KillSeen {
  /** ISO 8601 as journalctl(1) prints it. */
  readonly killedAt: string;
  /** When systemd began the restart; null: it did not, or has not yet. */
  readonly restartedAt: string | null;
  /** Whole seconds in ms, since the journal prints no finer; null without a restart. */
  readonly waitedMs: number | null;
  /** Of the process that came instead, where it has said something. */
  readonly pidAfter: number | null;
  /** The lines that tell of it, and the command that prints just them. */
  readonly excerpt: Excerpt;
}

const LINE = /^(\S+) \S+ ([^\s[]+)\[(\d+)\]: (.*)$/;
const KILLED = /: Main process exited, code=killed, status=9\/KILL$/;
const RESTARTED = /: Scheduled restart job, restart counter is at \d+\.$/;
const STARTED = /^Started /;
/** Lines after the start: the server's own first words. */
const WORDS_AFTER = 2;
const LINES_SHOWN = 24;

/**
 * @param journal `journalctl -o short-iso` of the unit, oldest first
 * @param command that printed it
 */
export function findKill(journal: string, command: string): KillSeen | null {
  const all = lines(journal);
  const parsed = all.map((line) => {
    const [, at = '', name = '', pid = '', message = ''] = LINE.exec(line) ?? [];
    return { at, fromSystemd: name === 'systemd' && pid === '1', name, pid: Number(pid), message };
  });
  const by = (pattern: RegExp) => (entry: (typeof parsed)[number]) =>
    entry.fromSystemd && pattern.test(entry.message);
  const kill = parsed.findLastIndex(by(KILLED));
  const killed = parsed[kill];
  if (killed === undefined) return null;
  const after = parsed.slice(kill + 1);
  const restarted = after.find(by(RESTARTED)) ?? null;
  const start = after.findIndex(by(STARTED));
  const words = start < 0 ? [] : after.slice(start + 1, start + 1 + WORDS_AFTER);
  const count = Math.min(LINES_SHOWN, 1 + (start < 0 ? after.length : start + 1 + words.length));
  return {
    killedAt: killed.at,
    restartedAt: restarted?.at ?? null,
    waitedMs: restarted === null ? null : Date.parse(restarted.at) - Date.parse(killed.at),
    pidAfter: words.find((entry) => entry.name !== 'systemd' && entry.pid > 0)?.pid ?? null,
    excerpt: {
      command: `${command} | grep -A ${count - 1} 'status=9/KILL' | tail -n ${count}`,
      output: all.slice(kill, kill + count).join('\n'),
    },
  };
}
