/** The keys of a settings file: bound, or refused with their line. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseSettings } from '../src/cli/settings.ts';
import { readKeys } from '../src/key-settings.ts';
import { catalogue } from '../src/text/catalogue.ts';

function keysOf(source: string) {
  const folder = mkdtempSync(join(tmpdir(), 'tp5-keys-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const settingsPath = join(folder, 'config.toml');
  writeFileSync(settingsPath, source);
  return readKeys({ settings: parseSettings(source, settingsPath), settingsPath, text: catalogue('en') });
}

describe('readKeys', () => {
  it.each([
    ['lang = "en"\n\n[keys]\nnonsense = ["q"]\n', /config\.toml:4: \[keys\] .*nonsense/],
    ['[keys]\nrestart = "hyper+x"\n', /config\.toml:2: \[keys\]/],
    ['[keys]\n# t stops\nrestart = ["t"]\n', /config\.toml:3: \[keys\]/],
    ['[keys]\nstart = ["ctrl+c"]\n', /config\.toml:2: \[keys\]/],
  ])('%j is refused with its line', async (source, message) => {
    await expect(keysOf(source)).rejects.toThrow(message);
  });

  it('binds what can be bound', async () => {
    expect((await keysOf('[keys]\nrestart = ["ctrl+t"]\n')).keysOf('restart')).toEqual(['ctrl+t']);
  });
});
