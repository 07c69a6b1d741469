/** The completion scripts: each read by its shell, bash's really completing, and all of them with every command. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { COMMANDS, flagsOf, SHELLS, type Shell } from '../../src/cli/command-table.ts';
import { runCompletion } from '../../src/cli/completion.ts';
import { catalogue } from '../../src/text/catalogue.ts';
import { recordIo } from '../support/command.ts';

const has = (shell: string): boolean => spawnSync(shell, ['-c', 'true']).status === 0;

async function script(shell: Shell, language: 'en' | 'fr' = 'en'): Promise<string> {
  const { io, out } = recordIo();
  expect(await runCompletion(shell, catalogue(language), io)).toBe(0);
  return out();
}

describe.each(SHELLS)('the script for %s', (shell) => {
  it('knows every command and every option', async () => {
    const text = await script(shell);
    for (const { name, options, shared } of COMMANDS) {
      expect(text).toContain(name);
      for (const option of [...options, ...shared]) {
        const { long } = flagsOf(option);
        expect(text).toContain(shell === 'fish' ? `-l ${long.slice(2)}` : long);
      }
    }
  });

  it('knows the points that check can be held to', async () => {
    expect(await script(shell)).toMatch(/\bhost-only-static\b.*\bstdout-buffered\b/);
  });

  it.skipIf(!has(shell)).each(['en', 'fr'] as const)('is one that the shell reads (%s)', async (language) => {
    const folder = mkdtempSync(join(tmpdir(), 'tp5-completion-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const file = join(folder, 'script');
    writeFileSync(file, await script(shell, language));
    const { status, stderr } = spawnSync(shell, ['-n', file]);
    expect({ status, stderr: String(stderr) }).toEqual({ status: 0, stderr: '' });
  });
});

describe.skipIf(!has('bash'))('bash', () => {
  let source = '';
  beforeAll(async () => {
    source = await script('bash');
  });

  /** What is offered for the last word of a line. */
  function complete(line: string, cwd = '/'): string[] {
    const words = line.split(' ');
    const program = [
      source,
      `COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _tp5_tui; printf '%s\\n' "\${COMPREPLY[@]}"`,
    ].join('\n');
    const out = execFileSync('bash', ['-c', program, 'bash', ...words], { cwd, encoding: 'utf8' });
    return out.split('\n').filter((word) => word !== '');
  }

  it.each<[string, readonly string[]]>([
    ['tp5-tui dri', ['drill']],
    ['tp5-tui status --js', ['--json']],
    ['tp5-tui --lang fr dri', ['drill']],
    ['tp5-tui --host demo dri', ['drill']],
    ['tp5-tui completion ', ['bash', 'zsh', 'fish']],
    ['tp5-tui completion z', ['zsh']],
    ['tp5-tui status --lang ', ['en', 'fr']],
    ['tp5-tui report --lang f', ['fr']],
    ['tp5-tui help pr', ['probe']],
    ['tp5-tui probe --inter', ['--interval']],
    ['tp5-tui check --only netdata-a', ['netdata-active', 'netdata-api', 'netdata-alarm']],
    ['tp5-tui logs -n ', []],
    ['tp5-tui calc ', []],
    ['tp5-tui somehost dri', []],
    ['tp5-tui somehost --no', ['--no-input']],
  ])('offers for `%s` %j', (line, offered) => {
    expect(complete(line)).toEqual(offered);
  });

  it('offers files, blanks in their names and all, where a file is meant', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tp5-completion-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    writeFileSync(join(folder, 'my server.py'), '');
    mkdirSync(join(folder, 'my keys'));
    for (const line of ['tp5-tui deploy my', 'tp5-tui status -i my', 'tp5-tui --config my']) {
      expect(complete(line, folder).sort()).toEqual(['my keys', 'my server.py']);
    }
    expect(complete('tp5-tui probe -i my', folder)).toEqual([]);
  });

  it('offers every command at the start, and every option of each', () => {
    const first = complete('tp5-tui ');
    for (const { name, options, shared } of COMMANDS) {
      expect(first).toContain(name);
      const offered = complete(`tp5-tui ${name} -`);
      for (const option of [...options, ...shared]) expect(offered).toContain(flagsOf(option).long);
    }
  });
});
