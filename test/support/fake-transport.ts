/** A transport whose host is a table of commands and files, for tests that need no network. */
import { Duplex, PassThrough } from 'node:stream';
import { Failed } from '../../src/ops/failure.ts';
import type { OpenedCommand, Privilege, Transport } from '../../src/ops/transport/transport.ts';

/** One running command on the imagined host. */
export interface FakeCommand {
  /** The command's stdin (written by us) and stdout (read by us). */
  readonly stream: Duplex;
  readonly stderr?: () => string;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  readonly close: () => void;
}

/** What the host runs for these arguments; null when it knows no such command. */
export type FakeExec = (argv: readonly string[], privileged: boolean) => FakeCommand | null;

export interface FakeTransport extends Transport {
  /** Every command that was started, in order. */
  readonly started: readonly { readonly argv: readonly string[]; readonly privileged: boolean }[];
  /** Files by path; a missing one is `unavailable`. */
  readonly files: Map<string, string>;
  /** Ends the connection as a pulled cable would. */
  lose(detail: string): void;
}

export interface FakeTransportOptions {
  readonly exec: FakeExec;
  readonly files?: Readonly<Record<string, string>>;
  readonly privilege?: Privilege;
  readonly address?: string;
}

export function createFakeTransport(options: FakeTransportOptions): FakeTransport {
  const privilege: Privilege = options.privilege ?? { kind: 'sudo' };
  const files = new Map(Object.entries(options.files ?? {}));
  const started: { argv: readonly string[]; privileged: boolean }[] = [];
  const running = new Set<FakeCommand>();
  const lost = Promise.withResolvers<{ detail: string }>();
  let lostDetail: string | null = null;

  async function open(argv: readonly string[], privileged: boolean): Promise<OpenedCommand> {
    if (lostDetail !== null) throw new Failed({ code: 'link-lost', detail: lostDetail });
    if (privileged && privilege.kind === 'none') {
      throw new Failed({ code: 'not-permitted', action: String(argv[0]), detail: privilege.detail });
    }
    started.push({ argv, privileged });
    const command = options.exec(argv, privileged) ?? finished(127, '', `${argv[0]}: not found`);
    running.add(command);
    void command.ended.then(() => running.delete(command));
    return { ...command, stderr: command.stderr ?? (() => ''), failure: () => null };
  }

  function lose(detail: string): void {
    lostDetail ??= detail;
    lost.resolve({ detail });
    for (const command of running) command.close();
  }

  return {
    kind: 'ssh',
    label: 'manon@hosting.tp5.b1',
    user: 'manon',
    privilege,
    address: options.address ?? '10.5.1.2',
    started,
    files,
    roundTripMs: null,
    traffic: null,
    lost: lost.promise,
    lose,
    open: (argv, { privileged = false } = {}) => open(argv, privileged),
    async run(argv, { privileged = false } = {}) {
      const command = await open(argv, privileged);
      let stdout = '';
      command.stream.on('data', (chunk: Buffer) => {
        stdout += chunk.toString('utf8');
      });
      const { code, signal } = await command.ended;
      return { code, signal, stdout, stderr: command.stderr(), truncated: false };
    },
    async readFile(path) {
      const text = files.get(path);
      if (text === undefined) throw new Failed({ code: 'unavailable', what: path, detail: 'No such file' });
      return Buffer.from(text);
    },
    dial: () => Promise.reject(new Failed({ code: 'unavailable', what: 'dial', detail: 'nothing there' })),
    close: async () => lose('closed'),
  };
}

/** A command that printed something and is over. It closes once its output was read, as a channel does. */
export function finished(code: number, stdout = '', stderr = ''): FakeCommand {
  const stream = new Duplex({
    read() {},
    write: (_chunk, _encoding, done) => done(),
  });
  if (stdout !== '') stream.push(stdout);
  stream.push(null);
  const ended = Promise.withResolvers<{ code: number | null; signal: string | null }>();
  for (const event of ['end', 'close']) stream.once(event, () => ended.resolve({ code, signal: null }));
  return { stream, stderr: () => stderr, ended: ended.promise, close: () => stream.destroy() };
}

/** A command that prints as it is told to, until it is closed or ends. */
export function streaming(): FakeCommand & { print(text: string | Buffer): void; end(code: number): void } {
  const stream = new PassThrough();
  const ended = Promise.withResolvers<{ code: number | null; signal: string | null }>();
  stream.once('close', () => ended.resolve({ code: null, signal: 'TERM' }));
  return {
    stream,
    ended: ended.promise,
    close: () => stream.destroy(),
    print: (text) => stream.write(text),
    end: (code) => {
      stream.end();
      stream.once('end', () => ended.resolve({ code, signal: null }));
    },
  };
}
