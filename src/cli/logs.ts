/** `tp5-tui logs`: the unit's journal, its newest lines, and with `-f` what comes. */
import { Failed } from '../ops/failure.ts';
import { isTransient } from '../ops/retries.ts';
import { JOURNAL_CAPACITY, type JournalLine } from '../state/journal-buffer.ts';
import type { Session } from '../state/session.ts';
import type { ConsoleState } from '../state/store.ts';
import type { Catalogue } from '../text/catalogue.ts';
import { type Invocation, UsageError } from './invocation.ts';
import { type Io, jsonLine } from './io.ts';
import { itemOf, type LogItem, logDocument, logLine } from './log-lines.ts';
import { painter } from './paint.ts';
import { realTools, type Tools, withHost, withSession } from './with-host.ts';

export interface LogsOptions {
  readonly follow?: boolean;
  readonly lines?: string;
  readonly json?: boolean;
}

const DEFAULT_LINES = 50;

/**
 * @returns the exit code: 0 when it is printed; following ends with the signal that ended it
 * @throws UsageError; Failed when the host cannot be reached, or its journal not be read; the signal's reason
 */
export async function runLogs(
  invocation: Invocation,
  options: LogsOptions,
  io: Io,
  tools: Tools = realTools,
): Promise<number> {
  const { text, target } = invocation;
  const lines = readLines(options, text);
  const paint = painter(io.colour);
  const toLine = (item: LogItem): string =>
    options.json ? jsonLine(logDocument(item)) : logLine(item, text.console, paint);
  let printed = 0;
  // One write for a batch: a flood is then a matter of bytes, not of calls.
  const print = (items: readonly LogItem[]): void => {
    if (items.length === 0 || io.signal.aborted) return;
    printed += items.length;
    io.stdout.write(`${items.map(toLine).join('\n')}\n`);
  };

  return withHost({ invocation, io, tools }, async (opened) => {
    if (options.follow) {
      const wishes = { journalLines: lines, probing: false };
      await withSession(opened, tools, wishes, (session) =>
        follow(session, { print, json: options.json === true }, text, io),
      );
      return 0;
    }
    await opened.host.journal.recent(lines, (batch) => print(batch.map(itemOf)), io.signal);
    if (printed === 0 && lines > 0) io.stderr.write(`${text.commands.logs.empty(target.unit)}\n`);
    return 0;
  });
}

function readLines({ lines, follow }: LogsOptions, { commands }: Catalogue): number {
  if (lines === undefined) return DEFAULT_LINES;
  if (!/^\d{1,9}$/.test(lines)) throw new UsageError(commands.usage.badCount('-n', 0, lines));
  const wanted = Number(lines);
  if (follow && wanted > JOURNAL_CAPACITY) throw new UsageError(commands.logs.tooMany(JOURNAL_CAPACITY));
  return wanted;
}

/**
 * Prints what the session's journal takes in, over lost links too: the session resumes where it was.
 * @throws Failed when the journal cannot be read; the signal's reason, which is how it ends
 */
function follow(
  { store, journal }: Session,
  { print, json }: { readonly print: (items: readonly LogItem[]) => void; readonly json: boolean },
  text: Catalogue,
  io: Io,
): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  const words = text.commands.logs;
  let next = 0;
  /** What was told last of a journal that cannot be read for now. */
  let troubled = '';

  function takeLines(): void {
    const missed = journal.firstSeq - next;
    if (missed > 0) {
      io.stderr.write(`${words.overtaken(missed)}\n`);
      // People read it there; who reads documents counts by them.
      if (json) print([{ kind: 'gap', reason: 'overtaken', count: missed }]);
      next = journal.firstSeq;
    }
    const items: LogItem[] = [];
    for (; next < journal.endSeq; next += 1) {
      const line: JournalLine | undefined = journal.at(next);
      if (line !== undefined) items.push(line);
    }
    print(items);
  }

  function takeState(state: ConsoleState, before: ConsoleState): void {
    if (state.journalVersion !== before.journalVersion) takeLines();
    const { link, journalFailure } = state;
    if (link.state !== before.link.state) {
      if (link.state === 'lost') io.stderr.write(`${words.lost(link.detail)}\n`);
      else if (link.state === 'live') io.stderr.write(`${words.back}\n`);
    }
    // A link that is lost brings the journal back with it.
    if (journalFailure === null || journalFailure.code === 'link-lost' || link.state !== 'live') {
      troubled = '';
      return;
    }
    if (!isTransient(journalFailure)) return reject(new Failed(journalFailure));
    const said = JSON.stringify(journalFailure);
    if (said !== troubled)
      io.stderr.write(`${words.again(text.failures.describe(journalFailure).split('\n', 1)[0] ?? '')}\n`);
    troubled = said;
  }

  const abort = (): void => reject(io.signal.reason);
  const unsubscribe = store.subscribe(takeState);
  io.signal.addEventListener('abort', abort, { once: true });
  if (io.signal.aborted) abort();
  takeLines();
  return promise.finally(() => {
    unsubscribe();
    io.signal.removeEventListener('abort', abort);
  });
}
