import { describe, expect, it } from 'vitest';
import { parseTimeSpan } from '../../../src/ops/checks/time-span.ts';
import { editUnit } from '../../../src/ops/checks/unit-edit.ts';
import { commandsOf, lastOf, listOf, splitWords, startedBy } from '../../../src/ops/checks/unit-file.ts';
import { fixture, unitOf } from './judging.ts';

const rocky = fixture('rocky/calculatrice.service');

describe('a unit file', () => {
  it('is read with its sections, lines and values', () => {
    const unit = unitOf(rocky);
    expect(unit.sections).toEqual(['Unit', 'Service', 'Install']);
    expect(lastOf(unit, 'Restart')).toMatchObject({ line: 9, value: 'on-failure', section: 'Service' });
    expect(listOf(unit, 'ExecStopPost')).toHaveLength(2);
    expect(startedBy(unit)).toEqual({ program: '/usr/bin/python', app: '/opt/calculatrice/bs_server.py' });
  });

  it('joins continued lines, over comments between them, and says which lines they are', () => {
    const unit = unitOf(
      '[Service]\n# first\nExecStart=/usr/bin/python \\\n; between\n   -u server.py\nUser=nobody\n',
    );
    const [start] = listOf(unit, 'ExecStart');
    expect(start).toMatchObject({ line: 3, lastLine: 5 });
    expect(commandsOf(unit, 'ExecStart')[0]?.words).toEqual(['/usr/bin/python', '-u', 'server.py']);
    expect(lastOf(unit, 'User')?.line).toBe(6);
  });

  it('lets an empty value reset a list, and a later file overrule an earlier one', () => {
    const unit = unitOf(
      '[Service]\nExecStart=/bin/one\nExecStart=\nExecStart=/bin/two\nRestart=no\nRestart=always\n',
    );
    expect(listOf(unit, 'ExecStart').map(({ value }) => value)).toEqual(['/bin/two']);
    expect(lastOf(unit, 'Restart')?.value).toBe('always');
    expect(lastOf(unitOf('[Service]\nRestart=always\nRestart=\n'), 'Restart')).toBeNull();
    expect(lastOf(unitOf('[Unit]\nRestart=always\n'), 'Restart')).toBeNull();
  });

  it('takes the prefix off a command, and two commands out of one line', () => {
    const unit = unitOf('[Service]\nExecStartPre=-+/bin/a "b c" ; @/bin/d e\n');
    expect(commandsOf(unit, 'ExecStartPre').map(({ prefix, words }) => [prefix, words])).toEqual([
      ['-+', ['/bin/a', 'b c']],
      ['@', ['/bin/d', 'e']],
    ]);
  });

  it.each([
    ['a  b', ['a', 'b']],
    [`'a b' "c d"`, ['a b', 'c d']],
    [`a'b'c`, ['abc']],
    [`""`, ['']],
    ['a\\ b', ['a b']],
    ['', []],
    ['"open', ['open']],
  ])('splits %j', (text, words) => {
    expect(splitWords(text)).toEqual(words);
  });
});

describe('a time span', () => {
  it.each([
    ['30', 30_000],
    ['30s', 30_000],
    ['30 sec', 30_000],
    ['0.5min', 30_000],
    ['1min 30s', 90_000],
    ['100ms', 100],
    ['2h', 7_200_000],
    ['infinity', Number.POSITIVE_INFINITY],
    ['', null],
    ['soon', null],
    ['30x', null],
    ['-5', null],
  ])('%j', (text, ms) => {
    expect(parseTimeSpan(text)).toBe(ms);
  });
});

describe('an edit of a unit file', () => {
  it('replaces the line that counts and leaves the rest as it was written', () => {
    const text = '[Service]\n# mine\nRestart=no\nRestart = on-always\nExecStart=/bin/a\n';
    expect(editUnit(text, [{ kind: 'set', key: 'Restart', value: 'on-failure' }])).toBe(
      '[Service]\n# mine\nRestart=no\nRestart=on-failure\nExecStart=/bin/a\n',
    );
  });

  it('adds what is missing at the end of [Service], before the next section', () => {
    const edited = editUnit('[Service]\nExecStart=/bin/a\n\n[Install]\nWantedBy=x\n', [
      { kind: 'set', key: 'RestartSec', value: '30' },
      { kind: 'add', key: 'ExecStopPost', lines: ['ExecStopPost=/bin/b', 'ExecStopPost=/bin/c'] },
    ]);
    expect(edited).toBe(
      '[Service]\nExecStart=/bin/a\nRestartSec=30\nExecStopPost=/bin/b\nExecStopPost=/bin/c\n\n[Install]\nWantedBy=x\n',
    );
  });

  it('adds lines behind those of the same key', () => {
    const edited = editUnit(rocky, [{ kind: 'add', key: 'ExecStartPre', lines: ['ExecStartPre=/bin/b'] }]);
    expect(edited.split('\n').slice(5, 8)).toEqual([
      'ExecStartPre=/usr/bin/firewall-cmd --reload',
      'ExecStartPre=/bin/b',
      'ExecStart=/usr/bin/python /opt/calculatrice/bs_server.py',
    ]);
  });

  it('gives a program its full path in every Exec line, behind its prefix, and nowhere else', () => {
    const text =
      '[Service]\nExecStart=python server.py\nExecStop=-+python -c "python"\nEnvironment=X=python\n';
    const edited = editUnit(text, [
      { kind: 'path', word: 'python', path: '/usr/bin/python' },
      { kind: 'path', word: 'server.py', path: '/opt/calculatrice/server.py' },
    ]);
    expect(edited).toBe(
      '[Service]\nExecStart=/usr/bin/python /opt/calculatrice/server.py\nExecStop=-+/usr/bin/python -c "python"\nEnvironment=X=python\n',
    );
  });

  it('leaves a file without [Service] alone', () => {
    expect(editUnit('[Unit]\n', [{ kind: 'set', key: 'Restart', value: 'always' }])).toBe('[Unit]\n');
  });
});
