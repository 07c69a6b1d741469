/** Configurations, each run through `ssh` and through us against a real sshd: the same result, or our sentence. */
import { chmod, copyFile, readFile, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Failed } from '../../src/ops/failure.ts';
import { connectHost } from '../../src/ops/transport/carrier-choice.ts';
import { catalogue } from '../../src/text/catalogue.ts';
import { type Sshd, sshdPath, startSshd } from '../support/sshd.ts';

let sshd: Sshd;
/** `ssh-keygen` and the like, in the folder of the server. */
const make = (file: string, ...args: string[]) => execa(file, args, { cwd: sshd.folder });

/** DIR and PORT stand for the server's own. */
const base = ['HostName 127.0.0.1', 'Port PORT', 'UserKnownHostsFile DIR/known', 'GlobalKnownHostsFile none'];
const key = ['IdentityFile DIR/ed25519', 'IdentitiesOnly yes', 'IdentityAgent none'];
const plain = [...base, ...key];
const only = (name: string): string[] => [
  ...base,
  `IdentityFile DIR/${name}`,
  'IdentitiesOnly yes',
  'IdentityAgent none',
];

const table: readonly (readonly [name: string, lines: readonly string[], through: 'in' | 'out'])[] = [
  ['ed25519', plain, 'in'],
  ['rsa', only('rsa'), 'in'],
  ['ecdsa', only('ecdsa'), 'in'],
  ['RSA in PKCS#8', only('rsa8'), 'in'],
  ['ECDSA in PKCS#8', only('ec8'), 'in'],
  ['RSA in PEM', only('rsapem'), 'in'],
  ['a stranger’s key', only('stranger'), 'out'],
  ['a key that is not there', only('nothing'), 'out'],
  ['a key that others may read', only('open'), 'out'],
  ['an encrypted key, and nobody to ask', only('locked'), 'out'],
  ['a public half without an agent', only('ed25519.pub'), 'out'],
  ['two keys, the second taken', [...base, 'IdentityFile DIR/stranger', ...key], 'in'],
  [
    'seven strangers before the key, MaxAuthTries 6',
    [...base, ...Array.from({ length: 7 }, (_no, n) => `IdentityFile DIR/s${n}`), ...key],
    'out',
  ],
  ['a certificate beside the key', only('certified'), 'in'],
  ['CertificateFile', [...only('certified2'), 'CertificateFile DIR/elsewhere-cert.pub'], 'in'],
  ['a certificate of another authority', only('fake'), 'out'],
  [
    'an authority for the host that it has no certificate of',
    [...plain, 'UserKnownHostsFile DIR/authority'].filter((line) => line !== 'UserKnownHostsFile DIR/known'),
    'out',
  ],
  [
    'an unknown host',
    [...base.slice(0, 2), 'UserKnownHostsFile DIR/none', 'GlobalKnownHostsFile none', ...key],
    'out',
  ],
  [
    'StrictHostKeyChecking yes, unknown',
    [
      ...base.slice(0, 2),
      'UserKnownHostsFile DIR/none',
      'GlobalKnownHostsFile none',
      'StrictHostKeyChecking yes',
      ...key,
    ],
    'out',
  ],
  [
    'StrictHostKeyChecking accept-new',
    [
      ...base.slice(0, 2),
      'UserKnownHostsFile DIR/new',
      'GlobalKnownHostsFile none',
      'StrictHostKeyChecking accept-new',
      ...key,
    ],
    'in',
  ],
  [
    'StrictHostKeyChecking no, unknown',
    [
      ...base.slice(0, 2),
      'UserKnownHostsFile DIR/new2',
      'GlobalKnownHostsFile none',
      'StrictHostKeyChecking no',
      ...key,
    ],
    'in',
  ],
  [
    'a changed key',
    [...base.slice(0, 2), 'UserKnownHostsFile DIR/changed', 'GlobalKnownHostsFile none', ...key],
    'out',
  ],
  [
    'a revoked key',
    [...base.slice(0, 2), 'UserKnownHostsFile DIR/revoked', 'GlobalKnownHostsFile none', ...key],
    'out',
  ],
  [
    'hashed known_hosts',
    [...base.slice(0, 2), 'UserKnownHostsFile DIR/hashed', 'GlobalKnownHostsFile none', ...key],
    'in',
  ],
  [
    'HostKeyAlias',
    [...base.slice(0, 2), 'UserKnownHostsFile DIR/alias', 'HostKeyAlias school', ...key],
    'in',
  ],
  ['CheckHostIP', [...plain, 'CheckHostIP yes'], 'in'],
  [
    'IdentityFile with tokens',
    [...base, 'IdentityFile DIR/key-%h-%n', 'IdentitiesOnly yes', 'IdentityAgent none'],
    'in',
  ],
  ['AddressFamily inet', [...plain, 'AddressFamily inet'], 'in'],
  ['AddressFamily inet6, of an IPv4 address', [...plain, 'AddressFamily inet6'], 'out'],
  ['BindAddress', [...plain, 'BindAddress 127.0.0.1'], 'in'],
  [
    'PubkeyAcceptedAlgorithms that leaves the key out',
    [...plain, 'PubkeyAcceptedAlgorithms rsa-sha2-512'],
    'out',
  ],
  ['PubkeyAcceptedAlgorithms that names it', [...plain, 'PubkeyAcceptedAlgorithms ssh-ed25519'], 'in'],
  ['KexAlgorithms that ssh2 knows', [...plain, 'KexAlgorithms ecdh-sha2-nistp384'], 'in'],
  [
    'KexAlgorithms that ssh2 does not know',
    [...plain, 'KexAlgorithms sntrup761x25519-sha512@openssh.com'],
    'in',
  ],
  ['Ciphers', [...plain, 'Ciphers aes256-ctr'], 'in'],
  ['MACs that ssh2 does not know', [...plain, 'Ciphers aes256-ctr', 'MACs umac-128-etm@openssh.com'], 'in'],
  ['ProxyCommand', [...plain, 'ProxyCommand ssh -F DIR/jump -W %h:%p jump'], 'in'],
  ['Match exec', [...base, 'Match exec true', ...key], 'in'],
  ['Include', [...base, 'Include DIR/included'], 'in'],
  ['ControlMaster of the user’s own', [...plain, 'ControlMaster auto', 'ControlPath DIR/own-%C'], 'in'],
  ['RequestTTY force', [...plain, 'RequestTTY force'], 'in'],
  ['an unknown keyword', [...plain, 'NoSuchKeyword yes'], 'out'],
  ['a port that is closed', ['Port 1', ...plain], 'out'],
  ['PubkeyAuthentication no', [...plain, 'PubkeyAuthentication no'], 'out'],
];

async function prepare(): Promise<void> {
  const { folder, port } = sshd;
  const at = (name: string): string => join(folder, name);
  const names: readonly [string, string, string][] = [
    ['ed25519', 'ed25519', ''],
    ['rsa', 'rsa', ''],
    ['ecdsa', 'ecdsa', ''],
    ['stranger', 'ed25519', ''],
    ['locked', 'ed25519', 'secret'],
    ['certified', 'ed25519', ''],
    ['certified2', 'ed25519', ''],
    ['fake', 'ed25519', ''],
    ['badca', 'ed25519', ''],
    ...Array.from({ length: 7 }, (_no, n): [string, string, string] => [`s${n}`, 'ed25519', '']),
  ];
  for (const [name, type, phrase] of names)
    await make('ssh-keygen', '-q', '-t', type, '-N', phrase, '-C', name, '-f', name);
  const authorized = ['ed25519', 'rsa', 'ecdsa', 'locked'].map((name) => readFile(at(`${name}.pub`), 'utf8'));
  await copyFile(at('ed25519'), at('open'));
  await chmod(at('open'), 0o644);
  await copyFile(at('ed25519'), at('key-127.0.0.1-it'));
  for (const [from, name, format] of [
    ['rsa', 'rsa8', 'PKCS8'],
    ['ecdsa', 'ec8', 'PKCS8'],
    ['rsa', 'rsapem', 'PEM'],
  ] as const) {
    await copyFile(at(from), at(name));
    await make('ssh-keygen', '-q', '-p', '-N', '', '-m', format, '-f', name);
  }
  await writeFile(at('authorized'), (await Promise.all(authorized)).join(''));
  const { username } = userInfo();
  for (const [name, ca] of [
    ['certified', 'ca'],
    ['certified2', 'ca'],
    ['fake', 'badca'],
  ] as const)
    await make('ssh-keygen', '-q', '-s', ca, '-I', name, '-n', username, `${name}.pub`);
  await make('mv', 'certified2-cert.pub', 'elsewhere-cert.pub');
  const hostKey = (await readFile(at('host.pub'), 'utf8')).split(' ').slice(0, 2).join(' ');
  const other = (await readFile(at('stranger.pub'), 'utf8')).split(' ').slice(0, 2).join(' ');
  const place = `[127.0.0.1]:${port}`;
  await writeFile(at('known'), `${place} ${hostKey}\n`);
  await writeFile(at('hashed'), `${place} ${hostKey}\n`);
  await make('ssh-keygen', '-q', '-H', '-f', 'hashed');
  await writeFile(at('changed'), `${place} ${other}\n`);
  await writeFile(at('revoked'), `@revoked ${place} ${hostKey}\n`);
  await writeFile(at('authority'), `@cert-authority ${place} ${other}\n`);
  await writeFile(at('alias'), `school ${hostKey}\n`);
  await writeFile(at('included'), fill(key).join('\n'));
  await writeFile(at('jump'), ['Host jump', ...fill(plain)].join('\n'), { mode: 0o600 });
}

function fill(lines: readonly string[]): string[] {
  return lines.map((line) => line.replaceAll('DIR', sshd.folder).replaceAll('PORT', String(sshd.port)));
}

describe.skipIf(sshdPath === null)('as ssh does, against a real sshd (openssh-server)', () => {
  beforeAll(async () => {
    sshd = await startSshd((folder) => [
      'MaxAuthTries 6',
      `TrustedUserCAKeys ${join(folder, 'ca.pub')}`,
      'PermitRootLogin yes',
    ]);
    await make('ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', 'ca');
    await prepare();
  });
  afterAll(async () => {
    await sshd.close();
  });

  it.each(table)('%s', async (_name, lines, through) => {
    const configFile = join(sshd.folder, `config-${table.findIndex((row) => row[1] === lines)}`);
    await writeFile(configFile, ['Host it', ...fill(lines)].join('\n'), { mode: 0o600 });
    // What a first run accepts is known to a second: we come first.
    const said = await connectHost({ host: 'it', configFile, sudo: 'never' }).then(
      async (transport) => {
        await transport.close();
        return 'in';
      },
      (error: unknown) => {
        if (!(error instanceof Failed)) throw error;
        return catalogue('en').failures.describe(error.failure);
      },
    );
    const theirs = await execa('ssh', ['-n', '-o', 'BatchMode=yes', '-F', configFile, 'it', 'true'], {
      reject: false,
      stdin: 'ignore',
    });
    expect(theirs.exitCode === 0 ? 'in' : 'out', theirs.stderr).toBe(through);
    if (through === 'in') expect(said).toBe('in');
    else expect(said).not.toBe('in');
  });
});
