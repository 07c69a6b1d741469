/** TCP sockets on a port, read from /proc/net/tcp{,6} without starting a process on the host. */
import { Failed } from '../failure.ts';
import type { InterfaceAddress, ListenerFacts, ListenersSubject } from '../host.ts';
import { isRefusedChannel } from '../transport/channel.ts';
import type { Transport } from '../transport/transport.ts';
import { parseAddresses } from './addresses.ts';
import { parseProcTcp } from './proc-tcp.ts';
import { parseSs } from './ss.ts';

export function createListenersSubject(transport: Transport): ListenersSubject {
  let interfaces: Promise<readonly InterfaceAddress[]> | null = null;
  let files = true;

  async function readProc(port: number): Promise<ListenerFacts> {
    const [v4, v6] = await Promise.all([
      transport.readFile('/proc/net/tcp'),
      // A kernel without IPv6 has no such file.
      transport.readFile('/proc/net/tcp6').catch((error: unknown) => {
        if (error instanceof Failed && error.failure.code === 'unavailable') return Buffer.alloc(0);
        throw error;
      }),
    ]);
    return parseProcTcp(`${v4.toString('latin1')}\n${v6.toString('latin1')}`, port);
  }

  async function readSs(port: number): Promise<ListenerFacts> {
    const { code, stdout, stderr } = await transport.run(['ss', '-Htane', 'sport', '=', `:${port}`]);
    if (code !== 0) throw new Failed({ code: 'unavailable', what: 'ss', detail: stderr.trim() });
    return parseSs(stdout, port);
  }

  async function readInterfaces(): Promise<readonly InterfaceAddress[]> {
    const { code, stdout, stderr } = await transport.run(['ip', '-j', 'addr']);
    const addresses = code === 0 ? parseAddresses(stdout) : null;
    if (addresses === null) throw new Failed({ code: 'unavailable', what: 'ip', detail: stderr.trim() });
    return addresses;
  }

  return {
    async read(port) {
      if (!files) return readSs(port);
      try {
        return await readProc(port);
      } catch (error) {
        if (!(error instanceof Failed) || error.failure.code !== 'unavailable') throw error;
        // No room for a session just now says nothing of whether the host has SFTP.
        if (!isRefusedChannel(error.failure)) files = false;
        return readSs(port);
      }
    },
    interfaces() {
      interfaces ??= readInterfaces();
      // A failure is not kept: the next one who asks tries again.
      interfaces.catch(() => {
        interfaces = null;
      });
      return interfaces;
    },
  };
}
