/** The questions of each language at a terminal, and how a failure on the way ends the program. */
import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { PromptTerminal } from '../../src/cli/ask.ts';
import { endedOnTheWay, exitCodeOf, terminalQuestions } from '../../src/cli/connect.ts';
import { Interrupted } from '../../src/cli/io.ts';
import { Failed } from '../../src/ops/failure.ts';
import { catalogue } from '../../src/text/catalogue.ts';
import type { Language } from '../../src/text/language.ts';

const hostKey = { host: '10.5.1.2', port: 22, algorithm: 'ssh-ed25519', fingerprint: 'SHA256:abc' };
const { signal } = new AbortController();

/** A terminal that answers each question at once. */
function answering(keys: string): { open: () => PromptTerminal; shown: () => string; closed: () => number } {
  let shown = '';
  let closed = 0;
  const input = Object.assign(new EventEmitter(), {
    setRawMode: () => {},
    resume: () => queueMicrotask(() => input.emit('data', Buffer.from(keys))),
    pause: () => {},
    unshift: () => {},
  });
  const output = {
    write(text: string) {
      shown += text;
    },
  };
  const close = (): void => {
    closed += 1;
  };
  return {
    open: () => ({ input, output, close }),
    shown: () => shown,
    closed: () => closed,
  };
}

describe('terminalQuestions', () => {
  it.each<[Language, string, boolean]>([
    ['en', 'y\r', true],
    ['en', 'Yes\r', true],
    ['en', '\r', false],
    ['en', 'o\r', false],
    ['en', 'no\r', false],
    ['en', '\x04', false],
    ['fr', 'o\r', true],
    ['fr', 'Oui\r', true],
    ['fr', 'y\r', true],
    ['fr', '\r', false],
    ['fr', 'n\r', false],
  ])('in %s takes %j for %s', async (language, keys, expected) => {
    const terminal = answering(keys);
    const { askHostKey } = terminalQuestions({
      text: catalogue(language),
      mayAsk: true,
      openTerminal: terminal.open,
    });
    expect(await askHostKey?.(hostKey, signal)).toBe(expected);
    expect(terminal.shown()).toContain('SHA256:abc');
    expect(terminal.closed()).toBe(1);
  });

  it('lets who opens the way know while it asks', async () => {
    const terminal = answering('motdepasse\r');
    const told: string[] = [];
    const { askSudoPassword } = terminalQuestions({
      text: catalogue('en'),
      mayAsk: true,
      openTerminal: terminal.open,
      async asking(ask) {
        told.push(`before: ${terminal.shown()}`);
        const answer = await ask();
        told.push('after');
        return answer;
      },
    });
    expect(await askSudoPassword?.({ account: 'paul@tp5', attempt: 1 }, signal)).toBe('motdepasse');
    expect(told).toEqual(['before: ', 'after']);
  });

  it('asks for secrets without showing them', async () => {
    const terminal = answering('motdepasse\r');
    const questions = terminalQuestions({ text: catalogue('en'), mayAsk: true, openTerminal: terminal.open });
    expect(await questions.askSudoPassword?.({ account: 'paul@tp5', attempt: 1 }, signal)).toBe('motdepasse');
    expect(await questions.askPassphrase?.({ keyFile: '/key', attempt: 2 }, signal)).toBe('motdepasse');
    expect(terminal.shown()).toContain('paul@tp5');
    expect(terminal.shown()).toContain('/key');
    expect(terminal.shown()).not.toContain('motdepasse');
  });

  it('has none with --no-input, and answers No where there is nobody to ask', async () => {
    expect(terminalQuestions({ text: catalogue('en'), mayAsk: false })).toEqual({});
    const questions = terminalQuestions({ text: catalogue('en'), mayAsk: true, openTerminal: () => null });
    expect(await questions.askHostKey?.(hostKey, signal)).toBe(false);
    expect(await questions.askSudoPassword?.({ account: 'a', attempt: 1 }, signal)).toBeNull();
  });
});

describe('endedOnTheWay', () => {
  const collect = (): { write(words: string): void; said: string } => ({
    said: '',
    write(words) {
      this.said += words;
    },
  });

  it('says the failure once, on stderr, with its exit code', () => {
    const stderr = collect();
    const failed = new Failed({ code: 'resolve', host: 'tp\x1b5', detail: 'ENOTFOUND' });
    expect(endedOnTheWay(failed, catalogue('en'), stderr)).toBe(3);
    expect(stderr.said).toMatch(/^tp5-tui: tp\\x1b5: no machine/);
    expect(exitCodeOf({ code: 'sudo-denied', user: 'zoe', detail: '' })).toBe(4);
    expect(exitCodeOf({ code: 'no-such-unit', unit: 'x' })).toBe(1);
  });

  it('ends with 130 after Ctrl+C, without a word, and leaves bugs alone', () => {
    const stderr = collect();
    expect(endedOnTheWay(new Interrupted(130), catalogue('en'), stderr)).toBe(130);
    expect(endedOnTheWay(new TypeError('bug'), catalogue('en'), stderr)).toBeNull();
    expect(stderr.said).toBe('');
  });
});
