import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MESSAGE_BYTES, parseEntry } from '../../../src/ops/linux/journal-entry.ts';
import { createLineSplitter } from '../../../src/ops/linux/journal-line.ts';

const fixture = (name: string) => readFileSync(new URL(`../../fixtures/journal/${name}`, import.meta.url));
const WIDE = { head: 1 << 20, tail: 4096 };

function entries(bytes: Buffer, limits = WIDE) {
  return createLineSplitter(limits).push(bytes).map(parseEntry);
}

const entry = (fields: Record<string, unknown>, limits = WIDE) =>
  entries(Buffer.from(`${JSON.stringify(fields)}\n`), limits)[0];

describe('an entry of a real journal', () => {
  it('is one of systemd’s own about the unit, or of the service', () => {
    expect(entries(fixture('calculatrice.json'))).toEqual([
      expect.objectContaining({
        identifier: 'systemd',
        pid: 1,
        priority: 6,
        suppressed: 0,
        cut: false,
        binary: false,
      }),
      expect.objectContaining({ invocationId: expect.stringMatching(/^[0-9a-f]{32}$/) }),
      expect.objectContaining({
        cursor: expect.stringMatching(/^s=[0-9a-f]{32};i=/),
        realtimeUs: expect.any(Number),
      }),
    ]);
  });

  it('shows whatever its message holds', () => {
    expect(entries(fixture('odd.json')).map((one) => [one?.message, one?.binary, one?.priority])).toEqual([
      ['plain é ☃ 😀', false, 6],
      ['esc \u001b[31mred\u001b]52;c;AAAA\u0007 bel', false, 3],
      ['latin1 \ufffdt\ufffd', true, 6],
      ['first\nsecond', false, 6],
      ['first\n\ufffd\0', true, 6],
      ['', false, 2],
      ['', false, 6],
      ['tab\there "quoted" back\\slash \u202ebidi', false, 6],
      ['line one\nline two', false, 6],
    ]);
  });
});

describe('an entry', () => {
  it.each([
    ['no JSON', 'nonsense'],
    ['a list', '[1]'],
    ['half an object', '{"__CURSOR":"s=1"'],
    ['no cursor', '{"MESSAGE":"hello"}'],
    ['an odd cursor', '{"__CURSOR":7}'],
    ['nothing', ''],
  ])('is none when it is %s', (_, line) => {
    expect(entries(Buffer.from(`${line}\n`))).toEqual([null]);
  });

  it.each([
    ['null, too large without --all', null, ''],
    ['missing', undefined, ''],
    ['a number, which journalctl never prints', 7, ''],
    ['an empty list', [], ''],
    ['a list in a list', [['a']], ''],
  ])('has an empty message when it is %s', (_, MESSAGE, message) => {
    expect(entry({ __CURSOR: 's=1', MESSAGE })).toMatchObject({ message, binary: false, cut: false });
  });

  it.each([
    ['3', 3],
    ['0', 0],
    ['8', 6],
    ['-1', 6],
    ['', 6],
    [null, 6],
    [[51], 3],
  ])('of priority %j counts as %i', (PRIORITY, priority) => {
    expect(entry({ __CURSOR: 's=1', PRIORITY })).toMatchObject({ priority });
  });

  it('goes by its command where it has no identifier', () => {
    expect(entry({ __CURSOR: 's=1', _COMM: 'python' })).toMatchObject({ identifier: 'python', pid: null });
    expect(entry({ __CURSOR: 's=1', _COMM: 'python', SYSLOG_IDENTIFIER: 'bs', _PID: '12' })).toMatchObject({
      identifier: 'bs',
      pid: 12,
    });
  });

  it('tells how many lines the rate limit swallowed, when it is journald who says so', () => {
    const MESSAGE_ID = 'a596d6fe7bfa4994828e72309e95d61e';
    expect(entry({ __CURSOR: 's=1', MESSAGE_ID, N_DROPPED: '1204' })).toMatchObject({ suppressed: 1204 });
    expect(entry({ __CURSOR: 's=1', N_DROPPED: '1204' })).toMatchObject({ suppressed: 0 });
  });

  it('keeps 64 KiB of its message, and no half character', () => {
    const cut = entry({ __CURSOR: 's=1', MESSAGE: 'é'.repeat(MESSAGE_BYTES) });
    expect(cut).toMatchObject({ message: 'é'.repeat(MESSAGE_BYTES / 2), cut: true });
    const odd = entry({ __CURSOR: 's=1', MESSAGE: `x${'☃'.repeat(MESSAGE_BYTES)}` });
    expect(Buffer.byteLength(odd?.message ?? '')).toBe(MESSAGE_BYTES);
    expect(entry({ __CURSOR: 's=1', MESSAGE: 'x'.repeat(MESSAGE_BYTES) })).toMatchObject({ cut: false });
  });
});

describe('an entry longer than is kept', () => {
  const foreign = fc.oneof(
    fc.string({ unit: 'binary', minLength: 400, maxLength: 900 }),
    // What is worst for a cut: escapes, quotes, and text that looks like the end of the field.
    fc
      .array(
        fc.constantFrom(
          '\\',
          '"',
          '\u001b',
          'é',
          '😀',
          '","__CURSOR":"s=evil',
          ']',
          '[',
          ',',
          ':',
          '\n',
          '12',
        ),
        {
          minLength: 400,
          maxLength: 900,
        },
      )
      .map((parts) => parts.join('')),
  );
  const bytes = fc.uint8Array({ minLength: 400, maxLength: 900 }).map((array) => [...array]);
  const others = fc.constant({
    __CURSOR: 's=b7b4;i=1',
    PRIORITY: '3',
    _PID: '139',
    __REALTIME_TIMESTAMP: '1795410525673954',
    SYSLOG_IDENTIFIER: 'python',
  });
  const line = (message: unknown, fields: object, at: number) => {
    const all = Object.entries(fields);
    all.splice(at, 0, ['MESSAGE', message]);
    return Buffer.from(`${JSON.stringify(Object.fromEntries(all))}\n`);
  };
  // Room for the other fields on either side, never for the message.
  const limits = { head: 220, tail: 200 };
  const whole = { cursor: 's=b7b4;i=1', priority: 3, pid: 139, identifier: 'python', cut: true };

  it('keeps the start of its message and every other field, wherever they come', () => {
    fc.assert(
      fc.property(foreign, others, fc.nat(5), (message, fields, at) => {
        const [read] = entries(line(message, fields, at), limits);
        expect(read).toMatchObject({ ...whole, realtimeUs: 1_795_410_525_673_954 });
        // JSON.stringify writes a lone surrogate as an escape; both sides then hold it.
        expect(message.startsWith(read?.message ?? '?')).toBe(true);
      }),
    );
  });

  it('does so for a message of bytes', () => {
    fc.assert(
      fc.property(bytes, others, fc.nat(5), (message, fields, at) => {
        const [read] = entries(line(message, fields, at), limits);
        expect(read).toMatchObject(whole);
        const start = new TextDecoder().decode(Uint8Array.from(message));
        const kept = read?.message.replace(/\ufffd$/, '') ?? '?';
        expect(start.startsWith(kept)).toBe(true);
      }),
    );
  });

  it('is read the same however it is cut into chunks', () => {
    const text = line('long '.repeat(100_000), { __CURSOR: 's=1', _PID: '7' }, 1);
    const read = entries(text)[0];
    expect(read).toMatchObject({
      cursor: 's=1',
      pid: 7,
      cut: true,
      message: 'long '.repeat(20_000).slice(0, 65_536),
    });
    const splitter = createLineSplitter(WIDE);
    const lines = [];
    for (let at = 0; at < text.length; at += 1013) lines.push(...splitter.push(text.subarray(at, at + 1013)));
    expect(lines.map(parseEntry)).toEqual([read]);
  });
});
