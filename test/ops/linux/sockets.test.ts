import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAddresses } from '../../../src/ops/linux/addresses.ts';
import { createListenersSubject } from '../../../src/ops/linux/listeners.ts';
import { parseProcTcp } from '../../../src/ops/linux/proc-tcp.ts';
import { parseSs } from '../../../src/ops/linux/ss.ts';
import { createFakeTransport, finished } from '../../support/fake-transport.ts';

const fixture = (name: string) => readFileSync(new URL(`../../fixtures/${name}`, import.meta.url), 'utf8');

/** One client served, one waiting, one that waits and has closed its side: as the lab's host had them. */
const HELD = {
  listeners: [{ address: '10.5.1.2', port: 13337, waiting: 2 }],
  clients: [
    { peerAddress: '10.5.1.1', peerPort: 55_990, accepted: false },
    { peerAddress: '10.5.1.1', peerPort: 55_988, accepted: true },
    { peerAddress: '10.5.1.1', peerPort: 56_000, accepted: false, left: true },
  ],
};

describe('/proc/net/tcp', () => {
  it('tells who listens, who is served and who waits', () => {
    expect(parseProcTcp(fixture('proc/tcp-held'), 13_337)).toEqual(HELD);
  });

  it('is read beside tcp6', () => {
    const both = fixture('proc/tcp-held') + fixture('proc/tcp6');
    expect(parseProcTcp(both, 22).listeners.map(({ address }) => address)).toEqual(['0.0.0.0', '::']);
    expect(parseProcTcp(both, 23)).toEqual({ listeners: [], clients: [] });
  });

  it.each([
    ['0100007F', '127.0.0.1'],
    ['00000000', '0.0.0.0'],
    ['00000000000000000000000001000000', '::1'],
    ['0000000000000000FFFF00000201050A', '10.5.1.2'],
    ['000080FE00000000FF9C0A6CF893999F', 'fe80::6c0a:9cff:9f99:93f8'],
    ['B80D0120000000000000000001000000', '2001:db8::1'],
    ['B80D0120000001000000000001000000', '2001:db8:1::1'],
  ])('writes %s as %s', (hex, address) => {
    const row = `   0: ${hex}:0016 ${hex}:0000 0A 00000000:00000000 00:00000000 00000000     0        0 9 1 0 100 0 0 10 0`;
    expect(parseProcTcp(row, 22).listeners).toEqual([{ address, port: 22, waiting: 0 }]);
  });

  it('leaves out what is no socket, whatever it is', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(65_535), (text, port) => {
        expect(parseProcTcp(text, port)).toEqual({ listeners: [], clients: [] });
      }),
    );
  });

  it('reads back any IPv4 socket', () => {
    const byte = fc.nat(255);
    fc.assert(
      fc.property(fc.tuple(byte, byte, byte, byte), fc.nat(65_535), fc.nat(128), (address, port, waiting) => {
        const hex = (value: number, digits: number) => value.toString(16).toUpperCase().padStart(digits, '0');
        const local = [...address]
          .reverse()
          .map((one) => hex(one, 2))
          .join('');
        const row = `  12: ${local}:${hex(port, 4)} 00000000:0000 0A 00000000:${hex(waiting, 8)} 00:00000000 00000000   999        0 4 1`;
        expect(parseProcTcp(row, port).listeners).toEqual([{ address: address.join('.'), port, waiting }]);
      }),
    );
  });
});

describe('ss', () => {
  it.each(['proc/ss-held', 'proc/ss-all'])('says the same (%s)', (name) => {
    expect(parseSs(fixture(name), 13_337)).toEqual(HELD);
  });

  it.each([
    ['LISTEN 0 128 *:80 *:*', '::'],
    ['LISTEN 0 128 [::]:80 [::]:*', '::'],
    ['LISTEN 0 128 127.0.0.1%lo:80 0.0.0.0:*', '127.0.0.1'],
    ['LISTEN 0 128 [::ffff:10.5.1.2]:80 *:*', '10.5.1.2'],
    ['LISTEN 0 128 [fe80::1%enp0s8]:80 [::]:*', 'fe80::1'],
  ])('reads %s', (line, address) => {
    expect(parseSs(line, 80).listeners).toEqual([{ address, port: 80, waiting: 0 }]);
  });
});

describe('ip addr', () => {
  it('names every address of every interface', () => {
    const all = parseAddresses(fixture('ip/addr.json'));
    expect(all).toContainEqual({ name: 'lo', address: '127.0.0.1', prefix: 8 });
    expect(all).toContainEqual({ name: 'enp0s8', address: '10.5.1.2', prefix: 24 });
    expect(all).toContainEqual({ name: 'enp0s9', address: '10.33.64.2', prefix: 20 });
  });

  it.each(['', 'Option "-j" is unknown', '{}', '[null, 7, {"ifname":"x"}]'])(
    'makes nothing up of %j',
    (text) => {
      expect(parseAddresses(text) ?? []).toEqual([]);
    },
  );
});

describe('the sockets of a host', () => {
  const exec = (argv: readonly string[]) =>
    argv[0] === 'ss'
      ? finished(0, fixture('proc/ss-held'))
      : argv[0] === 'ip'
        ? finished(0, fixture('ip/addr.json'))
        : null;

  it('are read without a process', async () => {
    const files = { '/proc/net/tcp': fixture('proc/tcp-held'), '/proc/net/tcp6': fixture('proc/tcp6') };
    const transport = createFakeTransport({ exec, files });
    expect(await createListenersSubject(transport).read(13_337)).toEqual(HELD);
    expect(transport.started).toEqual([]);
  });

  it('are read on a kernel without IPv6', async () => {
    const transport = createFakeTransport({ exec, files: { '/proc/net/tcp': fixture('proc/tcp-held') } });
    expect(await createListenersSubject(transport).read(13_337)).toEqual(HELD);
    expect(transport.started).toEqual([]);
  });

  it('are asked of ss where files cannot be read', async () => {
    const listeners = createListenersSubject(createFakeTransport({ exec }));
    expect(await listeners.read(13_337)).toEqual(HELD);
  });

  it('cannot be told where neither works', async () => {
    const listeners = createListenersSubject(createFakeTransport({ exec: () => null }));
    await expect(listeners.read(13_337)).rejects.toMatchObject({
      failure: { code: 'unavailable', what: 'ss' },
    });
  });

  it('and its addresses are asked for once, or again when that failed', async () => {
    let broken = true;
    const transport = createFakeTransport({
      exec: (argv) => (broken ? finished(1, '', 'no ip here') : exec(argv)),
    });
    const listeners = createListenersSubject(transport);
    await expect(listeners.interfaces()).rejects.toMatchObject({ failure: { code: 'unavailable' } });
    broken = false;
    await Promise.all([listeners.interfaces(), listeners.interfaces()]);
    expect(transport.started).toHaveLength(2);
  });
});
