/** The address at which `--local` dials the service. */
import { describe, expect, it } from 'vitest';
import { servedHere } from '../../src/cli/served-here.ts';
import { listenOnLoopback } from '../support/tcp-server.ts';

/** Lines of /proc/net/tcp for listeners on port 13337. */
function listening(...addresses: readonly string[]): () => Promise<string> {
  const rows = addresses.map((address, index) => {
    const hex = address.split('.').map((byte) => Number(byte).toString(16).padStart(2, '0').toUpperCase());
    const local = hex.toReversed().join('');
    return `   ${index}: ${local}:3419 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4${index} 1 0 100 0 0 10 0`;
  });
  return async () => rows.join('\n');
}

describe('servedHere', () => {
  it.each([
    [['10.5.1.2'], '10.5.1.2'],
    [['127.0.0.1'], '127.0.0.1'],
    [['0.0.0.0'], '127.0.0.1'],
    [['10.33.64.2', '127.0.0.1'], '127.0.0.1'],
    [['10.33.64.2', '10.5.1.2'], '10.33.64.2'],
    [['127.0.0.2'], '127.0.0.2'],
    [[], '127.0.0.1'],
  ])('a service on %j is dialled at %s', async (addresses, found) => {
    expect(await servedHere(13337, listening(...addresses))).toBe(found);
  });

  it('reads the sockets of this machine, where it can', async () => {
    const server = await listenOnLoopback();
    expect(await servedHere(server.port)).toBe('127.0.0.1');
    await server.close();
  });
});
