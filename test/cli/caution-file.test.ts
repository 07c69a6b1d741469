/** What is remembered of a service between runs: a file that nobody else reads, and that may be anything when read. */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { fileStore } from '../../src/cli/caution-file.ts';
import type { Remembered } from '../../src/ops/caution/memory.ts';
import { testFolder } from '../support/folder.ts';

const REMEMBERED: Remembered = {
  look: { stamp: 'a1', serves: 'one', place: { path: '/opt/x.py', line: 3 } },
  effects: {
    connect: {
      how: 'ended',
      exit: { how: 'exited', status: 0 },
      from: { address: '10.5.1.1', port: 40_014 },
      asked: false,
      certain: true,
      invocation: 'run1',
      lastWords: 'bye',
    },
    ask: null,
  },
};

const KEY = 'manon@../../etc/passwd 22 calculatrice.service';

it('is found again by the next run, for that host and unit alone, and read by its owner alone', async () => {
  const folder = join(testFolder(), 'state', 'services');
  const store = fileStore(folder, KEY);
  expect(await store.recall()).toBeNull();
  store.remember(REMEMBERED);
  await store.settled();
  expect(await fileStore(folder, KEY).recall()).toEqual(REMEMBERED);
  expect(await fileStore(folder, `${KEY} other`).recall()).toBeNull();
  const [name = '', ...others] = readdirSync(folder);
  // The key is no path: nothing of it is in the name.
  expect([name, ...others]).toEqual([expect.stringMatching(/^[0-9a-f]{24}\.json$/)]);
  if (process.platform === 'win32') return;
  expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
});

it.each([
  '',
  'null',
  '{"look":',
  '{"look":{"stamp":1},"effects":{}}',
  '{"look":{"stamp":"a","serves":"one","place":{"path":"/x","line":"3"}},"effects":{}}',
  '{"look":{"stamp":"a","serves":"none","place":null},"effects":{}}',
  '{"look":{"stamp":"a","serves":"many","place":null}}',
])('is nothing where the file holds %j, and is written anew', async (text) => {
  const folder = testFolder();
  const store = fileStore(folder, KEY);
  store.remember(REMEMBERED);
  await store.settled();
  const path = join(folder, readdirSync(folder)[0] ?? '');
  writeFileSync(path, text);
  const next = fileStore(folder, KEY);
  expect(await next.recall()).toBeNull();
  next.remember(REMEMBERED);
  await next.settled();
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject(REMEMBERED);
});

it('leaves out what connections are said to have done, where that is none of ours', async () => {
  const folder = testFolder();
  fileStore(folder, KEY).remember(REMEMBERED);
  const store = fileStore(folder, KEY);
  store.remember(REMEMBERED);
  await store.settled();
  const path = join(folder, readdirSync(folder)[0] ?? '');
  const written = JSON.parse(readFileSync(path, 'utf8'));
  writeFileSync(path, JSON.stringify({ ...written, effects: { connect: { how: 'rm -rf /' }, ask: [] } }));
  expect(await fileStore(folder, KEY).recall()).toEqual({
    look: REMEMBERED.look,
    effects: { connect: null, ask: null },
  });
});

it('is done without where it cannot be kept', async () => {
  const folder = join(testFolder(), 'file');
  mkdirSync(join(folder, '..'), { recursive: true });
  writeFileSync(folder, 'no folder');
  const store = fileStore(folder, KEY);
  store.remember(REMEMBERED);
  await store.settled();
  expect(await store.recall()).toBeNull();
});
