/** The file that holds the webhook: read by its owner alone, or not at all. */
import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { credentialSource, isWebhook, readWebhookFile } from '../../../src/ops/discord/webhook-file.ts';

const ADDRESS = `https://discord.com/api/webhooks/112233445566778899/${'x'.repeat(68)}`;

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'tp5-webhook-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

async function file(mode: number, text = ADDRESS): Promise<string> {
  const path = join(await folder(), 'webhook');
  await writeFile(path, text);
  await chmod(path, mode);
  return path;
}

const read = (path: string, credential = false) => readWebhookFile({ path, credential }, false);

describe('the webhook’s file', () => {
  it.each([0o600, 0o400, 0o700])('is read with mode %o', async (mode) => {
    expect(isWebhook(await read(await file(mode)))).toBe(true);
  });

  it.skipIf(process.platform === 'win32').each([0o640, 0o604, 0o644, 0o660, 0o620, 0o601])(
    'is refused with mode %o: others may read or change it',
    async (mode) => {
      expect(await read(await file(mode))).toEqual({ code: 'too-open', mode });
    },
  );

  it('may have the mode that systemd gives a credential', async () => {
    expect(isWebhook(await read(await file(0o440), true))).toBe(true);
  });

  it.skipIf(process.platform === 'win32')('is looked at through a link', async () => {
    const target = await file(0o644);
    const link = join(await folder(), 'link');
    await symlink(target, link);
    expect(await read(link)).toEqual({ code: 'too-open', mode: 0o644 });
  });

  it('is a file', async () => {
    const path = await folder();
    expect(await read(path)).toMatchObject({ code: expect.stringMatching(/not-a-file|unreadable/) });
    expect(await read(join(path, 'nowhere'))).toEqual({ code: 'unreadable', detail: 'ENOENT' });
  });

  it.skipIf(process.platform === 'win32')('is no pipe, which would be waited for', async () => {
    const path = join(await folder(), 'pipe');
    execFileSync('mkfifo', ['-m', '600', path]);
    expect(await read(path)).toEqual({ code: 'not-a-file' });
  });

  it('is not read without end', async () => {
    expect(await read(await file(0o600, `${ADDRESS}\n${'#'.repeat(100_000)}`))).toEqual({
      code: 'not-a-url',
    });
  });
});

describe('systemd’s credential', () => {
  it('is found in the folder that systemd names, and only there', async () => {
    const credentials = await folder();
    expect(credentialSource({})).toBeNull();
    expect(credentialSource({ CREDENTIALS_DIRECTORY: credentials })).toBeNull();
    const path = join(credentials, 'discord-webhook');
    await writeFile(path, ADDRESS, { mode: 0o400 });
    expect(credentialSource({ CREDENTIALS_DIRECTORY: credentials })).toEqual({ path, credential: true });
  });

  it('is not taken for one when it is a folder', async () => {
    const credentials = await folder();
    await mkdir(join(credentials, 'discord-webhook'));
    const source = credentialSource({ CREDENTIALS_DIRECTORY: credentials });
    expect(source && (await readWebhookFile(source, false))).toMatchObject({ code: 'not-a-file' });
  });
});
