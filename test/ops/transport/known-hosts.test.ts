/** known_hosts against a table, and against ssh-keygen, which is the judge of what a line means. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  checkHostKey,
  fingerprintOf,
  keyTypeOf,
  knownHostsLine,
  knownKeyTypes,
  lookupName,
} from '../../../src/ops/transport/known-hosts.ts';
import { appendKnownHost } from '../../../src/ops/transport/known-hosts-files.ts';

/** A public key in wire format: its type, then 32 bytes that are `seed`. */
function keyOf(type: string, seed: number): Buffer {
  const length = (size: number): Buffer => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(size);
    return bytes;
  };
  return Buffer.concat([length(type.length), Buffer.from(type), length(32), Buffer.alloc(32, seed)]);
}

const ed = keyOf('ssh-ed25519', 1);
const otherEd = keyOf('ssh-ed25519', 2);
const rsa = keyOf('ssh-rsa', 3);
const text = (key: Buffer): string => `${keyTypeOf(key)} ${key.toString('base64')}`;
const SALT = Buffer.alloc(20, 7);
const hashed = (name: string, port = 22): string => knownHostsLine({ name, port }, ed, SALT);

describe('checkHostKey', () => {
  it.each<[name: string, lines: string[], host: string, port: number, expected: string]>([
    ['knows a plain name', [`tp5 ${text(ed)}`], 'tp5', 22, 'known:1'],
    ['knows a name in any case', [`Hosting.TP5.b1 ${text(ed)}`], 'hosting.tp5.B1', 22, 'known:1'],
    ['knows one of several names', [`a,tp5,10.5.1.2 ${text(ed)} a comment`], '10.5.1.2', 22, 'known:1'],
    ['knows a name with a port', [`[tp5]:2222 ${text(ed)}`], 'tp5', 2222, 'known:1'],
    ['takes the same key under the name without its port', [`tp5 ${text(ed)}`], 'tp5', 2222, 'known:1'],
    ['asks rather than calls it changed there', [`tp5 ${text(otherEd)}`], 'tp5', 2222, 'unknown'],
    ['does not take a port for another', [`[tp5]:2222 ${text(ed)}`], 'tp5', 22, 'unknown'],
    ['knows a hashed name', [hashed('tp5')], 'tp5', 22, 'known:1'],
    ['knows a hashed name with a port', [hashed('tp5', 2222)], 'tp5', 2222, 'known:1'],
    ['does not know another hashed name', [hashed('tp6')], 'tp5', 22, 'unknown'],
    ['knows a wildcard', [`*.tp5.b? ${text(ed)}`], 'hosting.tp5.b1', 22, 'known:1'],
    ['knows a wildcard over a port', [`[10.5.1.*]:* ${text(ed)}`], '10.5.1.2', 2222, 'known:1'],
    ['lets a negation win', [`*,!tp5 ${text(ed)}`], 'tp5', 22, 'unknown'],
    ['lets a negation win wherever it stands', [`!tp5,* ${text(ed)}`], 'tp5', 22, 'unknown'],
    ['needs more than a negation', [`!other ${text(ed)}`], 'tp5', 22, 'unknown'],
    ['sees a changed key', ['# mine', '', `tp5 ${text(otherEd)}`], 'tp5', 22, 'changed:3'],
    ['sees a changed key of another type', [`tp5 ${text(rsa)}`], 'tp5', 22, 'changed:1'],
    ['names the line of the same type', [`tp5 ${text(rsa)}`, `tp5 ${text(otherEd)}`], 'tp5', 22, 'changed:2'],
    ['takes any of several keys', [`tp5 ${text(otherEd)}`, `tp5 ${text(ed)}`], 'tp5', 22, 'known:2'],
    ['lets a revocation win', [`tp5 ${text(ed)}`, `@revoked * ${text(ed)}`], 'tp5', 22, 'revoked:2'],
    [
      'minds whose key is revoked',
      [`tp5 ${text(ed)}`, `@revoked tp5 ${text(otherEd)}`],
      'tp5',
      22,
      'known:1',
    ],
    ['minds where it is revoked', [`@revoked tp6 ${text(ed)}`], 'tp5', 22, 'unknown'],
    ['sees a revocation without the port', [`@revoked tp5 ${text(ed)}`], 'tp5', 2222, 'revoked:1'],
    ['sees an authority', [`@cert-authority *.b1 ${text(rsa)}`], 'tp5.b1', 22, 'certificate-authority:1'],
    [
      'prefers a key to an authority',
      [`@cert-authority * ${text(rsa)}`, `tp5 ${text(ed)}`],
      'tp5',
      22,
      'known:2',
    ],
    ['ignores an unknown marker', [`@trusted tp5 ${text(ed)}`], 'tp5', 22, 'unknown'],
    ['ignores a comment', [`#tp5 ${text(ed)}`], 'tp5', 22, 'unknown'],
    ['ignores a broken key', ['tp5 ssh-ed25519 !!!', 'tp5 ssh-ed25519', 'tp5'], 'tp5', 22, 'unknown'],
    [
      'ignores a key of another type than it says',
      [`tp5 ssh-rsa ${ed.toString('base64')}`],
      'tp5',
      22,
      'unknown',
    ],
    [
      'ignores a broken hash',
      [`|1|x| ${text(ed)}`, `|2|a|b ${text(ed)}`, `|1|| ${text(ed)}`],
      'tp5',
      22,
      'unknown',
    ],
    ['takes tabs, leading blanks and CRLF', [`  tp5\t${text(ed)}\r`], 'tp5', 22, 'known:1'],
  ])('%s', (_name, lines, name, port, expected) => {
    const verdict = checkHostKey([{ path: 'f', text: lines.join('\n') }], { name, port }, ed);
    expect('line' in verdict ? `${verdict.status}:${verdict.line}` : verdict.status).toBe(expected);
  });

  it('names the file', () => {
    const files = [
      { path: 'first', text: '' },
      { path: 'second', text: `tp5 ${text(ed)}` },
    ];
    expect(checkHostKey(files, { name: 'tp5', port: 22 }, ed)).toEqual({
      status: 'known',
      file: 'second',
      line: 1,
    });
  });

  it('takes no time over a hostile pattern', () => {
    const pattern = `${'*a'.repeat(500)}b`;
    const files = [{ path: 'f', text: `${pattern} ${text(ed)}` }];
    expect(checkHostKey(files, { name: 'a'.repeat(250), port: 22 }, ed)).toEqual({ status: 'unknown' });
  });

  it('never throws, whatever the file and the key hold', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.uint8Array(), (content, name, key) => {
        checkHostKey([{ path: 'f', text: content }], { name, port: 22 }, Buffer.from(key));
      }),
    );
  });
});

describe('knownKeyTypes', () => {
  it('lists the types of the host alone, without authorities and revoked keys', () => {
    const lines = [`tp5 ${text(rsa)}`, `tp6 ${text(ed)}`, `@revoked tp5 ${text(ed)}`, `tp5 ${text(rsa)}`];
    expect(knownKeyTypes([{ path: 'f', text: lines.join('\n') }], { name: 'tp5', port: 22 })).toEqual([
      'ssh-rsa',
    ]);
  });
});

/** A name, not a word in the calls: it is no dependency of the project. */
const SSH_KEYGEN = 'ssh-keygen';

describe('against ssh-keygen', async () => {
  const present = await execa(SSH_KEYGEN, ['-?'], { reject: false, stdin: 'ignore' });
  const here = present.code !== 'ENOENT';
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tp5-known-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function found(file: string, name: string): Promise<number[]> {
    const { stdout } = await execa(SSH_KEYGEN, ['-F', name, '-f', file], {
      reject: false,
      stdin: 'ignore',
    });
    return [...stdout.matchAll(/found: line (\d+)/g)].map(([, line]) => Number(line));
  }

  const label = fc.stringMatching(/^[a-z0-9]{1,3}$/);
  const name = fc.array(label, { minLength: 1, maxLength: 3 }).map((labels) => labels.join('.'));
  const port = fc.constantFrom(22, 2222);
  const pattern = fc.stringMatching(/^!?[a-c.*?]{1,4}$/);

  it.skipIf(!here)('finds the lines that it finds, plain and with wildcards', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(pattern, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 4 }),
        fc.stringMatching(/^[a-c.]{1,4}$/),
        async (lines, host) => {
          const file = join(folder, 'plain');
          const content = lines.map((patterns) => `${patterns.join(',')} ${text(ed)}`);
          await writeFile(file, `${content.join('\n')}\n`);
          const theirs = await found(file, host);
          const ours = content.flatMap((line, index) => {
            const verdict = checkHostKey([{ path: file, text: line }], { name: host, port: 22 }, ed);
            return verdict.status === 'known' ? [index + 1] : [];
          });
          expect(ours).toEqual(theirs);
        },
      ),
      { numRuns: 60 },
    );
  });

  it.skipIf(!here)('hashes names as it looks them up, and looks them up as it hashes them', async () => {
    await fc.assert(
      fc.asyncProperty(name, port, async (host, at) => {
        const ours = join(folder, 'ours');
        const where = { name: host, port: at };
        await writeFile(ours, `${knownHostsLine(where, ed, randomBytes(20))}\n`);
        expect(await found(ours, lookupName(where))).toEqual([1]);

        const theirs = join(folder, 'theirs');
        await writeFile(theirs, `${knownHostsLine(where, ed, null)}\n`);
        await execa(SSH_KEYGEN, ['-H', '-f', theirs], { stdin: 'ignore' });
        const content = await readFile(theirs, 'utf8');
        expect(content).toMatch(/^\|1\|/);
        expect(checkHostKey([{ path: theirs, text: content }], where, ed).status).toBe('known');
      }),
      { numRuns: 20 },
    );
  });

  it.skipIf(!here)('shows the same fingerprint', async () => {
    const file = join(folder, 'key');
    await execa(SSH_KEYGEN, ['-q', '-t', 'ed25519', '-N', '', '-f', file], { stdin: 'ignore' });
    const [, encoded = ''] = (await readFile(`${file}.pub`, 'utf8')).split(' ');
    const { stdout } = await execa(SSH_KEYGEN, ['-lf', `${file}.pub`], { stdin: 'ignore' });
    expect(stdout).toContain(fingerprintOf(Buffer.from(encoded, 'base64')));
  });
});

describe('appendKnownHost', () => {
  it('makes the file and its folder for the user alone, and mends a missing last newline', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tp5-known-'));
    try {
      const file = join(folder, '.ssh', 'known_hosts');
      await appendKnownHost(file, { host: { name: 'tp5', port: 2222 }, key: ed, hashed: false });
      if (process.platform !== 'win32') {
        expect((await stat(file)).mode & 0o777).toBe(0o600);
        expect((await stat(join(folder, '.ssh'))).mode & 0o777).toBe(0o700);
      }
      await writeFile(file, `tp5 ${text(rsa)}`);
      await appendKnownHost(file, { host: { name: 'tp5', port: 2222 }, key: ed, hashed: false });
      expect(await readFile(file, 'utf8')).toBe(`tp5 ${text(rsa)}\n[tp5]:2222 ${text(ed)}\n`);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
