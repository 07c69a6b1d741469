/** What the unit's ExecStart= runs: systemd says which file, and the file is read where it is a script. */
import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { isPython, splitWords } from '../checks/unit-file.ts';
import { Failed } from '../failure.ts';
import type { ProgramFacts, ProgramSubject } from '../host.ts';
import type { Transport } from '../transport/transport.ts';
import type { Bus } from './bus.ts';
import { unitPath } from './unit-path.ts';

const SYSTEMD = 'org.freedesktop.systemd1';
/** A server of a few hundred lines is what is meant. */
const MOST_BYTES = 1024 * 1024;
/** Tells a script from a program, and holds all of one that is not huge. */
const HEAD_BYTES = 256 * 1024;

export interface ProgramOptions {
  readonly bus: Bus;
  readonly transport: Transport;
  readonly unit: string;
}

/** Where the code is that a command line runs. */
export type Script =
  | { readonly kind: 'file'; readonly path: string; readonly python: boolean; readonly interpreted: boolean }
  | { readonly kind: 'inline'; readonly text: string; readonly python: boolean };

export function createProgramSubject({ bus, transport, unit }: ProgramOptions): ProgramSubject {
  const get = (property: string): Promise<unknown> =>
    bus
      .call({
        destination: SYSTEMD,
        path: unitPath(unit),
        interface: 'org.freedesktop.DBus.Properties',
        member: 'Get',
        signature: 'ss',
        body: [`${SYSTEMD}.Service`, property],
      })
      // A unit that is no service has no such property.
      .catch(() => null);
  const ask = (): Promise<readonly [unknown, unknown]> =>
    Promise.all([get('ExecStart'), get('WorkingDirectory')]);
  /** Asked with the first questions of a connection, so that the file is all that is left to wait for. */
  let early: ReturnType<typeof ask> | null = null;
  bus.onOpen(() => {
    early = ask();
  });

  async function load(path: string, interpreted: boolean): Promise<Buffer | null> {
    if (!interpreted) {
      // Most likely a program, of which a few bytes tell that much.
      const { code, stdout } = await transport.run(['head', '-c', String(HEAD_BYTES), path]);
      return code === 0 && stdout.startsWith('#!') ? Buffer.from(stdout) : null;
    }
    try {
      return await transport.readFile(path);
    } catch (error) {
      if (!(error instanceof Failed) || error.failure.code !== 'unavailable') throw error;
    }
    const privileged = transport.privilege.kind !== 'none';
    const { code, stdout } = await transport.run(['cat', path], { privileged, maxBytes: MOST_BYTES });
    return code === 0 ? Buffer.from(stdout) : null;
  }

  async function stampOf(path: string): Promise<string> {
    const { code, stdout } = await transport.run(['stat', '-L', '-c', '%i %s %Y', path]);
    return code === 0 ? stdout.trim() : '';
  }

  async function inFile(file: Script & { readonly kind: 'file' }): Promise<ProgramFacts> {
    const { path } = file;
    const bytes = await orNull(load(path, file.interpreted));
    if (bytes === null || bytes.length > MOST_BYTES) {
      const stamp = (await orNull(stampOf(path))) ?? '';
      return { path, text: null, python: file.python, stamp: stamp === '' ? '' : `${path} ${stamp}` };
    }
    const text = bytes.toString('utf8');
    const python = file.python || /^#!.*\bpython/.test(text);
    return { path, text, python, stamp: digest(path, bytes) };
  }

  return {
    async read() {
      await bus.ready;
      const asked = early ?? ask();
      // What is read again may have become another by then.
      early = null;
      const [exec, folder] = await asked;
      const script = scriptOf(argvOf(exec), typeof folder === 'string' ? folder : '');
      if (script === null) return { path: '', text: null, python: false, stamp: '' };
      if (script.kind === 'file') return inFile(script);
      const { text, python } = script;
      return { path: '', text, python, stamp: digest('', Buffer.from(text)) };
    },
  };
}

function digest(path: string, bytes: Buffer): string {
  return createHash('sha256').update(path).update('\0').update(bytes).digest('hex').slice(0, 32);
}

/** What the host does not tell is not known; that it is lost is told elsewhere, and at once. */
async function orNull<T>(work: Promise<T>): Promise<T | null> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Failed && error.failure.code === 'link-lost') throw error;
    return null;
  }
}

/** The first command of an `a(sasbttttuii)`; without arguments when it is none. */
function argvOf(exec: unknown): readonly string[] {
  const first = Array.isArray(exec) ? exec[0] : undefined;
  const argv = Array.isArray(first) ? first[1] : undefined;
  return Array.isArray(argv) ? argv.filter((word) => typeof word === 'string') : [];
}

const SHELL = /(?:^|\/)(?:ba|da|z|k)?sh$/;
const OTHER = /(?:^|\/)(?:perl|ruby|node|php|lua)[\d.]*$/;
/** Options of python(1) that take a word of their own. */
const PYTHON_TAKES = new Set(['-W', '-X', '--check-hash-based-pycs', '-Q']);

/** Pure. null when there is no command. */
export function scriptOf(argv: readonly string[], folder: string): Script | null {
  const [program, ...args] = argv;
  if (program === undefined) return null;
  const place = (path: string): string => posix.resolve(folder.replace(/^!/, '') || '/', path);
  if (/(?:^|\/)env$/.test(program)) {
    const from = args.findIndex((word) => !word.startsWith('-') && !/^\w+=/.test(word));
    return from < 0 ? null : scriptOf(args.slice(from), folder);
  }
  const python = isPython(program);
  const shell = SHELL.test(program);
  if (!python && !shell && !OTHER.test(program)) {
    return { kind: 'file', path: place(program), python: false, interpreted: /\.\w{1,3}$/.test(program) };
  }
  for (let index = 0; index < args.length; index += 1) {
    const word = args[index] ?? '';
    const next = args[index + 1];
    if (/^-[a-zA-Z]*c$/.test(word) && next !== undefined && (python || shell)) {
      if (python) return { kind: 'inline', text: next, python };
      // A shell's line that does nothing but start another program.
      return /[;&|<>$`\n]/.test(next)
        ? { kind: 'inline', text: next, python }
        : scriptOf(splitWords(next.replace(/^\s*exec\s+/, '')), folder);
    }
    if (python && /^-[a-zA-Z]*m$/.test(word) && next !== undefined) {
      return { kind: 'file', path: place(`${next.replaceAll('.', '/')}.py`), python, interpreted: true };
    }
    if (python && PYTHON_TAKES.has(word)) index += 1;
    else if (!word.startsWith('-')) return { kind: 'file', path: place(word), python, interpreted: true };
  }
  return null;
}
