import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parseSettings } from '../../src/cli/settings.ts';
import { bindKeys } from '../../src/ui/bindings.ts';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const examples = [...readme.matchAll(/```toml\n(.*?)```/gs)].map((match) => match[1] ?? '');

it('the README’s settings are ones that the program takes, its keys among them', () => {
  expect(examples.length).toBeGreaterThan(0);
  for (const example of examples) {
    expect(bindKeys(parseSettings(example, 'README.md').keys)).toMatchObject({ ok: true });
  }
});
