/** The transports over SSH against a host in this process: commands, files, dials, and the link's life. */
import { once } from 'node:events';
import { appendFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { ServerChannel } from 'ssh2';
import { afterEach, describe, expect, it } from 'vitest';
import type { Failure } from '../../../src/ops/failure.ts';
import type { SshOptions } from '../../../src/ops/transport/ssh.ts';
import type { Transport } from '../../../src/ops/transport/transport.ts';
import { carriers } from '../../support/carriers.ts';
import { finish, type SshHost, type SshHostOptions, startSshHost } from '../../support/ssh-host.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
});

async function host(options: SshHostOptions = {}): Promise<SshHost> {
  const started = await startSshHost({ exec: programs, ...options });
  open.push(started);
  await appendFile(started.knownHostsFile, started.knownHostsLine());
  return started;
}

/** `args` prints its arguments a line each, `cat` returns its input, `fail` and `flood` do as they are called. */
function programs(
  _command: string,
  channel: ServerChannel,
  { argv, privileged }: { argv: readonly string[]; privileged: boolean },
): void {
  const [program, ...rest] = argv;
  if (program === 'args') {
    channel.write(`${JSON.stringify(rest)}`);
    finish(channel, 0);
  } else if (program === 'whoami') {
    channel.write(privileged ? 'root' : 'manon');
    finish(channel, 0);
  } else if (program === 'cat') {
    channel.on('data', (chunk: Buffer) => channel.write(chunk));
    channel.on('end', () => finish(channel, 0));
  } else if (program === 'fail') finish(channel, 4, 'it broke\n');
  else if (program === 'killed') {
    channel.exit('KILL');
    channel.end();
  } else if (program === 'flood') {
    channel.write(Buffer.alloc(300_000, 'x'));
    finish(channel, 0);
  } else if (program !== 'hang') finish(channel, 127, 'command not found\n');
}

async function failureOf(work: Promise<unknown>): Promise<Failure> {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof Error && 'failure' in error) return error.failure as Failure;
  throw new Error(`no failure, but ${String(error)}`);
}

describe.each(carriers)('over $name', (carrier) => {
  async function connect(to: SshHost, options: Partial<SshOptions> = {}): Promise<Transport> {
    const transport = await carrier.connect({ host: 'hosting', route: to.route(), ...options });
    open.push(transport);
    return transport;
  }

  describe('commands over SSH', () => {
    it('hands the arguments over as they are, whatever the shell would make of them', async () => {
      const transport = await connect(await host());
      const argv = ["it's", '$HOME', 'a  b', '*', '', '~', '`id`', 'é\n"', '-n', '=ls', '!!'];
      expect(JSON.parse((await transport.run(['args', ...argv])).stdout)).toEqual(argv);
    });

    it('gives the exit code and the error output of a command that failed', async () => {
      const transport = await connect(await host());
      expect(await transport.run(['fail'])).toEqual({
        code: 4,
        signal: null,
        stdout: '',
        stderr: 'it broke\n',
        truncated: false,
      });
    });

    it('names the signal that ended a command, where it is told', async () => {
      const transport = await connect(await host());
      // OpenSSH's client has one word for all signals: its own exit code.
      const told = carrier.name === 'ssh2' ? { code: null, signal: 'SIGKILL' } : { code: 255, signal: null };
      expect(await transport.run(['killed'])).toMatchObject(told);
    });

    it('feeds the input and closes it', async () => {
      const transport = await connect(await host());
      expect((await transport.run(['cat'], { input: 'dé\n' })).stdout).toBe('dé\n');
    });

    it('keeps no more of the output than was asked for, and lets the command end', async () => {
      const transport = await connect(await host());
      const result = await transport.run(['flood'], { maxBytes: 1000 });
      expect(result).toMatchObject({ code: 0, truncated: true });
      expect(result.stdout).toHaveLength(1000);
    });

    it('gives up a command when the caller does', async () => {
      const transport = await connect(await host());
      const stop = new AbortController();
      const running = transport.run(['hang'], { signal: stop.signal });
      stop.abort(new Error('enough'));
      await expect(running).rejects.toThrow('enough');
      // The connection is as good as before.
      expect((await transport.run(['whoami'])).stdout).toBe('manon');
    });

    it('opens a command as a duplex that ends when it is closed', async () => {
      const transport = await connect(await host());
      const command = await transport.open(['cat']);
      command.stream.write('ping');
      expect(String((await once(command.stream, 'data'))[0])).toBe('ping');
      command.stream.end();
      expect(await command.ended).toEqual({ code: 0, signal: null });
    });

    it('runs as root by sudo when asked to', async () => {
      const there = await host();
      const transport = await connect(there);
      expect(transport.privilege).toEqual({ kind: 'sudo' });
      expect((await transport.run(['whoami'], { privileged: true })).stdout).toBe('root');
      expect(there.commands.at(-1)).toBe('sudo -n -- whoami');
    });
  });

  describe('files over SFTP', () => {
    it('reads a kernel file again from its beginning on the handle it has', async () => {
      let reads = 0;
      const there = await host({ files: { '/proc/net/tcp': () => `read ${++reads}\n`.repeat(20_000) } });
      const transport = await connect(there);
      const before = there.commands.length;
      expect(String(await transport.readFile('/proc/net/tcp'))).toBe('read 1\n'.repeat(20_000));
      expect(String(await transport.readFile('/proc/net/tcp'))).toBe('read 2\n'.repeat(20_000));
      expect(there.commands).toHaveLength(before);
    });

    it('says that a file is not there, and that there is no SFTP', async () => {
      const transport = await connect(await host());
      expect(await failureOf(transport.readFile('/none'))).toMatchObject({
        code: 'unavailable',
        what: '/none',
      });
      const without = await connect(await host({ sftp: false }));
      expect(await failureOf(without.readFile('/proc/1/stat'))).toMatchObject({ code: 'unavailable' });
    });
  });

  describe('dialling through the host', () => {
    it('connects, refuses and gives up as the host would', async () => {
      const echo = createServer((socket) => socket.pipe(socket));
      await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
      open.push({ close: async () => void echo.close() });
      const address = echo.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      const transport = await connect(await host());
      const stream = await transport.dial('127.0.0.1', port);
      stream.write('2+3');
      expect(String((await once(stream, 'data'))[0])).toBe('2+3');
      stream.destroy();

      echo.close();
      const refused = await failureOf(transport.dial('127.0.0.1', port));
      expect(refused).toMatchObject({ code: 'unavailable', what: `127.0.0.1:${port}` });
    });

    it('waits no longer than it was told to', async () => {
      const transport = await connect(await host({ muteForwarding: true }));
      const dialled = transport.dial('10.0.0.1', 80, { timeoutMs: 30 });
      expect(await failureOf(dialled)).toEqual({ code: 'timeout', what: '10.0.0.1:80', ms: 30 });
    });
  });

  describe('the life of the link', () => {
    it('tells a loss once, and every command in flight or after it', async () => {
      const there = await host();
      const transport = await connect(there);
      const inFlight = failureOf(transport.run(['hang']));
      const command = await transport.open(['hang']);
      there.drop();
      expect(await transport.lost).toHaveProperty('detail');
      expect(await inFlight).toMatchObject({ code: 'link-lost' });
      expect(await command.ended).toEqual({ code: null, signal: null });
      expect(await failureOf(transport.run(['whoami']))).toMatchObject({ code: 'link-lost' });
      expect(await failureOf(transport.open(['cat']))).toMatchObject({ code: 'link-lost' });
      expect(await failureOf(transport.dial('127.0.0.1', 1))).toMatchObject({ code: 'link-lost' });
      expect(await failureOf(transport.readFile('/proc/1/stat'))).toMatchObject({ code: 'link-lost' });
    });

    it('gives up a host that stopped answering, and wakes whoever waits for it', async () => {
      const there = await host();
      const transport = await connect(there, { keepaliveMs: 40 });
      there.freeze();
      const waiting = failureOf(transport.run(['whoami']));
      expect(await transport.lost).toEqual({ detail: 'no answer to keepalives' });
      expect(await waiting).toMatchObject({ code: 'link-lost' });
    });

    it('measures the round trip and the bytes, without a command', async () => {
      const there = await host();
      const transport = await connect(there, { keepaliveMs: 100 });
      const before = transport.traffic?.received ?? 0;
      const commands = there.commands.length;
      // What goes over a wire of ssh's own is not ours to count.
      if (carrier.name === 'openssh') expect(transport.traffic).toBeNull();
      else await expect.poll(() => (transport.traffic?.received ?? 0) > before).toBe(true);
      await expect.poll(() => transport.roundTripMs).toBeGreaterThan(0);
      expect(there.commands).toHaveLength(commands);
    });

    it('does not call it a loss when we close', async () => {
      const there = await host();
      const transport = await carrier.connect({ host: 'hosting', route: there.route() });
      let lost = false;
      transport.lost.then(() => {
        lost = true;
      });
      await transport.close();
      await expect.poll(() => there.connections()).toBe(0);
      expect(lost).toBe(false);
      expect(await failureOf(transport.run(['whoami']))).toMatchObject({ code: 'link-lost' });
    });

    it('is left though the host answers nothing any more', async () => {
      const there = await host();
      const transport = await carrier.connect({ host: 'hosting', route: there.route() });
      there.freeze();
      await transport.close();
    });

    it('can be given up while it connects', async () => {
      const silent = createServer(() => {});
      await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
      open.push({ close: async () => void silent.close() });
      const address = silent.address();
      const there = await host();
      const port = typeof address === 'object' && address ? address.port : 0;
      const stop = new AbortController();
      const connecting = carrier.connect({ host: 'hosting', route: there.route({ port }) }, stop.signal);
      await once(silent, 'connection');
      stop.abort(new Error('enough'));
      await expect(connecting).rejects.toThrow('enough');
    });
  });

  describe('a host that cannot be reached', () => {
    it('says why', async () => {
      const there = await host();
      const closed = await startSshHost();
      await closed.close();
      const refused = carrier.connect({ host: 'hosting', route: there.route({ port: closed.port }) });
      expect(await failureOf(refused)).toMatchObject({
        code: 'unreachable',
        reason: 'refused',
        port: closed.port,
      });
      const nowhere = carrier.connect({
        host: 'hosting',
        route: there.route({ hostname: 'nowhere.invalid' }),
      });
      expect(await failureOf(nowhere)).toMatchObject({ code: 'resolve', host: 'nowhere.invalid' });
    });

    it('knows a server that does not speak SSH', async () => {
      const web = createServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
      await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
      open.push({ close: async () => void web.close() });
      const address = web.address();
      const port = typeof address === 'object' && address ? address.port : 0;
      const there = await host();
      expect(
        await failureOf(carrier.connect({ host: 'hosting', route: there.route({ port }) })),
      ).toMatchObject({
        code: 'protocol',
      });
    });
  });
});
