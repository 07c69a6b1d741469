/** The queue on disk: whole files, in their order, private, and gone only when they were delivered. */
import { execFileSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { discordMessage } from '../../../src/ops/discord/message.ts';
import { type Draft, openSpool, type SpoolStep } from '../../../src/ops/discord/spool.ts';
import { testFolder } from '../../support/folder.ts';

const draft = (lane: string, title: string): Draft => ({
  lane,
  message: discordMessage({ title, description: '', fields: [], tone: 'bad', atWall: 0, footer: 'x' }),
  attached: { some: 'thing' },
});

const files = (folder: string): string[] => readdirSync(folder).filter((name) => name !== 'rejected');

describe('the queue', () => {
  it('gives back after a restart what was not delivered, in order, with what was attached', async () => {
    const folder = testFolder();
    const first = await openSpool(folder);
    const alerts = [];
    for (const title of ['one', 'two', 'three']) {
      alerts.push(await first.add(first.newId(), draft('a', title)));
    }
    const [, two] = alerts;
    if (two) await first.remove(two);
    const second = await openSpool(folder);
    expect(second.left.map(({ message }) => message.embeds[0].title)).toEqual(['one', 'three']);
    expect(second.left[0]).toEqual(alerts[0]);
    const four = await second.add(second.newId(), draft('a', 'four'));
    expect(four.seq).toBeGreaterThan(alerts[2]?.seq ?? 0);
  });

  it.skipIf(process.platform === 'win32')('is for its owner alone', async () => {
    const folder = join(testFolder(), 'alerts');
    const spool = await openSpool(folder);
    await spool.add(spool.newId(), draft('a', 'one'));
    expect(statSync(folder).mode & 0o077).toBe(0);
    for (const name of files(folder)) expect(statSync(join(folder, name)).mode & 0o077).toBe(0);
  });

  it('tells of each step before it goes on', async () => {
    const folder = testFolder();
    const seen: [SpoolStep, number][] = [];
    const spool = await openSpool(folder, (step) => seen.push([step, files(folder).length]));
    await spool.remove(await spool.add(spool.newId(), draft('a', 'one')));
    expect(seen).toEqual([
      ['begun', 0],
      ['written', 1],
      ['renamed', 1],
      ['posted', 1],
      ['removed', 0],
    ]);
  });

  it('forgets what was begun and never finished', async () => {
    const folder = testFolder();
    writeFileSync(join(folder, '000000000001-0123456789ab.json.partial'), '{"half');
    expect((await openSpool(folder)).left).toEqual([]);
    expect(files(folder)).toEqual([]);
  });

  it.each([
    ['cut short', '{"id":"0123456789ab","seq":1,'],
    ['another’s', '{"id":"ffffffffffff","seq":1,"lane":"a","message":{"embeds":[]}}'],
    ['no message', '{"id":"0123456789ab","seq":1,"lane":"a"}'],
    ['null', 'null'],
  ])('sets a damaged file aside rather than lose or send it: %s', async (_, text) => {
    const folder = testFolder();
    const name = '000000000001-0123456789ab.json';
    writeFileSync(join(folder, name), text);
    const spool = await openSpool(folder);
    expect(spool.left).toEqual([]);
    expect(spool.damaged).toEqual([join(folder, 'rejected', name)]);
    expect(existsSync(join(folder, 'rejected', name))).toBe(true);
  });

  it.skipIf(process.platform === 'win32').each([
    ['a pipe', (path: string) => execFileSync('mkfifo', [path])],
    ['a folder', (path: string) => mkdirSync(path)],
    ['a link', (path: string) => symlinkSync('/dev/zero', path)],
    ['a link to nothing', (path: string) => symlinkSync('/nowhere', path)],
    ['an endless file', (path: string) => execFileSync('truncate', ['-s', '2G', path])],
  ] as const)('sets %s aside, and reads it not', async (_, make) => {
    const folder = testFolder();
    const name = '000000000001-0123456789ab.json';
    make(join(folder, name));
    const spool = await openSpool(folder);
    expect(spool.damaged).toEqual([join(folder, 'rejected', name)]);
    expect(files(folder)).toEqual([]);
  });

  it.skipIf(process.getuid?.() !== 0)('sends nothing that another user put there', async () => {
    const folder = testFolder();
    const spool = await openSpool(folder);
    await spool.add(spool.newId(), draft('a', 'one'));
    const [name = ''] = files(folder);
    chownSync(join(folder, name), 65534, 65534);
    expect(await openSpool(folder)).toMatchObject({ left: [], damaged: [join(folder, 'rejected', name)] });
  });

  it('finds again what comes after the highest number that a damaged clock could write', async () => {
    const folder = testFolder();
    const first = await openSpool(folder);
    const { seq: _, ...alert } = await first.add('0123456789ab', draft('a', 'one'));
    const name = '999999999999-0123456789ab.json';
    writeFileSync(join(folder, name), JSON.stringify({ ...alert, seq: 999_999_999_999 }));
    const second = await openSpool(folder);
    await second.add(second.newId(), draft('a', 'two'));
    const titles = (await openSpool(folder)).left.map(({ message }) => message.embeds[0].title);
    expect(titles).toEqual(['one', 'one', 'two']);
  });

  it('begins although what was begun is a folder by now', async () => {
    const folder = testFolder();
    mkdirSync(join(folder, '000000000001-0123456789ab.json.partial', 'full'), { recursive: true });
    expect((await openSpool(folder)).left).toEqual([]);
  });

  it('keeps aside what will never be taken', async () => {
    const folder = testFolder();
    const spool = await openSpool(folder);
    const file = await spool.setAside(await spool.add(spool.newId(), draft('a', 'one')));
    expect(existsSync(file)).toBe(true);
    expect(files(folder)).toEqual([]);
    expect((await openSpool(folder)).left).toEqual([]);
  });
});
