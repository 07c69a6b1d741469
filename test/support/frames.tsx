/**
 * Draws Ink components in a terminal of any size, settable while they are drawn. ink-testing-library is
 * 100 columns wide and has no rows; what is full-screen needs both.
 */
import { EventEmitter } from 'node:events';
import { render } from 'ink';
import type { ReactNode } from 'react';

class FakeStdout extends EventEmitter {
  columns: number;
  rows: number;
  readonly isTTY = true;
  readonly frames: string[] = [];

  constructor(columns: number, rows: number) {
    super();
    this.columns = columns;
    this.rows = rows;
  }

  readonly write = (frame: string): boolean => {
    this.frames.push(frame);
    return true;
  };
}

class FakeStdin extends EventEmitter {
  readonly isTTY = true;
  #waiting: string[] = [];

  type(data: string): void {
    this.#waiting.push(data);
    this.emit('readable');
  }

  read(): string | null {
    return this.#waiting.shift() ?? null;
  }

  setEncoding(): void {}
  setRawMode(): void {}
  ref(): void {}
  unref(): void {}
  pause(): void {}
  resume(): void {}
}

export interface Frames {
  /** The frame as it is now, with its colours. */
  frame(): string;
  /** The frame's lines without their colours. */
  lines(): string[];
  text(): string;
  /** How many frames were drawn, changed or not. */
  readonly count: number;
  /** Types as a terminal sends it, and lets React settle. */
  type(...inputs: readonly string[]): Promise<void>;
  resize(columns: number, rows: number): Promise<void>;
  /** Lets effects and what they set off run. */
  settle(): Promise<void>;
  /** Waits until the screen holds it. @throws with the frame in the message */
  until(wanted: string | RegExp, turns?: number): Promise<void>;
  unmount(): void;
}

export const KEY = {
  up: '\x1b[A',
  down: '\x1b[B',
  right: '\x1b[C',
  left: '\x1b[D',
  shiftUp: '\x1b[1;2A',
  shiftDown: '\x1b[1;2B',
  home: '\x1b[H',
  end: '\x1b[F',
  pageUp: '\x1b[5~',
  pageDown: '\x1b[6~',
  delete: '\x1b[3~',
  backspace: '\x7f',
  enter: '\r',
  tab: '\t',
  shiftTab: '\x1b[Z',
  /** As Ink's parser hands it on once its wait for a sequence is over. */
  esc: '\x1b',
} as const;

export const ctrl = (letter: string): string => String.fromCharCode(letter.toLowerCase().charCodeAt(0) - 96);

export function draw(tree: ReactNode, columns: number, rows: number): Frames {
  const stdout = new FakeStdout(columns, rows);
  const stdin = new FakeStdin();
  const instance = render(tree, {
    stdout: stdout as unknown as NodeJS.WriteStream,
    stdin: stdin as unknown as NodeJS.ReadStream,
    stderr: new FakeStdout(columns, rows) as unknown as NodeJS.WriteStream,
    debug: true,
    interactive: true,
    exitOnCtrlC: false,
    patchConsole: false,
  });

  async function settle(): Promise<void> {
    for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  }

  // Not every write is a frame: modes and clipboards are controls from end to end.
  const frames = (): string[] => stdout.frames.filter((written) => !/^(?:\x1b\[\?\d+[hl])+$/.test(written));
  const frame = (): string => frames().at(-1) ?? '';
  const text = (): string => frame().replace(/\x1b\[[\d;:]*m/g, '');

  return {
    frame,
    text,
    lines: () => text().split('\n'),
    get count() {
      return frames().length;
    },
    async type(...inputs) {
      for (const input of inputs) {
        stdin.type(input);
        // A lone Esc is one only after Ink has waited for more of a sequence.
        if (input === KEY.esc) await new Promise((resolve) => setTimeout(resolve, 25));
        await settle();
      }
    },
    async resize(toColumns, toRows) {
      stdout.columns = toColumns;
      stdout.rows = toRows;
      stdout.emit('resize');
      await settle();
    },
    settle,
    async until(wanted, turns = 200) {
      for (let turn = 0; turn < turns; turn += 1) {
        const there = typeof wanted === 'string' ? text().includes(wanted) : wanted.test(text());
        if (there) return;
        await settle();
      }
      throw new Error(`never on the screen: ${wanted}\n${text()}`);
    },
    unmount: () => instance.unmount(),
  };
}
