/** Questions at the terminal: what is typed, pasted, erased and interrupted. */
import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { askAnswer, askSecret, type PromptTerminal } from '../../src/cli/ask.ts';
import { Interrupted } from '../../src/cli/io.ts';

/** A terminal that types what it is told to. */
class FakeInput extends EventEmitter {
  isRaw = false;
  flowing = false;
  given = '';
  setRawMode(on: boolean): void {
    this.isRaw = on;
  }
  resume(): void {
    this.flowing = true;
  }
  pause(): void {
    this.flowing = false;
  }
  unshift(chunk: Buffer): void {
    this.given += String(chunk);
  }
  type(...chunks: readonly (string | Buffer)[]): void {
    for (const chunk of chunks) this.emit('data', Buffer.from(chunk));
  }
}

function fakeTerminal(): { readonly input: FakeInput; readonly terminal: PromptTerminal; shown(): string } {
  const input = new FakeInput();
  let shown = '';
  const output = {
    write(text: string) {
      shown += text;
    },
  };
  return { input, terminal: { input, output, close: () => {} }, shown: () => shown };
}

describe('askSecret', () => {
  it.each<[name: string, chunks: (string | Buffer)[], expected: string | null]>([
    ['takes a line', ['motdepasse\r'], 'motdepasse'],
    ['takes it key by key', ['m', 'o', 't', '\n'], 'mot'],
    ['takes it pasted, with the marks around it', ['\x1b[200~mot de passe\x1b[201~', '\r'], 'mot de passe'],
    ['takes a mark that comes in two pieces', ['\x1b[20', '0~mot\x1b[201~\r'], 'mot'],
    ['takes a character that comes in two pieces', [Buffer.from([0xc3]), Buffer.from([0xa9]), '\r'], 'é'],
    ['erases one', ['mota\x7f\r'], 'mot'],
    ['erases a whole emoji', ['a😀\b\r'], 'a'],
    ['erases nothing of an empty line', ['\x7f\x7fa\r'], 'a'],
    ['erases all', ['wrong\x15right\r'], 'right'],
    ['ignores arrows and other keys', ['a\x1b[Ab\x1bOPc\x1bx\td\r'], 'abcd'],
    ["ignores the terminal's own replies", ['a\x1b]10;rgb:ff/ff', '/ff\x1b\\b\x1b]0;t\x07c\r'], 'abc'],
    ['takes an empty line', ['\r'], ''],
    ['takes Ctrl+D for no answer', ['\x04'], null],
    ['ignores Ctrl+D in the middle', ['a\x04b\r'], 'ab'],
  ])('%s', async (_name, chunks, expected) => {
    const { input, terminal } = fakeTerminal();
    const answer = askSecret('Password: ', terminal);
    expect(input).toMatchObject({ isRaw: true, flowing: true });
    input.type(...chunks);
    expect(await answer).toBe(expected);
    expect(input).toMatchObject({ isRaw: false, flowing: false });
    expect(input.listenerCount('data')).toBe(0);
  });

  it('shows a star for each character and nothing else', async () => {
    const { input, terminal, shown } = fakeTerminal();
    const answer = askSecret('Password: ', terminal);
    input.type('secret', '\x7f', '\r');
    await answer;
    expect(shown()).toBe('Password: ******\b \b\n');
  });

  it('leaves what was typed ahead to whoever reads next', async () => {
    const { input, terminal } = fakeTerminal();
    const answer = askSecret('', terminal);
    input.type('secret\r\nq');
    expect(await answer).toBe('secret');
    expect(input.given).toBe('q');
  });

  it('is interrupted by Ctrl+C, with the terminal as it was', async () => {
    const { input, terminal } = fakeTerminal();
    const answer = askSecret('', terminal);
    input.type('sec\x03ret\r');
    await expect(answer).rejects.toThrow(Interrupted);
    await expect(answer).rejects.toMatchObject({ exitCode: 130 });
    expect(input.isRaw).toBe(false);
  });

  it('gives up when the terminal goes away, or the question is withdrawn', async () => {
    const gone = fakeTerminal();
    const unanswered = askSecret('', gone.terminal);
    gone.input.emit('end');
    expect(await unanswered).toBeNull();

    const { input, terminal } = fakeTerminal();
    const stop = new AbortController();
    const answer = askSecret('', terminal, stop.signal);
    stop.abort(new Error('withdrawn'));
    await expect(answer).rejects.toThrow('withdrawn');
    expect(input.isRaw).toBe(false);
    await expect(askSecret('', terminal, stop.signal)).rejects.toThrow('withdrawn');
  });
});

it('askAnswer shows what is typed, and no escape sequence', async () => {
  const { input, terminal, shown } = fakeTerminal();
  const answer = askAnswer('[y/N] ', terminal);
  input.type('y\x1b]52;c;AA\x07es\r');
  await answer;
  expect(shown()).not.toMatch(/[\x1b\x07]/);
});
