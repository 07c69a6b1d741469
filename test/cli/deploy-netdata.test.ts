/** `tp5-tui deploy --netdata` as it is typed: what it refuses before any host is opened, and where the webhook may be. */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type DeployCommandOptions, runDeploy } from '../../src/cli/deploy.ts';
import { readNetdataWish, runDeployNetdata } from '../../src/cli/deploy-netdata.ts';
import { type CommonOptions, readInvocation, UsageError } from '../../src/cli/invocation.ts';
import type { Io } from '../../src/cli/io.ts';
import { systemClock } from '../../src/ops/clock.ts';

const ENV = { LANG: 'C', XDG_CONFIG_HOME: '/nonexistent', XDG_STATE_HOME: '/dev/null/nowhere' };
const ADDRESS = 'https://discord.com/api/webhooks/112233445566778899/aW4tdGhlLWxhYi1ub2JvZHktbGlzdGVucw';

function temporary(text: string, mode = 0o600): string {
  const folder = mkdtempSync(join(tmpdir(), 'tp5-webhook-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'webhook');
  writeFileSync(file, text);
  chmodSync(file, mode);
  return file;
}

async function run(
  options: Partial<DeployCommandOptions>,
  common: CommonOptions = {},
  command: 'netdata' | 'service' = 'netdata',
): Promise<{ code: number; stdout: string; stderr: string }> {
  const written = { stdout: '', stderr: '' };
  const output = (name: keyof typeof written) => ({
    write: (text: string) => {
      written[name] += text;
    },
    isTTY: false,
    columns: undefined,
  });
  const io: Io = {
    stdin: process.stdin,
    stdout: output('stdout'),
    stderr: output('stderr'),
    signal: new AbortController().signal,
    colour: false,
  };
  const nowhere = () => {
    throw new Error('no host is to be opened');
  };
  const tools = {
    open: nowhere,
    hostName: nowhere,
    servedHere: nowhere,
    connector: nowhere,
    clock: systemClock,
  };
  const host = common.demo ? undefined : 'manon@hosting.tp5.b1';
  const invocation = await readInvocation(host, common, ENV);
  const whole = { files: [], yes: true, ...options };
  const more = { tools, openTerminal: () => null };
  const code =
    command === 'netdata'
      ? await runDeployNetdata(invocation, whole, io, ENV, more)
      : await runDeploy(invocation, whole, io, more);
  return { code, ...written };
}

describe('deploy --netdata', () => {
  it.each([
    ['--listen', { listen: '10.5.1.2' }],
    ['--hardened', { hardened: true }],
    ['FILE', { files: ['server.py'] }],
  ])('is of Netdata alone: not with %s', async (option, options) => {
    await expect(run(options)).rejects.toThrow(new RegExp(`--netdata sets up Netdata alone; ${option} `));
  });

  it.each(['netdata', 'service'] as const)(
    'takes no host for a file, and says where it goes: %s',
    async (command) => {
      const hint = /tp5-tui deploy --host paul@10\.5\.1\.2$/;
      await expect(run({ files: ['paul@10.5.1.2'] }, {}, command)).rejects.toThrow(hint);
      const config = temporary('[hosts.tp5]\nhost = "manon@10.5.1.2"\n');
      await expect(run({ files: ['tp5'] }, { config }, command)).rejects.toThrow(/--host tp5$/);
    },
  );

  it.each([
    ['--webhook-file', { webhookFile: 'x' }],
    ['--test-alert', { testAlert: true }],
    ['--allow-insecure-webhook', { allowInsecureWebhook: true }],
  ])('has %s for itself', async (option, options) => {
    await expect(run(options, {}, 'service')).rejects.toThrow(`${option} goes with --netdata`);
  });

  it('wants an answer, or --yes', async () => {
    await expect(run({ yes: false })).rejects.toThrow(UsageError);
  });

  it('changes nothing with --read-only', async () => {
    await expect(run({}, { readOnly: true })).rejects.toThrow(/--read-only/);
  });

  it.skipIf(process.platform === 'win32')('takes no webhook that others may read', async () => {
    const file = temporary(ADDRESS, 0o644);
    await expect(run({ webhookFile: file })).rejects.toThrow(/mode 0644.*chmod 600/);
  });

  it.each([
    ['', /is empty/],
    ['http://discord.com/api/webhooks/1/abcdefgh', /not an https address/],
    ['https://evil.example/api/webhooks/1/abcdefgh', /evil\.example, which is not Discord/],
    ['https://discord.com/channels/1/2', /not the address of a webhook/],
  ])('takes no webhook that is none: %j', async (text, said) => {
    await expect(run({ webhookFile: temporary(text) })).rejects.toThrow(said);
  });

  it('reads the webhook from its file, or from the one that the settings name', async () => {
    const file = temporary(`${ADDRESS}\n`);
    const config = temporary(`[discord]\nwebhook_file = "${file.replaceAll('\\', '\\\\')}"\n`);
    const given = await readInvocation('h', {}, ENV);
    const named = await readInvocation('h', { config }, ENV);
    const read = [
      await readNetdataWish(given, { files: [], webhookFile: file }, ENV),
      await readNetdataWish(named, { files: [] }, ENV),
    ];
    for (const { webhook } of read) expect(webhook?.reveal().href).toBe(ADDRESS);
    expect(JSON.stringify(read)).not.toContain('aW4tdGhl');
    expect((await readNetdataWish(given, { files: [] }, ENV)).webhook).toBeNull();
  });

  it('says that the demo host has none', async () => {
    const { code, stdout, stderr } = await run({ json: true }, { demo: true });
    expect(code).toBe(1);
    expect(stderr).toMatch(/imagined/);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'demo' } });
  });
});
