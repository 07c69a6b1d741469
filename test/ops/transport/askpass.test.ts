/** What the system's ssh asks, and who may ask it of us. */
import { mkdirSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readPrompt } from '../../../src/ops/transport/askpass.ts';
import { privateFolder } from '../../../src/ops/transport/private-folder.ts';
import { testFolder } from '../../support/folder.ts';

describe('a question of ssh', () => {
  it.each([
    [
      "The authenticity of host '[10.5.1.2]:2222 ([10.5.1.2]:2222)' can't be established.\nED25519 key fingerprint is SHA256:abc.\nAre you sure you want to continue connecting (yes/no/[fingerprint])? ",
      {
        kind: 'host-key',
        question: { host: '10.5.1.2', port: 2222, algorithm: 'ssh-ed25519', fingerprint: 'SHA256:abc' },
      },
    ],
    ["Enter passphrase for key '/home/m/.ssh/id': ", { kind: 'passphrase', keyFile: '/home/m/.ssh/id' }],
    [
      'Confirm user presence for key ED25519-SK SHA256:abc\n',
      { kind: 'touch', key: 'ED25519-SK SHA256:abc' },
    ],
    ["manon@hosting's password: ", { kind: 'other' }],
    ['(manon@hosting) Password: ', { kind: 'other' }],
    // A host may word a question as it likes: ssh sets the account before it.
    ["(manon@hosting) Enter passphrase for key '/home/m/.ssh/id': ", { kind: 'other' }],
    ["Welcome!\nEnter passphrase for key '/home/m/.ssh/id': ", { kind: 'other' }],
    ['', { kind: 'other' }],
  ])('%j', (prompt, read) => {
    expect(readPrompt(prompt)).toEqual(read);
  });
});

describe.skipIf(process.platform === 'win32')('the folder of its socket', () => {
  const folderFor = async (env: NodeJS.ProcessEnv): Promise<string> => {
    const folder = await privateFolder(env);
    onTestFinished(() => rm(folder, { recursive: true }));
    return folder;
  };

  it('is the user’s alone, in the runtime folder', async () => {
    const base = testFolder();
    const folder = await folderFor({ XDG_RUNTIME_DIR: base });
    expect(dirname(folder)).toBe(base);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(await folderFor({ XDG_RUNTIME_DIR: base })).not.toBe(folder);
  });

  it('is elsewhere where that is not there, or its name is too long for a socket', async () => {
    const long = join(testFolder(), 'x'.repeat(90));
    mkdirSync(long);
    for (const base of [long, join(testFolder(), 'nowhere'), '']) {
      const folder = await folderFor({ XDG_RUNTIME_DIR: base });
      expect([tmpdir(), '/tmp']).toContain(dirname(folder));
      expect(statSync(folder).mode & 0o777).toBe(0o700);
    }
  });
});
