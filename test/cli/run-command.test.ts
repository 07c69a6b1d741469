/** How commands end: exit codes, words on stderr, one document on stdout. */
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/cli/invocation.ts';
import { Interrupted, jsonLine } from '../../src/cli/io.ts';
import { runCommand } from '../../src/cli/run-command.ts';
import { Failed, type Failure } from '../../src/ops/failure.ts';
import { catalogue } from '../../src/text/catalogue.ts';
import { recordIo } from '../support/command.ts';

const text = catalogue('en');
const lost: Failure = { code: 'link-lost', detail: 'keepalive' };
const refused: Failure = { code: 'not-permitted', action: 'KillUnit', detail: 'polkit' };
const unknown: Failure = { code: 'no-such-unit', unit: 'x.service' };

async function run(thrown: unknown, json: boolean) {
  const recorded = recordIo();
  const code = await runCommand({ io: recorded.io, json, text }, async () => {
    throw thrown;
  });
  return { code, out: recorded.out(), err: recorded.err(), documents: recorded.documents() };
}

describe('what ends a command', () => {
  it.each([
    ['a lost link', new Failed(lost), 3],
    ['a refusal', new Failed(refused), 4],
    ['a failure of the operation', new Failed(unknown), 1],
    ['wrong usage', new UsageError('tp5-tui: no.'), 2],
    ['a fault of our own', new TypeError('x is not a function'), 70],
  ])('%s has words on stderr, and its exit code', async (_what, thrown, code) => {
    const ended = await run(thrown, false);
    expect(ended.code).toBe(code);
    expect(ended.out).toBe('');
    expect(ended.err).not.toBe('');
  });

  it('is one document on stdout with --json, with the failure and what it carries', async () => {
    const { documents, err } = await run(new Failed(refused), true);
    expect(documents).toEqual([
      {
        error: {
          code: 'not-permitted',
          message: text.failures.describe(refused),
          action: 'KillUnit',
          detail: 'polkit',
        },
      },
    ]);
    expect(err).toBe(`tp5-tui: ${text.failures.describe(refused)}\n`);
  });

  it.each([
    [new UsageError('tp5-tui: no.'), 'usage'],
    [new TypeError('x is not a function'), 'internal'],
  ])('is a document for %s too', async (thrown, code) => {
    const { documents } = await run(thrown, true);
    expect(documents).toMatchObject([{ error: { code, message: thrown.message } }]);
  });

  it('is no news to who ended it: nothing is said, and the signal is the exit code', async () => {
    expect(await run(new Interrupted(143), true)).toMatchObject({ code: 143, out: '', err: '' });
    const recorded = recordIo();
    const code = await runCommand({ io: recorded.io, json: true, text }, async () => {
      recorded.interrupt();
      throw new Failed(lost);
    });
    expect({ code, out: recorded.out(), err: recorded.err() }).toEqual({ code: 130, out: '', err: '' });
  });

  it('is the signal, even when the command came to its own end after it', async () => {
    const recorded = recordIo();
    const code = await runCommand({ io: recorded.io, json: false, text }, async () => {
      recorded.interrupt(129);
      return 0;
    });
    expect(code).toBe(129);
  });
});

describe('JSON', () => {
  it.each([
    ['\x9b31m', '"\\u009b31m"'],
    ['a\u202eb', '"a\\u202eb"'],
    ['\u2028', '"\\u2028"'],
    ['\u{e0041}', '"\\udb40\\udc41"'],
    ['\x1b[2J', '"\\u001b[2J"'],
    ['é ✓ 🦀', '"é ✓ 🦀"'],
  ])('%j is escaped so that a terminal only prints it, and reads back as it was', (foreign, line) => {
    expect(jsonLine(foreign)).toBe(line);
    expect(JSON.parse(jsonLine({ foreign }))).toEqual({ foreign });
  });
});
