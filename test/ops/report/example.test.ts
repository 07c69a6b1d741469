/** The example in docs/ is what the report writes today: its sections, and nothing in it that should not be. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { maskSecrets } from '../../../src/ops/mask.ts';
import { POINTS } from '../../../src/ops/report/points.ts';
import { fr } from '../../../src/text/fr.ts';
import { readFences } from '../../support/fences.ts';

const example = readFileSync(new URL('../../../docs/report-example.md', import.meta.url), 'utf8');
const { outside, blocks, open } = readFences(example);

const names = {
  unit: 'calculatrice.service',
  folder: '/opt/calculatrice',
  hostname: 'hosting.tp5.b1',
  port: 13337,
  restartSec: 30,
  netdataPort: 19999,
};

describe('docs/report-example.md', () => {
  it('has a section for each point of the exercise, in its order, under the titles of today', () => {
    expect(outside.filter((line) => line.startsWith('### '))).toEqual(
      POINTS.map((point) => `### ${point} ${fr.report.pointTitle(point, names)}`),
    );
    for (const point of POINTS) expect(outside).toContain(fr.report.about(point, names));
  });

  it('has in its table the state that each section says', () => {
    for (const point of POINTS) {
      const row = outside.find((line) => line.startsWith(`| ${point} | `));
      const state = row?.split(' | ').at(-1)?.replace(' |', '') ?? '';
      const section = outside.slice(outside.findIndex((line) => line.startsWith(`### ${point} `)));
      expect(section.find((line) => /^\*\*.*\.\*\*$/.test(line))?.toLowerCase()).toBe(`**${state}.**`);
    }
  });

  it('shows a real drill of thirty seconds, and the port that closed', () => {
    const shown = blocks.flat().join('\n');
    expect(shown).toContain('activating (auto-restart) (Result: signal)');
    expect(shown).toMatch(/\$ sudo kill -9 \d+/);
    const portsAfter = (command: string): string =>
      shown.slice(shown.indexOf(`$ sudo systemctl ${command} calculatrice`)).match(/^ {2}ports: .*$/m)?.[0] ??
      '';
    expect(portsAfter('stop')).not.toContain('13337/tcp');
    expect(portsAfter('start')).toContain('13337/tcp');
    expect(outside.some((line) => /^\| .* \| 3\d,\d s \|$/.test(line))).toBe(true);
  });

  it('gives no secret away, and is plain text', () => {
    const printed = blocks.flat().join('\n');
    expect(maskSecrets(printed)).toBe(printed);
    expect(example).toContain('webhooks/…');
    expect(example.split('\n').filter((line) => /[\p{Cc}\p{Cf}]/u.test(line))).toEqual([]);
    expect(open).toBe(false);
  });
});
