/**
 * A park of SSH hosts with systemd, firewalld and a calculator each, all on loopback, as a process of its own:
 * `park-process COUNT`. Prints what each is, one JSON document; then takes `{"host":0,"up":false}` a line, and ends
 * with its stdin.
 */
import { once } from 'node:events';
import net from 'node:net';
import { createInterface } from 'node:readline';
import { openBusHost } from './bus-host.ts';
import { emptyZone } from './fake-firewalld.ts';
import { finish, startSshHost } from './ssh-host.ts';
import { calculating } from './tcp-server.ts';

/** What a client needs to know of one. */
export interface ParkedHost {
  readonly sshPort: number;
  readonly servicePort: number;
  readonly identityFile: string;
  readonly knownHostsLine: string;
}

const ADDRESSES = JSON.stringify([
  { ifname: 'lo', addr_info: [{ family: 'inet', local: '127.0.0.1', prefixlen: 8 }] },
]);

interface Parked {
  readonly about: ParkedHost;
  set(up: boolean): Promise<void>;
}

async function park(): Promise<Parked> {
  let server: net.Server | null = null;
  let port = 0;
  let pid = 1000;
  const clients = new Set<net.Socket>();

  async function open(): Promise<void> {
    const serve = calculating();
    server = net.createServer({ allowHalfOpen: true }, (socket) => {
      clients.add(socket);
      socket.on('close', () => clients.delete(socket));
      socket.on('error', () => undefined);
      serve(socket);
      socket.resume();
    });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    const bound = server.address();
    if (typeof bound === 'object' && bound !== null) port = bound.port;
  }

  async function close(): Promise<void> {
    for (const socket of clients) socket.destroy();
    server?.close();
    server = null;
  }

  await open();
  const running = (): Record<string, unknown> => ({
    ActiveState: 'active',
    SubState: 'running',
    InvocationID: Buffer.alloc(16, pid),
  });
  const bus = await openBusHost({
    initial: { unit: running(), service: { MainPID: pid } },
    zones: new Map([['public', emptyZone({ interfaces: ['lo'], services: ['ssh'] })]]),
  });
  const sockets = (): string =>
    `  sl  local_address rem_address   st\n${server === null ? '' : `   0: 0100007F:${port.toString(16).toUpperCase().padStart(4, '0')} 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0\n`}`;
  const ssh = await startSshHost({
    files: {
      '/proc/uptime': () => `${(performance.now() / 1000).toFixed(2)} 0.00\n`,
      '/proc/net/tcp': sockets,
      '/proc/net/tcp6': '  sl  local_address\n',
    },
    exec: (_line, channel, { argv, privileged }) => {
      if (argv[0] === 'ip') {
        channel.write(ADDRESSES);
        return finish(channel, 0);
      }
      const command = bus.exec(argv, privileged);
      if (command === null) return finish(channel, 127, `${argv[0]}: command not found\n`);
      command.stream.on('error', () => undefined);
      channel.pipe(command.stream).pipe(channel);
      channel.on('close', () => command.close());
    },
  });

  return {
    about: {
      sshPort: ssh.port,
      servicePort: port,
      identityFile: ssh.identityFile,
      knownHostsLine: ssh.knownHostsLine(),
    },
    async set(up) {
      if (up === (server !== null)) return;
      if (up) await open();
      else await close();
      pid += 1;
      bus.systemd.change(
        up
          ? { unit: running(), service: { MainPID: pid } }
          : { unit: { ActiveState: 'inactive', SubState: 'dead' }, service: { MainPID: 0 } },
      );
    },
  };
}

const hosts: Parked[] = [];
for (let n = Number(process.argv[2] ?? '1'); n > 0; n--) hosts.push(await park());
process.stdout.write(`${JSON.stringify(hosts.map(({ about }) => about))}\n`);
const orders = createInterface({ input: process.stdin });
orders.on('line', (line) => {
  const { host, up } = JSON.parse(line) as { host: number; up: boolean };
  void hosts[host]?.set(up);
});
orders.on('close', () => process.exit(0));
