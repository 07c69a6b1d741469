/**
 * A real terminal for a program under test: a pty runs it, xterm.js reads what it draws.
 *
 * Nothing here waits for time: `waitFor` looks again each time output was parsed, and gives up with the
 * screen as it was when its bound has passed or the program has ended.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import pty from '@lydell/node-pty';
import xterm from '@xterm/headless';
import { GRACE_MS } from './bound.ts';
import { type Cell, readRow } from './cells.ts';
import { groupMembers } from './processes.ts';
import { createWaiters } from './waiters.ts';

export interface TerminalOptions {
  readonly command: string;
  readonly args?: readonly string[];
  /** @default 100 */
  readonly cols?: number;
  /** @default 30 */
  readonly rows?: number;
  /** On top of a clean environment (PATH, TERM, LANG, HOME and the XDG folders); `undefined` takes one away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** HOME for the program, kept afterwards. Without it, an empty one that `close` removes. */
  readonly home?: string;
}

export interface Exit {
  readonly code: number;
  /** `SIGTERM`…, or null when it ended by itself. */
  readonly signal: string | null;
}

export interface WaitOptions {
  /** What is waited for, for the error. */
  readonly what?: string;
}

/** Text on the screen, a pattern over it, or anything that can be told from the terminal. */
export type Sight = string | RegExp | ((terminal: Terminal) => boolean);

export interface Seen {
  /** `performance.now()` when the sight was there. */
  readonly at: number;
  readonly screen: string;
}

const keys = {
  enter: '\r',
  escape: '\x1b',
  tab: '\t',
  'shift+tab': '\x1b[Z',
  backspace: '\x7f',
  delete: '\x1b[3~',
  up: '\x1b[A',
  down: '\x1b[B',
  right: '\x1b[C',
  left: '\x1b[D',
  home: '\x1b[H',
  end: '\x1b[F',
  pageup: '\x1b[5~',
  pagedown: '\x1b[6~',
  space: ' ',
} as const;

/** A named key, or control with a letter: `ctrl+c`. */
export type KeyName = keyof typeof keys | `ctrl+${string}`;

export interface Terminal {
  readonly pid: number;
  readonly home: string;
  readonly cols: number;
  readonly rows: number;
  /** `performance.now()` when the program was started. */
  readonly startedAt: number;
  /** What a user sees: one line a row, blanks at the right cut off. */
  screen(): string;
  row(y: number): string;
  cells(): readonly (readonly Cell[])[];
  cursor(): { readonly x: number; readonly y: number; readonly visible: boolean };
  /** `alternate` while a full-screen program has the screen. */
  buffer(): 'normal' | 'alternate';
  /** Every character the program has written, escape sequences and all. */
  output(): string;
  /** What reached the terminal beside the screen. */
  readonly effects: {
    readonly titles: readonly string[];
    /** Clipboard requests (OSC 52), decoded. */
    readonly copied: readonly string[];
    readonly bells: number;
  };
  type(text: string): void;
  press(key: KeyName): void;
  /** As a terminal pastes: bracketed when the program asked for that. */
  paste(text: string): void;
  resize(cols: number, rows: number): void;
  waitFor(sight: Sight, options?: WaitOptions): Promise<Seen>;
  /**
   * Waits until each of these was there at some time from now on, in whatever order: for what may be gone again
   * before the next one is waited for.
   */
  waitForEach(...sights: readonly Sight[]): Promise<void>;
  readonly exited: Promise<Exit>;
  kill(signal?: NodeJS.Signals): void;
  /** Ends the program, and what it left running, by process id. Resolves to the ids of what it had left. */
  close(): Promise<readonly number[]>;
}

/** The environment of somebody who has just opened a terminal, whatever the test runner's own is. */
function cleanEnvironment(home: string): Record<string, string | undefined> {
  const kept = ['SystemRoot', 'ComSpec', 'PATHEXT', 'NODE_EXTRA_CA_CERTS'];
  const temporary = join(home, 'tmp');
  mkdirSync(temporary, { recursive: true });
  return {
    ...Object.fromEntries(kept.map((name) => [name, process.env[name]])),
    PATH: [dirname(process.execPath), process.env.PATH].join(delimiter),
    TERM: 'xterm-256color',
    LANG: 'en_US.UTF-8',
    TZ: 'UTC',
    HOME: home,
    USERPROFILE: home,
    APPDATA: join(home, '.config'),
    LOCALAPPDATA: join(home, '.local', 'state'),
    XDG_CONFIG_HOME: join(home, '.config'),
    XDG_STATE_HOME: join(home, '.local', 'state'),
    XDG_CACHE_HOME: join(tmpdir(), 'tp5-tui-test-cache'),
    TMPDIR: temporary,
  };
}

export function openTerminal(options: TerminalOptions): Terminal {
  const home = options.home ?? mkdtempSync(join(tmpdir(), 'tp5-home-'));
  const environment = { ...cleanEnvironment(home), ...options.env };
  const size = { cols: options.cols ?? 100, rows: options.rows ?? 30 };
  const screen = new xterm.Terminal({ ...size, allowProposedApi: true, scrollback: 5000 });
  const startedAt = performance.now();
  const child = pty.spawn(options.command, [...(options.args ?? [])], {
    ...size,
    name: environment.TERM ?? 'dumb',
    cwd: options.cwd ?? home,
    env: Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined)),
  });

  let output = '';
  let cursorVisible = true;
  let ended: Exit | null = null;
  const effects = { titles: [] as string[], copied: [] as string[], bells: 0 };
  const waiters = createWaiters();
  const look = (): void => {
    // Between the two ends of a synchronised update the screen is half drawn; no user sees that either.
    if (screen.modes.synchronizedOutputMode && ended === null) return;
    waiters.look();
  };

  for (const final of ['h', 'l']) {
    screen.parser.registerCsiHandler({ prefix: '?', final }, (params) => {
      if (params.includes(25)) cursorVisible = final === 'h';
      return false;
    });
  }
  screen.parser.registerOscHandler(52, (data) => {
    effects.copied.push(Buffer.from(data.slice(data.indexOf(';') + 1), 'base64').toString('utf8'));
    return true;
  });
  screen.onTitleChange((title) => effects.titles.push(title));
  screen.onBell(() => {
    effects.bells += 1;
  });
  // Terminals answer questions (device attributes, cursor position) and programs wait for the answers.
  screen.onData((answer) => ended ?? child.write(answer));
  child.onData((data) => {
    output += data;
    screen.write(data, look);
  });
  const exited = new Promise<Exit>((resolve) => {
    child.onExit(({ exitCode, signal }) => {
      screen.write('', () => {
        ended = { code: exitCode, signal: signalName(signal) };
        resolve(ended);
        look();
      });
    });
  });

  const row = (y: number): string =>
    screen.buffer.active
      .getLine(screen.buffer.active.baseY + y)
      ?.translateToString(true)
      .trimEnd() ?? '';
  const rows = (): number[] => Array.from({ length: screen.rows }, (_, y) => y);

  const terminal: Terminal = {
    pid: child.pid,
    home,
    startedAt,
    exited,
    effects,
    get cols() {
      return screen.cols;
    },
    get rows() {
      return screen.rows;
    },
    row,
    screen: () => rows().map(row).join('\n').trimEnd(),
    cells: () => rows().map((y) => readRow(screen, y)),
    cursor: () => ({
      x: screen.buffer.active.cursorX,
      y: screen.buffer.active.cursorY,
      visible: cursorVisible,
    }),
    buffer: () => screen.buffer.active.type,
    output: () => output,
    type: (text) => child.write(text),
    press: (key) => child.write(bytesOf(key)),
    paste: (text) =>
      child.write(
        screen.modes.bracketedPasteMode ? `\x1b[200~${text}\x1b[201~` : text.replaceAll('\n', '\r'),
      ),
    resize(cols, rows) {
      screen.resize(cols, rows);
      child.resize(cols, rows);
    },
    waitFor,
    async waitForEach(...sights) {
      const missing = new Set(sights);
      await waitFor(
        (seen) => {
          for (const sight of missing) if (isThere(sight, seen)) missing.delete(sight);
          return missing.size === 0;
        },
        { what: 'each of several sights' },
      ).catch((error: unknown) => {
        throw new Error(`never seen: ${[...missing].map(describe).join(', ')}`, { cause: error });
      });
    },
    kill: (signal) => child.kill(process.platform === 'win32' ? undefined : signal),
    close,
  };
  return terminal;

  function waitFor(sight: Sight, { what = describe(sight) }: WaitOptions = {}): Promise<Seen> {
    return waiters.until(
      () => {
        if (isThere(sight, terminal)) return { at: performance.now(), screen: terminal.screen() };
        if (ended === null) return undefined;
        const how = ended.signal ?? `exit ${ended.code}`;
        throw new Error(`the program ended (${how}) while waiting for ${what}\n${framed(terminal)}`);
      },
      () => `${what} was waited for\n${framed(terminal)}`,
    );
  }

  async function close(): Promise<readonly number[]> {
    if (ended === null) {
      // SIGHUP is what a closed terminal window sends.
      terminal.kill('SIGHUP');
      const insist = setTimeout(() => terminal.kill('SIGKILL'), GRACE_MS);
      await exited;
      clearTimeout(insist);
    }
    const left = groupMembers(child.pid);
    for (const pid of left) process.kill(pid, 'SIGKILL');
    screen.dispose();
    if (options.home === undefined) rmSync(home, { recursive: true, force: true });
    return left;
  }
}

function bytesOf(key: KeyName): string {
  if (key.startsWith('ctrl+')) return String.fromCharCode(key.charCodeAt(5) & 0x1f);
  return keys[key as keyof typeof keys];
}

function signalName(number: number | undefined): string | null {
  if (!number) return null;
  return Object.entries(constants.signals).find(([, value]) => value === number)?.[0] ?? String(number);
}

function isThere(sight: Sight, terminal: Terminal): boolean {
  if (typeof sight === 'function') return sight(terminal);
  return typeof sight === 'string' ? terminal.screen().includes(sight) : sight.test(terminal.screen());
}

function describe(sight: Sight): string {
  return typeof sight === 'string' ? JSON.stringify(sight) : String(sight);
}

function framed(terminal: Terminal): string {
  const edge = `+${'-'.repeat(terminal.cols)}+`;
  return [edge, terminal.screen(), edge].join('\n');
}
