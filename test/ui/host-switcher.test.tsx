/** The switcher of hosts: what it lists, what its keys do, and what it says of a switch that failed. */
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../src/text/catalogue.ts';
import type { HostChoice } from '../../src/ui/hosts.ts';
import { EMPTY_LINE, lineOf } from '../../src/ui/input/line-editor.ts';
import { failureRows, hostItems, hostRows } from '../../src/ui/overlays/host-rows.ts';
import { rowWidth } from '../../src/ui/rows.ts';
import { type DrawnConsoleOptions, drawConsole } from '../support/drawn-console.tsx';

const CHOICES: readonly HostChoice[] = [
  { name: null, title: 'the embedded host', place: 'where this was started', here: false },
  { name: 'tp5', title: 'tp5', place: 'manon@10.5.1.2', here: true },
  { name: 'élève-7', title: 'élève-7', place: 'root@10.5.1.7', here: false },
];
const HOSTS = { choices: CHOICES, settingsPath: '/home/manon/config.toml' };
const words = catalogue('en').hosts.switcher;

const draw = (options: DrawnConsoleOptions = {}) => drawConsole({ hosts: HOSTS, ...options });

describe('the switcher', () => {
  it('lists the hosts on H, the one that is open marked and chosen', async () => {
    const drawn = await draw();
    await drawn.type('H');
    expect(drawn.frame()).toMatch(/ {3}the embedded host +where this was started/);
    expect(drawn.frame()).toMatch(/▸ tp5 +manon@10\.5\.1\.2 +● here/);
    expect(drawn.frame()).toMatch(/ {3}élève-7 +root@10\.5\.1\.7/);
  });

  it('filters by name and by address, without case and accents, and Enter switches', async () => {
    const drawn = await draw();
    await drawn.type('H');
    await drawn.type('ELEV');
    expect(drawn.frame()).toContain('▸ élève-7');
    expect(drawn.frame()).not.toContain('▸ tp5');
    await drawn.type('\r');
    expect(drawn.switched).toEqual(['élève-7']);
    expect(hostItems(CHOICES, lineOf('1.7')).map(({ name }) => name)).toEqual(['élève-7']);
    expect(hostItems(CHOICES, EMPTY_LINE)).toEqual(CHOICES);
  });

  it('moves with the arrows, and goes back to where it all began', async () => {
    const drawn = await draw();
    await drawn.type('H');
    await drawn.type('\x1b[A');
    await drawn.type('\r');
    expect(drawn.switched).toEqual([null]);
  });

  it('stays on the host that is open, and with Esc', async () => {
    const drawn = await draw();
    await drawn.type('H');
    await drawn.type('\r');
    expect(drawn.frame()).toContain('this is the host that is open');
    await drawn.type('H');
    await drawn.type('zzz');
    expect(drawn.frame()).toContain('no host of that name');
    await drawn.type('\r');
    await drawn.type('\x1b');
    expect(drawn.frame()).not.toContain('no host of that name');
    expect(drawn.switched).toEqual([]);
  });

  it('keeps pasted and typed letters from being commands', async () => {
    const drawn = await draw();
    await drawn.type('H');
    await drawn.type('tkq');
    expect(drawn.session.commands).toEqual([]);
    expect(drawn.asked.quit).toBe(0);
  });

  it('tells how hosts are named when none is', async () => {
    const drawn = await draw({ hosts: { ...HOSTS, choices: CHOICES.slice(0, 1) }, language: 'fr' });
    await drawn.type('H');
    expect(drawn.frame()).toContain('/home/manon/config.toml');
    expect(drawn.frame()).toContain('[hosts.tp5]');
    await drawn.type('q');
    expect(drawn.frame()).not.toContain('[hosts.tp5]');
    expect(drawn.asked.quit).toBe(0);
  });

  it.each([
    [120, 40],
    [60, 15],
    [40, 10],
  ])('opens on why the last switch failed, at %i×%i', async (columns, rows) => {
    const failure = { title: 'élève-7', why: '10.5.1.7, port 22: refused.\nIs sshd running there?' };
    const drawn = await draw({
      columns,
      rows,
      opening: { kind: 'hosts', query: EMPTY_LINE, chosen: 2, failure },
    });
    const frame = drawn.frame();
    expect(frame).toContain('▸ élève-7');
    expect(frame).toContain('élève-7 was not opened:');
    if (rows > 10) expect(frame).toContain('10.5.1.7, port 22: refused.');
    if (rows > 20) expect(frame).toContain('Is sshd running there?');
  });
});

describe('its rows', () => {
  it('show the window around the chosen one, never wider than the box', () => {
    const many = Array.from({ length: 50 }, (_, index) => ({
      name: `host-${index}`,
      title: `host-${index}-of-a-rather-long-name`,
      place: `manon@host-${index}.tp5.b1`,
      here: index === 30,
    }));
    const rows = hostRows(many, 30, 40, 8, words);
    expect(rows).toHaveLength(8);
    expect(rows.map((row) => row.map(({ text }) => text).join('')).join('\n')).toMatch(/▸ host-30.*● here/);
    for (const row of rows) expect(rowWidth(row)).toBeLessThanOrEqual(40);
  });

  it('never let a name of the settings act on the terminal', () => {
    const evil = '\x1b]52;c;eA==\x07\u202e';
    const rows = [
      ...hostRows([{ name: evil, title: evil, place: evil, here: false }], 0, 60, 1, words),
      ...failureRows({ title: evil, why: evil }, 60, 9, words),
    ];
    const text = rows.flatMap((row) => row.map((span) => span.text)).join('');
    expect(text).not.toMatch(/[\p{Cc}\u202e]/u);
  });
});
