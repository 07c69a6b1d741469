/** A command of the shell run in the process: its streams recorded, its settings from a text, its host handed in. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { onTestFinished } from 'vitest';
import type { PromptTerminal } from '../../src/cli/ask.ts';
import { type CommonOptions, type Invocation, readInvocation } from '../../src/cli/invocation.ts';
import { Interrupted, type Io } from '../../src/cli/io.ts';
import type { OpenedHost } from '../../src/cli/open-host.ts';
import type { Tools } from '../../src/cli/with-host.ts';
import { systemClock } from '../../src/ops/clock.ts';
import type { Connector } from '../../src/ops/connector.ts';
import { Failed, type Failure } from '../../src/ops/failure.ts';
import type { Host } from '../../src/ops/host.ts';
import type { Subject } from '../../src/state/store.ts';
import { refusing } from './session.ts';

export interface RecordedIo {
  readonly io: Io;
  readonly stdin: PassThrough;
  readonly out: () => string;
  readonly err: () => string;
  /** stdout's documents, one a line. */
  readonly documents: () => unknown[];
  /** Ends the command as Ctrl+C would, or another signal. */
  readonly interrupt: (exitCode?: number) => void;
  /** Resolves with stdout once it holds `text`. */
  readonly printed: (text: string) => Promise<string>;
}

export interface RecordOptions {
  readonly stdin?: string;
  readonly stdinIsTTY?: boolean;
  readonly stdoutIsTTY?: boolean;
  readonly columns?: number;
  readonly colour?: boolean;
}

export function recordIo(options: RecordOptions = {}): RecordedIo {
  const ending = new AbortController();
  const stdin = new PassThrough();
  if (options.stdin !== undefined) stdin.end(options.stdin);
  const watchers = new Set<() => void>();
  let out = '';
  let err = '';
  const io: Io = {
    stdin: Object.assign(stdin, { isTTY: options.stdinIsTTY ?? false }) as unknown as NodeJS.ReadStream,
    stdout: {
      write(text) {
        out += text;
        for (const look of watchers) look();
      },
      isTTY: options.stdoutIsTTY ?? false,
      columns: options.columns,
    },
    stderr: {
      write(text) {
        err += text;
      },
      isTTY: false,
      columns: undefined,
    },
    signal: ending.signal,
    colour: options.colour ?? false,
  };
  return {
    io,
    stdin,
    out: () => out,
    err: () => err,
    documents: () =>
      out
        .split('\n')
        .filter((line) => line !== '')
        .map((line): unknown => JSON.parse(line)),
    interrupt: (exitCode = 130) => ending.abort(new Interrupted(exitCode)),
    printed: (text) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!out.includes(text)) return;
          watchers.delete(look);
          resolve(out);
        };
        watchers.add(look);
        look();
      }),
  };
}

const NOWHERE = { XDG_CONFIG_HOME: '/nonexistent', XDG_STATE_HOME: '/dev/null/nowhere', LANG: 'C' };

/** @param settings the text of the settings file; none without it */
export async function invoke(
  options: CommonOptions & { readonly hostArgument?: string } = {},
  settings?: string,
  env: NodeJS.ProcessEnv = NOWHERE,
): Promise<Invocation> {
  const { hostArgument, ...common } = options;
  const config = settings === undefined ? {} : { config: settingsFile(settings) };
  return readInvocation(hostArgument, { ...common, ...config }, env);
}

export function settingsFile(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'tp5-settings-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'config.toml');
  writeFileSync(path, text);
  return path;
}

export interface ToolsOptions {
  /** The first host; a failure instead, when it cannot be opened. */
  readonly host?: Host | Failure;
  /** What is made after a loss. */
  readonly again?: readonly Host[];
  readonly subject?: Partial<Subject>;
  readonly connector?: Connector;
  readonly clock?: Tools['clock'];
  /** Where the service listens on this machine. @default 127.0.0.1 */
  readonly served?: string;
}

export interface RecordedTools extends Tools {
  /** How often a host was opened. */
  readonly opened: () => number;
  /** Hosts that were asked for by name. */
  readonly named: readonly string[];
}

export function toolsOn(options: ToolsOptions = {}): RecordedTools {
  const { host, connector = refusing, clock = systemClock, served = '127.0.0.1' } = options;
  const again = [...(options.again ?? [])];
  const named: string[] = [];
  let opened = 0;
  const subject: Subject = {
    unit: 'calculatrice.service',
    port: 13337,
    address: '10.5.1.2',
    asksAnswers: false,
    ...options.subject,
  };
  return {
    named,
    opened: () => opened,
    async open(): Promise<OpenedHost> {
      opened += 1;
      if (host === undefined) throw new Error('no host was to be opened');
      if (!('service' in host)) throw new Failed(host);
      const makeHost = async (): Promise<Host> => {
        const next = again.shift();
        if (next === undefined) throw new Error('no route');
        return next;
      };
      return { host, makeHost, connector, subject, close: async () => undefined };
    },
    async hostName(name) {
      named.push(name);
      return '127.0.0.1';
    },
    servedHere: async () => served,
    connector,
    clock,
  };
}

/** A terminal at which these lines are typed, one for each question; what it was asked is kept. */
export function typing(...lines: readonly string[]): {
  readonly open: () => PromptTerminal;
  readonly asked: () => string;
} {
  const rest = [...lines];
  let asked = '';
  return {
    asked: () => asked,
    open: () => {
      const input = Object.assign(new PassThrough(), { setRawMode: (): void => undefined });
      input.on('newListener', (event) => {
        if (event === 'data') input.write(`${rest.shift() ?? ''}\r`);
      });
      const output = {
        write: (text: string): void => {
          asked += text;
        },
      };
      return { input, output, close: () => undefined };
    },
  };
}
