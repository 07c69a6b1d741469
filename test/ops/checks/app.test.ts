import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import {
  bufferedPrints,
  evalLines,
  logFolders,
  readPython,
  unsetGlobal,
} from '../../../src/ops/checks/python-source.ts';
import { judge, RUNNING, SUBJECT, unitOf, verdictOn } from './judging.ts';

const read = (path: string): string =>
  readFileSync(fileURLToPath(new URL(`../../../${path}`, import.meta.url)), 'utf8');
const exercise = read('test/lab/host/bs_server.py');
const own = read('src/ops/deploy/assets/server.py');
const path = '/opt/calculatrice/server.py';
const source = (text: string) => ({ source: { path, text } });
const unitFile = unitOf(`[Service]\nExecStart=/usr/bin/python ${path}\n`);

describe('reading Python', () => {
  it('keeps the lines, and tells code from comments and strings', () => {
    const code = readPython(
      '"""eval(x)\nin a docstring"""\nx = 1  # eval(x)\ny = "eval(" + \'#\'\neval(x)\n',
    );
    expect(code.lines).toHaveLength(6);
    expect(evalLines(code)).toEqual([5]);
    expect(code.strings).toEqual(['eval(x)\nin a docstring', 'eval(', '#']);
  });

  it.each([
    ['answer = str(eval(message))', [1]],
    ['exec (code)', [1]],
    ['ast.literal_eval(message)', []],
    ['model.eval()', []],
    ['retrieval(x)', []],
    ['# eval(x)', []],
  ])('%s', (line, lines) => {
    expect(evalLines(readPython(line))).toEqual(lines);
  });

  it('finds a global that nothing sets before the thread that reads it', () => {
    const name = 'last_client_time';
    expect(unsetGlobal(readPython(exercise), name)).toBe(43);
    expect(unsetGlobal(readPython(`${name} = time.time()\n${exercise}`), name)).toBeNull();
    expect(unsetGlobal(readPython(`${name}: float = 0\n${exercise}`), name)).toBeNull();
    expect(unsetGlobal(readPython(own), name)).toBeNull();
  });

  it.each([
    ["handler = FileHandler('/var/log/bs_server/bs_server.log')", ['/var/log/bs_server']],
    ["LOG = '/var/log/bs_server/'", ['/var/log/bs_server']],
    ["LOG = '/var/log/calc.log'", ['/var/log']],
    ["os.makedirs('/var/log/x', exist_ok=True)\nopen('/var/log/x/y.log', 'a')", []],
    ["print('see /var/log/x/y.log')", []],
  ])('%s: %j', (text, folders) => {
    expect(logFolders(readPython(text))).toEqual(folders);
  });

  it.each([
    ["print('ready')\nserve()", [1]],
    ["print('ready', flush=True)\nserve()", []],
    ["print('ERROR')\n\nsys.exit(1)", []],
    ["print('a')\nsys.stdout.flush()", []],
    ["sys.stdout.reconfigure(line_buffering=True)\nprint('a')\nserve()", []],
    ['pprint(x)\nserve()', []],
  ])('%j holds back lines %j', (text, lines) => {
    expect(bufferedPrints(readPython(text))).toEqual(lines);
  });
});

describe("the exercise's server", () => {
  it('is warned of, never failed', () => {
    expect(verdictOn('eval-on-input', source(exercise))).toBe('warn evaluates-input');
    expect(verdictOn('last-client-thread', source(exercise))).toBe('warn thread-dies');
    expect(judge('eval-on-input', source(exercise)).evidence).toEqual([
      { command: `sed -n 59p ${path}`, output: '        answer = str(eval(message))' },
    ]);
  });
});

describe('what mends it', () => {
  it('is a command for the very host that was looked at, ready to be typed', () => {
    const subject = { ...SUBJECT, named: ['--host', 'manon@10.5.1.2', '--unit', 'a b.service'] };
    expect(judge('eval-on-input', source(exercise), subject).mend?.commands).toEqual([
      "tp5-tui deploy --host manon@10.5.1.2 --unit 'a b.service'",
    ]);
    expect(judge('eval-on-input', source(exercise)).mend?.commands).toEqual(['tp5-tui deploy']);
  });
});

describe('our own server', () => {
  it('has none of its faults', () => {
    for (const id of ['eval-on-input', 'last-client-thread', 'stdout-buffered'] as const) {
      expect(judge(id, { ...source(own), unitFile }).state).toBe('pass');
    }
    expect(logFolders(readPython(own))).toEqual([]);
  });
});

describe('how it is started', () => {
  it.each([
    [{ user: '' }, undefined, 'warn root-user'],
    [{ user: 'calc' }, undefined, 'pass own-user'],
    [{ user: '', dynamicUser: true }, undefined, 'pass own-user'],
    [{ user: 'calc' }, 'root', 'warn root-user'],
    [{ user: '' }, '61300', 'pass own-user'],
    [{ user: null }, undefined, 'skip embedded'],
  ])('User= %j, running as %s: %s', (patch, processUser, verdict) => {
    const facts = {
      service: { ...RUNNING, ...patch },
      ...(processUser === undefined ? {} : { processUser }),
    };
    expect(verdictOn('runs-as-root', facts)).toBe(verdict);
  });

  const printing = source("print('ready')\nserve()\n");

  it.each([
    [`ExecStart=/usr/bin/python ${path}`, [], 'warn output-buffered'],
    [`ExecStart=/usr/bin/python -u ${path}`, [], 'pass output-immediate'],
    [`ExecStart=/usr/bin/python -Eu ${path}`, [], 'pass output-immediate'],
    [`ExecStart=/usr/bin/python ${path} -u`, [], 'warn output-buffered'],
    [`ExecStart=/usr/bin/python ${path}`, ['PYTHONUNBUFFERED=1'], 'pass output-immediate'],
    [`ExecStart=/usr/bin/python ${path}`, ['PYTHONUNBUFFERED='], 'warn output-buffered'],
  ])('%s %j: %s', (line, environment, verdict) => {
    const facts = {
      ...printing,
      unitFile: unitOf(`[Service]\n${line}\n`),
      service: { ...RUNNING, environment },
    };
    expect(verdictOn('stdout-buffered', facts)).toBe(verdict);
  });

  it('misses the log folder that it will write to', () => {
    const logFolders = [{ path: '/var/log/bs_server', exists: false }];
    expect(verdictOn('log-folder', { logFolders })).toBe('warn log-folder-missing');
    expect(verdictOn('log-folder', { logFolders: [{ path: '/var/log', exists: true }] })).toBe(
      'pass log-folders-there',
    );
    expect(verdictOn('log-folder', { logFolders: [] })).toBe('pass no-log-folder');
  });
});
