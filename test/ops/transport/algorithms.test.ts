/** What is left to offer of the algorithms, as the configuration limits them. */
import { describe, expect, it } from 'vitest';
import {
  isKeyTypeLeft,
  missingAlgorithms,
  NO_LIMITS,
  offeredAlgorithms,
} from '../../../src/ops/transport/algorithms.ts';

describe('offeredAlgorithms', () => {
  it('keeps what ssh2 offers by itself where nothing is said', () => {
    expect(offeredAlgorithms(NO_LIMITS).kex[0]).toBe('curve25519-sha256');
    expect(offeredAlgorithms(NO_LIMITS).kex).not.toContain('diffie-hellman-group1-sha1');
  });

  it('offers no more than the configuration leaves, in the order that suits ssh2', () => {
    const limits = { ...NO_LIMITS, kex: ['diffie-hellman-group16-sha512', 'ecdh-sha2-nistp256', 'mlkem768'] };
    expect(offeredAlgorithms(limits).kex).toEqual(['ecdh-sha2-nistp256', 'diffie-hellman-group16-sha512']);
  });

  it('offers an old one where the configuration names it', () => {
    const limits = { ...NO_LIMITS, ciphers: ['aes128-ctr', 'aes128-cbc'] };
    expect(offeredAlgorithms(limits).cipher).toEqual(['aes128-ctr', 'aes128-cbc']);
  });
});

describe('missingAlgorithms', () => {
  it('names the keyword that leaves nothing', () => {
    expect(missingAlgorithms(NO_LIMITS)).toEqual([]);
    expect(missingAlgorithms({ ...NO_LIMITS, kex: ['sntrup761x25519-sha512@openssh.com'] })).toEqual([
      'KexAlgorithms',
    ]);
    expect(missingAlgorithms({ ...NO_LIMITS, macs: ['umac-64@openssh.com'], ciphers: [] })).toEqual([
      'Ciphers',
      'MACs',
    ]);
  });
});

describe('isKeyTypeLeft', () => {
  it.each([
    ['ssh-ed25519', null, true],
    ['ssh-ed25519', ['rsa-sha2-512'], false],
    ['ssh-rsa', ['rsa-sha2-512'], true],
    ['ssh-rsa', ['ssh-ed25519'], false],
    ['ecdsa-sha2-nistp384', ['ecdsa-sha2-*'], true],
    ['ssh-ed25519', ['*'], true],
    ['ssh-ed25519', ['ecdsa-*-ed25519'], false],
  ])('%s within %j', (type, publicKeys, expected) => {
    expect(isKeyTypeLeft(type, { ...NO_LIMITS, publicKeys })).toBe(expected);
  });
});
