/** `tp5-tui logs`: lines once, lines as they come, and none lost in between. */
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/cli/invocation.ts';
import { itemOf, type LogItem, logDocument, logLine } from '../../src/cli/log-lines.ts';
import { type LogsOptions, runLogs } from '../../src/cli/logs.ts';
import { painter } from '../../src/cli/paint.ts';
import { catalogue } from '../../src/text/catalogue.ts';
import { invoke, recordIo, toolsOn } from '../support/command.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createFakeHost, journalEntry } from '../support/fake-host.ts';

const text = catalogue('en').console;
const plain = painter(false);
const REALTIME_US = Date.UTC(2026, 10, 20, 14, 3, 22) * 1000 + 123_456;

describe('a line', () => {
  const entry = (more: Parameters<typeof journalEntry>[1] = {}): LogItem => ({
    kind: 'entry',
    entry: journalEntry('Le serveur tourne', { realtimeUs: REALTIME_US, ...more }),
  });

  it('has its time, its writer and its message', () => {
    const time = text.format.dateTime(REALTIME_US / 1000);
    expect(logLine(entry(), text, plain)).toBe(`${time} python[1954] Le serveur tourne`);
    expect(logLine(entry({ pid: null }), text, plain)).toBe(`${time} python Le serveur tourne`);
  });

  it.each([
    [0, '✖ '],
    [3, '✖ '],
    [4, '▲ '],
    [5, ''],
    [7, ''],
  ])('of priority %i is marked with %j, without a colour as with one', (priority, mark) => {
    expect(logLine(entry({ priority }), text, plain)).toContain(`] ${mark}Le serveur`);
    const colours = logLine(entry({ priority }), text, painter(true));
    expect(colours.replaceAll(/\x1b\[\d+m/g, '')).toBe(logLine(entry({ priority }), text, plain));
  });

  it('obeys nothing that it carries, and says that it was cut', () => {
    const foreign = journalEntry('\x1b]52;c;x\x07\u202e\n\x9b2J', { identifier: 'a\x1b[2J', cut: true });
    const said = logLine({ kind: 'entry', entry: foreign }, text, plain);
    expect(said).not.toMatch(/[\x00-\x1f\x7f-\x9f\u202e]/);
    expect(said).toMatch(/…$/);
  });

  it('tells where lines are missing, and how many', () => {
    const notice = itemOf(journalEntry('Suppressed 42 messages', { suppressed: 42 }));
    expect(logLine(notice, text, plain)).toBe('▲ 42 lines are missing here: dropped by journald');
    expect(logDocument(notice)).toEqual({ gap: 'suppressed', count: 42 });
    expect(logDocument({ kind: 'gap', reason: 'rotated', count: null })).toEqual({
      gap: 'rotated',
      count: null,
    });
  });

  it('is a document with the microseconds that the journal has', () => {
    expect(logDocument(entry({ cursor: 's=1' }))).toEqual({
      at: '2026-11-20T14:03:22.123456Z',
      cursor: 's=1',
      message: 'Le serveur tourne',
      binary: false,
      cut: false,
      priority: 6,
      identifier: 'python',
      pid: 1954,
      invocationId: 'a1',
    });
  });
});

describe('once', () => {
  async function logs(options: LogsOptions, messages: readonly string[]) {
    const host = createFakeHost({ journal: messages.map((message) => journalEntry(message)) });
    const recorded = recordIo();
    const code = await runLogs(
      await invoke({ lang: 'en' }),
      options,
      recorded.io,
      toolsOn({ host: host.host }),
    );
    return { code, out: recorded.out(), err: recorded.err(), documents: () => recorded.documents(), host };
  }
  const hundred = Array.from({ length: 100 }, (_, index) => `line ${index}`);

  it('prints the newest fifty, oldest first, and neither follows nor dials', async () => {
    const { code, out, host } = await logs({}, hundred);
    const lines = out.trimEnd().split('\n');
    expect(code).toBe(0);
    expect(lines).toHaveLength(50);
    expect(lines[0]).toMatch(/line 50$/);
    expect(lines.at(-1)).toMatch(/line 99$/);
    expect(host.asked).toMatchObject({ follows: [], closes: 1 });
  });

  it.each([
    ['3', 3],
    ['0', 0],
    ['1000', 100],
  ])('prints as many as -n %s says', async (lines, count) => {
    const { documents } = await logs({ lines, json: true }, hundred);
    expect(documents()).toHaveLength(count);
  });

  it('says on stderr that there is none', async () => {
    const { code, out, err } = await logs({}, []);
    expect({ code, out }).toEqual({ code: 0, out: '' });
    expect(err).toBe('no line of calculatrice.service in the journal\n');
  });

  it.each<LogsOptions>([
    { lines: 'all' },
    { lines: '-5' },
    { lines: '1.5' },
    { lines: '' },
    { lines: '10001', follow: true },
  ])('takes %j for wrong usage', async (options) => {
    await expect(logs(options, [])).rejects.toThrow(UsageError);
  });
});

describe('following', () => {
  it('prints what was there, then what comes, each once, also over a lost link', async () => {
    const clock = createFakeClock();
    const before = [journalEntry('one'), journalEntry('two')];
    const first = createFakeHost({ journal: before });
    const meanwhile = journalEntry('while it was lost');
    const second = createFakeHost({ journal: [...before, journalEntry('three'), meanwhile] });
    // The second connection is to the same host: its journal goes on where the first one's was.
    const third = second.history[2];
    if (third === undefined) throw new Error('no third line');

    const recorded = recordIo();
    const tools = toolsOn({ host: first.host, again: [second.host], clock });
    const running = runLogs(await invoke({ lang: 'en' }), { follow: true }, recorded.io, tools);
    running.catch(() => undefined);
    await recorded.printed('two');
    first.log(third);
    await clock.advance(200);
    await recorded.printed('three');
    first.lose('keepalive');
    await clock.advance(40_000);
    second.log(journalEntry('after'));
    await clock.advance(200);
    await recorded.printed('after');
    recorded.interrupt();
    await expect(running).rejects.toMatchObject({ exitCode: 130 });

    const messages = recorded
      .out()
      .trimEnd()
      .split('\n')
      .map((line) => line.split('] ')[1]);
    expect(messages).toEqual(['one', 'two', 'three', 'while it was lost', 'after']);
    expect(recorded.err()).toBe('link lost (keepalive); reconnecting…\nlink back\n');
  });

  it('leaves no trace of its own in the service: nothing is dialled', async () => {
    const host = createFakeHost();
    const recorded = recordIo();
    let dials = 0;
    const connector = async (): Promise<never> => {
      dials += 1;
      throw new Error('dialled');
    };
    const tools = toolsOn({ host: host.host, connector, subject: { asksAnswers: true } });
    const running = runLogs(await invoke(), { follow: true }, recorded.io, tools);
    running.catch(() => undefined);
    host.log(journalEntry('one'));
    await new Promise((resolve) => setImmediate(resolve));
    host.log(journalEntry('two'));
    await recorded.printed('two');
    recorded.interrupt();
    await expect(running).rejects.toThrow();
    expect(dials).toBe(0);
  });

  it('ends as not permitted when the journal may not be read', async () => {
    const host = createFakeHost();
    const refusal = { code: 'not-permitted', action: 'journal', detail: 'in none of the groups' } as const;
    const closed = {
      ...host.host,
      journal: {
        ...host.host.journal,
        follow: (...[, sink]: Parameters<typeof host.host.journal.follow>) => {
          setImmediate(() => sink.fail(refusal));
          return () => undefined;
        },
      },
    };
    const recorded = recordIo();
    await expect(
      runLogs(await invoke(), { follow: true }, recorded.io, toolsOn({ host: closed })),
    ).rejects.toMatchObject({ failure: refusal });
  });
});
