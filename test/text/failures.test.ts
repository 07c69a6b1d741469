/** Every failure in both languages: it says what it must, and lets nothing foreign through. */
import { describe, expect, it } from 'vitest';
import type { Failure } from '../../src/ops/failure.ts';
import { catalogue } from '../../src/text/catalogue.ts';

const EVIL = 'x\x1b]0;owned\x07\u202e\r';
const key = { host: EVIL, port: 2222, algorithm: EVIL, fingerprint: EVIL };

/** One of each code; the type keeps the list whole. */
const one: { readonly [Code in Failure['code']]: Failure & { readonly code: Code } } = {
  resolve: { code: 'resolve', host: EVIL, detail: EVIL },
  unreachable: { code: 'unreachable', host: EVIL, port: 22, reason: 'refused', detail: EVIL },
  auth: {
    code: 'auth',
    user: EVIL,
    host: EVIL,
    port: 22,
    keys: [
      { source: EVIL, from: 'file', outcome: 'refused' },
      { source: EVIL, from: 'agent', outcome: 'refused' },
      { source: EVIL, from: 'file', outcome: 'missing' },
    ],
    agent: 'used',
    offered: [EVIL],
  },
  'host-key-unknown': { code: 'host-key-unknown', ...key, files: [EVIL] },
  'host-key-changed': { code: 'host-key-changed', ...key, file: EVIL, line: 2 },
  'host-key-revoked': { code: 'host-key-revoked', ...key, file: EVIL, line: 2 },
  'host-certificate-unsupported': { code: 'host-certificate-unsupported', host: EVIL, file: EVIL, line: 2 },
  'beyond-ssh2': { code: 'beyond-ssh2', host: EVIL, beyond: [{ kind: 'option', source: EVIL }] },
  'no-openssh': { code: 'no-openssh', host: EVIL, reason: 'missing' },
  'ssh-config': { code: 'ssh-config', detail: EVIL },
  jump: { code: 'jump', via: EVIL, cause: { code: 'resolve', host: EVIL, detail: EVIL } },
  protocol: { code: 'protocol', host: EVIL, detail: EVIL },
  'no-systemd': { code: 'no-systemd', host: EVIL, detail: EVIL },
  'no-shell': {
    code: 'no-shell',
    account: EVIL,
    why: { reason: 'ended', code: 1, signal: null },
    came: EVIL,
    shell: null,
    sftp: false,
  },
  'no-bus': { code: 'no-bus', host: EVIL, manager: 'user', detail: EVIL, ms: null },
  'not-permitted': { code: 'not-permitted', action: EVIL, detail: EVIL },
  'sudo-password-wrong': { code: 'sudo-password-wrong', user: EVIL },
  'sudo-denied': { code: 'sudo-denied', user: EVIL, detail: EVIL },
  'read-only': { code: 'read-only', reason: EVIL },
  'link-lost': { code: 'link-lost', detail: EVIL },
  unavailable: { code: 'unavailable', what: EVIL, detail: EVIL },
  'no-such-unit': { code: 'no-such-unit', unit: EVIL },
  'job-failed': { code: 'job-failed', result: EVIL, detail: EVIL },
  'not-running': { code: 'not-running', unit: EVIL },
  timeout: { code: 'timeout', what: EVIL, ms: 1500 },
  'host-error': { code: 'host-error', name: EVIL, detail: EVIL },
};

const reasons = ['refused', 'timeout', 'no-route', 'reset', 'other'] as const;
const all: Failure[] = [...Object.values(one), ...reasons.map((reason) => ({ ...one.unreachable, reason }))];

describe.each(['en', 'fr'] as const)('failures in %s', (language) => {
  const { failures } = catalogue(language);

  it.each(all.map((failure) => [failure.code, failure] as const))(
    '%s is said, and harmless',
    (_code, failure) => {
      const said = failures.describe(failure);
      expect(said).toContain('x\\x1b');
      expect(said).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f\u202e]/);
      expect(said).not.toMatch(/undefined|\[object/);
      for (const line of said.split('\n')) expect(line).not.toMatch(/^\s*$/);
    },
  );

  it('names every key that was tried, the agent, and what the server takes', () => {
    const said = failures.describe({
      code: 'auth',
      user: 'manon',
      host: 'tp5',
      port: 2222,
      keys: [
        { source: '/k/one', from: 'file', outcome: 'refused' },
        { source: 'laptop', from: 'agent', outcome: 'refused' },
        { source: '/k/two', from: 'file', outcome: 'wrong-passphrase' },
        { source: '/k/three', from: 'file', outcome: 'missing' },
        { source: '/k/four', from: 'file', outcome: 'missing' },
      ],
      agent: 'used',
      offered: ['publickey', 'password'],
    });
    expect(said.split('\n')).toHaveLength(8);
    for (const part of ['/k/one', 'laptop', '/k/two', '/k/three, /k/four', 'publickey, password'])
      expect(said).toContain(part);
    expect(said).toContain('ssh-copy-id -p 2222 manon@tp5');
  });

  it('names the agent as the way out for a key that is locked', () => {
    const locked = { source: '/k/one', from: 'file', outcome: 'passphrase-needed' } as const;
    expect(failures.describe({ ...one.auth, keys: [locked] })).toContain('ssh-add "/k/one"');
  });

  it('tells in plain words who may read the journal, as the console does', () => {
    const refusal = { code: 'not-permitted', action: 'journal', detail: 'Hint: \u001b[31mno' } as const;
    const said = failures.describe(refusal).split('\n');
    expect(said[0]).not.toContain('Hint');
    expect(said[1]).toContain('usermod -aG systemd-journal');
    expect(said[2]).toMatch(/: Hint: [^\u001b]+no$/);
  });

  it('gives the command that forgets a changed key, as ssh-keygen takes it', () => {
    const changed = { ...one['host-key-changed'], host: 'tp5', file: '/home/eve/.ssh/known_hosts', line: 7 };
    expect(failures.describe(changed)).toContain('/home/eve/.ssh/known_hosts:7');
    expect(failures.describe(changed)).toContain(
      'ssh-keygen -R "[tp5]:2222" -f "/home/eve/.ssh/known_hosts"',
    );
    expect(failures.describe({ ...changed, port: 22 })).toContain('ssh-keygen -R "tp5" -f');
  });
});
