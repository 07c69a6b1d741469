/**
 * What `ssh -G` prints, read as data. The outputs are real ones of OpenSSH 9.2, cut to what counts; the
 * one of Windows is put together from its defaults.
 */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { resolveTarget } from '../../../src/ops/transport/ask-ssh.ts';
import { resolveRoute } from '../../../src/ops/transport/route.ts';
import {
  type ConfigSurroundings,
  defaultTarget,
  expandProxyCommand,
  parseJump,
  parseSshConfig,
} from '../../../src/ops/transport/ssh-config.ts';

const linux: ConfigSurroundings = {
  home: '/home/eve',
  env: { SSH_AUTH_SOCK: '/run/agent', MY_AGENT: '/run/mine', PROJECT: 'tp5' },
  platform: 'linux',
  localUser: 'eve',
  typedHost: 'tp5',
};
const windows: ConfigSurroundings = {
  ...linux,
  home: 'C:\\Users\\Eve Dupont',
  env: { ProgramData: 'C:\\ProgramData' },
  platform: 'win32',
};
const fixture = (name: string): string =>
  readFileSync(new URL(`../../fixtures/ssh-config/${name}.txt`, import.meta.url), 'utf8');

describe('parseSshConfig', () => {
  it('reads a host that nothing is configured for', () => {
    expect(parseSshConfig(fixture('plain'), linux)).toMatchObject({
      identitiesConfigured: false,
      certificateFiles: [],
      addressFamily: null,
      bindAddress: null,
      beyondSsh2: [],
      hostname: '10.5.1.2',
      port: 22,
      user: 'root',
      identityFiles: [
        'id_rsa',
        'id_ecdsa',
        'id_ecdsa_sk',
        'id_ed25519',
        'id_ed25519_sk',
        'id_xmss',
        'id_dsa',
      ].map((name) => `/home/eve/.ssh/${name}`),
      identitiesOnly: false,
      agent: '/run/agent',
      proxyJump: [],
      proxyCommand: null,
      userKnownHosts: ['/root/.ssh/known_hosts', '/root/.ssh/known_hosts2'],
      globalKnownHosts: ['/etc/ssh/ssh_known_hosts', '/etc/ssh/ssh_known_hosts2'],
      hostKeyAlias: null,
      unknownHosts: 'ask',
      hashKnownHosts: false,
      connectTimeoutMs: null,
    });
  });

  it('reads a host that everything is configured for', () => {
    expect(parseSshConfig(fixture('everything'), linux)).toMatchObject({
      identitiesConfigured: true,
      hostname: 'hosting.tp5.b1',
      port: 2222,
      user: 'manon',
      identityFiles: ['/home/eve/.ssh/tp5_manon', '/keys/hosting.tp5.b1-2222-tp5-eve-%', '/keys/tp5'],
      identitiesOnly: true,
      agent: '/run/mine',
      proxyJump: ['bob@jump1:2200', '[::1]:33'],
      proxyCommand: null,
      userKnownHosts: ['/root/foo', '/tmp/a b'],
      globalKnownHosts: [],
      hostKeyAlias: 'hosting',
      unknownHosts: 'refuse',
      hashKnownHosts: false,
      connectTimeoutMs: 5000,
    });
  });

  it('reads what the ssh of Windows prints', () => {
    expect(parseSshConfig(fixture('windows'), windows)).toMatchObject({
      identityFiles: ['C:\\Users\\Eve Dupont/.ssh/id_rsa', 'C:\\Users\\Eve Dupont/.ssh/id_ed25519'],
      agent: '\\\\.\\pipe\\openssh-ssh-agent',
      userKnownHosts: ['C:\\Users\\Eve Dupont/.ssh/known_hosts', 'C:\\Users\\Eve Dupont/.ssh/known_hosts2'],
      globalKnownHosts: ['C:\\ProgramData\\ssh/ssh_known_hosts', 'C:\\ProgramData\\ssh/ssh_known_hosts2'],
    });
  });

  it.each([
    ['true', 'refuse'],
    ['yes', 'refuse'],
    ['ask', 'ask'],
    ['accept-new', 'accept'],
    ['false', 'accept'],
    ['off', 'accept'],
  ])('stricthostkeychecking %s', (value, expected) => {
    expect(parseSshConfig(`stricthostkeychecking ${value}\n`, linux).unknownHosts).toBe(expected);
  });

  it.each([
    ['none', null],
    ['SSH_AUTH_SOCK', '/run/agent'],
    ['$MY_AGENT', '/run/mine'],
    ['$NOTHING', null],
    ['~/agent', '/home/eve/agent'],
  ])('identityagent %s', (value, expected) => {
    expect(parseSshConfig(`identityagent ${value}\n`, linux).agent).toBe(expected);
  });

  it.each([
    ['addressfamily inet6\n', { addressFamily: 6 }],
    ['addressfamily any\n', { addressFamily: null }],
    ['bindaddress 10.0.0.1\n', { bindAddress: '10.0.0.1' }],
    ['certificatefile ~/.ssh/school\n', { certificateFiles: ['/home/eve/.ssh/school'] }],
    ['identityfile ~/.ssh/id_rsa\n', { identitiesConfigured: true }],
    ['identityfile ~/.ssh/id_rsa\nidentityfile ~/.ssh/id_ed25519\n', { identitiesConfigured: false }],
    ['pkcs11provider /usr/lib/token.so\n', { beyondSsh2: ['PKCS11Provider'] }],
    ['pkcs11provider none\nknownhostscommand none\n', { beyondSsh2: [] }],
    ['gssapiauthentication yes\npubkeyauthentication true\n', { beyondSsh2: [] }],
    ['gssapiauthentication yes\npubkeyauthentication no\n', { beyondSsh2: ['GSSAPIAuthentication'] }],
    [
      'gssapiauthentication yes\npreferredauthentications gssapi-with-mic,password\n',
      { beyondSsh2: ['GSSAPIAuthentication'] },
    ],
    ['proxyusefdpass yes\n', { beyondSsh2: ['ProxyUseFdpass'] }],
  ])('%j', (output, expected) => {
    expect(parseSshConfig(output, linux)).toMatchObject(expected);
  });

  it('has usual files where there is no ssh to ask', () => {
    expect(defaultTarget(linux)).toMatchObject({
      hostname: 'tp5',
      user: 'eve',
      port: 22,
      identityFiles: ['/home/eve/.ssh/id_ed25519', '/home/eve/.ssh/id_ecdsa', '/home/eve/.ssh/id_rsa'],
      userKnownHosts: ['/home/eve/.ssh/known_hosts'],
      unknownHosts: 'ask',
    });
  });
});

describe('parseJump', () => {
  it.each([
    ['jump', { host: 'jump' }],
    ['bob@jump:2200', { host: 'jump', user: 'bob', port: 2200 }],
    ['ssh://bob@jump:2200/', { host: 'jump', user: 'bob', port: 2200 }],
    ['[::1]:33', { host: '::1', port: 33 }],
    ['fe80::1', { host: 'fe80::1' }],
    ['a@b@jump', { host: 'jump', user: 'a@b' }],
  ])('%s', (text, expected) => {
    expect(parseJump(text)).toEqual(expected);
  });
});

it('expands the tokens of a proxy command', () => {
  const target = { ...defaultTarget(linux), hostname: '10.5.1.2', port: 2222 };
  expect(expandProxyCommand('nc %h %p # %r %n %% %x', target, 'tp5')).toBe('nc 10.5.1.2 2222 # eve tp5 % %x');
});

describe('the system ssh', async () => {
  const here = (await execa('ssh', ['-V'], { reject: false, stdin: 'ignore' })).code !== 'ENOENT';

  async function withConfig<T>(text: string, use: (configFile: string) => Promise<T>): Promise<T> {
    const folder = await mkdtemp(join(tmpdir(), 'tp5-config-'));
    try {
      const configFile = join(folder, 'config');
      await writeFile(configFile, text);
      return await use(configFile);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  it.skipIf(!here)('is asked, and what was typed wins over what it says', async () => {
    const config = 'Host tp5\n HostName 10.5.1.2\n Port 2222\n User manon\n IdentityFile /keys/%r\n';
    await withConfig(config, async (configFile) => {
      const asked = { host: 'tp5', configFile };
      expect(await resolveTarget(asked, process.env)).toMatchObject({
        hostname: '10.5.1.2',
        port: 2222,
        user: 'manon',
        identityFiles: ['/keys/manon'],
      });
      const typed = { ...asked, user: 'paul', port: 23, identities: ['/mine', '~/yours'] };
      expect(await resolveTarget(typed, process.env)).toMatchObject({
        user: 'paul',
        port: 23,
        identityFiles: ['/mine', join(process.env.HOME ?? homedir(), 'yours')],
      });
    });
  });

  it.skipIf(!here)('says what is wrong with the configuration', async () => {
    await withConfig('Bogus yes\n', async (configFile) => {
      await expect(resolveTarget({ host: 'tp5', configFile }, process.env)).rejects.toMatchObject({
        failure: {
          code: 'ssh-config',
          detail: expect.stringContaining('line 1: Bad configuration option: bogus'),
        },
      });
    });
  });

  it('is never handed a host that looks like an option', async () => {
    await expect(resolveTarget({ host: '-oProxyCommand=id' }, process.env)).rejects.toMatchObject({
      failure: { code: 'ssh-config' },
    });
  });

  it('need not be there', async () => {
    const nowhere = await resolveTarget(
      { host: 'tp5', user: 'manon' },
      { PATH: '/nonexistent', HOME: '/home/eve' },
    );
    expect(nowhere).toMatchObject({ hostname: 'tp5', user: 'manon', port: 22 });
  });

  it.skipIf(!here)('gives the whole chain of jumps, the nearest by its own configuration', async () => {
    const config = [
      'Host tp5',
      ' ProxyJump b,c',
      'Host b',
      ' ProxyJump a',
      ' Port 2200',
      'Host c',
      ' ProxyJump z',
    ];
    await withConfig(`${config.join('\n')}\n`, async (configFile) => {
      const { jumps, host } = await resolveRoute({ host: 'tp5', configFile }, process.env);
      expect(jumps.map((jump) => `${jump.host}:${jump.target.port}`)).toEqual(['a:22', 'b:2200', 'c:22']);
      expect(host.host).toBe('tp5');
    });
  });

  it.skipIf(!here)('is not followed in a circle', async () => {
    await withConfig('Host a\n ProxyJump b\nHost b\n ProxyJump a\n', async (configFile) => {
      await expect(resolveRoute({ host: 'a', configFile }, process.env)).rejects.toMatchObject({
        failure: { code: 'ssh-config' },
      });
    });
  });
});
