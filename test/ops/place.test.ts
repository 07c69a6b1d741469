/** Hosts as people, ssh and settings write them, an IPv6 address in brackets above all. */
import { describe, expect, it } from 'vitest';
import { parsePlace, withoutBrackets } from '../../src/ops/place.ts';

describe('a host, and perhaps a user and a port', () => {
  it.each<[string, string | null, string, number | null]>([
    ['hosting.tp5.b1', null, 'hosting.tp5.b1', null],
    ['manon@10.5.1.2', 'manon', '10.5.1.2', null],
    ['manon@10.5.1.2:2222', 'manon', '10.5.1.2', 2222],
    ['::1', null, '::1', null],
    ['fe80::1%eth0', null, 'fe80::1%eth0', null],
    ['[::1]', null, '::1', null],
    ['[::1]:2222', null, '::1', 2222],
    ['paul@::1', 'paul', '::1', null],
    ['paul@[::1]', 'paul', '::1', null],
    ['paul@[fe80::1%eth0]', 'paul', 'fe80::1%eth0', null],
    ['paul@[fe80::1%eth0]:22', 'paul', 'fe80::1%eth0', 22],
    ['ssh://paul@[2001:db8::2]:22/', 'paul', '2001:db8::2', 22],
    ['SSH://host', null, 'host', null],
    ['user@realm@host', 'user@realm', 'host', null],
    ['host:', null, 'host:', null],
  ])('%s', (text, user, host, port) => {
    expect(parsePlace(text)).toEqual({ user, host, port });
  });
});

describe('an address alone', () => {
  it.each([
    ['[::1]', '::1'],
    ['[fe80::1%eth0]', 'fe80::1%eth0'],
    ['::1', '::1'],
    ['10.5.1.2', '10.5.1.2'],
    ['[10.5.1.2]', '[10.5.1.2]'],
    ['[::1]:80', '[::1]:80'],
    ['hosting.tp5.b1', 'hosting.tp5.b1'],
  ])('%s', (text, address) => {
    expect(withoutBrackets(text)).toBe(address);
  });
});
