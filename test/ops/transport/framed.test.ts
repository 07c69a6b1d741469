/** Whatever a login shell writes before, in place of, or instead of our command: our stream is ours, and all is bounded. */
import { execFile } from 'node:child_process';
import { appendFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { ServerChannel } from 'ssh2';
import { afterEach, describe, expect, it } from 'vitest';
import type { ShellFailure } from '../../../src/ops/failure.ts';
import { loginShell } from '../../../src/ops/transport/account-shell.ts';
import { framedArgv, newMarks, WAITING_MS } from '../../../src/ops/transport/framed.ts';
import { quoteCommand } from '../../../src/ops/transport/quote.ts';
import { connectSsh, type SshOptions } from '../../../src/ops/transport/ssh.ts';
import type { Transport } from '../../../src/ops/transport/transport.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { finish, type SshHost, type SshHostOptions, startSshHost } from '../../support/ssh-host.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
});

/** `bytes` prints bytes of all kinds; everything else, its input. */
function programs(command: string, channel: ServerChannel): void {
  if (command === 'bytes') {
    channel.write(Buffer.from([0, 1, 255, 10, 0]));
    finish(channel, 0, 'a word on stderr\n');
    return;
  }
  channel.on('data', (chunk: Buffer) => channel.write(chunk));
  channel.on('end', () => finish(channel, 3));
}

async function hostWith(shell: SshHostOptions['shell'], options: SshHostOptions = {}): Promise<SshHost> {
  const there = await startSshHost({ exec: programs, ...(shell && { shell }), ...options });
  open.push(there);
  await appendFile(there.knownHostsFile, there.knownHostsLine());
  return there;
}

async function connect(there: SshHost, options: Partial<SshOptions> = {}): Promise<Transport> {
  const transport = await connectSsh({ host: 'tp5', route: there.route(), ...options });
  open.push(transport);
  return transport;
}

async function failureOf(work: Promise<unknown>): Promise<ShellFailure> {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof Error && 'failure' in error) return error.failure as ShellFailure;
  throw new Error(`no failure, but ${String(error)}`);
}

describe('a login shell that prints words of its own', () => {
  it.each([
    [
      'before',
      (channel: ServerChannel, run: () => void) => {
        channel.write('Welcome to hosting\ntp5-tui:');
        channel.stderr.write('bash: warning: setlocale\n');
        run();
      },
    ],
    [
      'byte by byte, long before',
      (channel: ServerChannel, run: () => void) => {
        for (const byte of Buffer.from('fortune\n'.repeat(50))) channel.write(Buffer.of(byte));
        setImmediate(run);
      },
    ],
    [
      '100 kB at once',
      (channel: ServerChannel, run: () => void) => {
        channel.write(Buffer.alloc(100_000, 'x'));
        run();
      },
    ],
  ])('%s: the bytes of the command are its own', async (_when, shell) => {
    const transport = await connect(await hostWith(shell));
    expect(transport.privilege).toEqual({ kind: 'sudo' });
    const opened = await transport.open(['bytes']);
    const chunks: Buffer[] = [];
    for await (const chunk of opened.stream) chunks.push(chunk as Buffer);
    expect(Buffer.concat(chunks)).toEqual(Buffer.from([0, 1, 255, 10, 0]));
    expect(await opened.ended).toEqual({ code: 0, signal: null });
    expect(opened.stderr()).toBe('a word on stderr\n');
    expect(await transport.run(['cat'], { input: 'mine' })).toMatchObject({
      code: 3,
      stdout: 'mine',
      stderr: '',
    });
  });

  it('with both streams in one: what is parsed is ours all the same', async () => {
    const there = await hostWith((channel, run) => {
      // `exec 2>&1` in a start-up file.
      channel.stderr.write = ((bytes: Buffer | string) =>
        channel.write(bytes)) as typeof channel.stderr.write;
      channel.write('hello\n');
      run();
    });
    const transport = await connect(there);
    expect((await transport.run(['cat'], { input: 'mine' })).stdout).toBe('mine');
  });
});

describe('a host that lets us in', () => {
  it('and says nothing: told after a while, and given up at the bound', async () => {
    const clock = createFakeClock();
    const reached = Promise.withResolvers<void>();
    const there = await hostWith(() => reached.resolve(), { sftp: false });
    let waits = 0;
    const work = failureOf(connect(there, { clock, shellMs: 15_000, onShellWait: () => (waits += 1) }));
    await reached.promise;
    await clock.advance(WAITING_MS - 1);
    expect(waits).toBe(0);
    await clock.advance(1);
    expect(waits).toBe(1);
    await clock.advance(15_000 - WAITING_MS);
    // SFTP is looked at, too, and has a bound of its own.
    await clock.advance(2_000);
    expect(await work).toEqual({
      code: 'no-shell',
      account: 'manon@tp5',
      why: { reason: 'silent', ms: 15_000 },
      came: '',
      shell: null,
      sftp: false,
    });
  });

  it('and floods us: given up at so many bytes, with the first line of it', async () => {
    const there = await hostWith((channel) => {
      const flood = (): void => {
        while (channel.writable && channel.write('AAAA\x1b[2J\n'.repeat(1000)));
        channel.once('drain', flood);
      };
      flood();
    });
    const failure = await failureOf(connect(there));
    expect(failure).toMatchObject({ code: 'no-shell', came: 'AAAA\x1b[2J' });
    expect(failure.why).toMatchObject({ reason: 'flood' });
    // Not much more was read than the bound.
    if (failure.why.reason === 'flood') expect(failure.why.bytes).toBeLessThan(2 * 256 * 1024);
  });

  it('and ends something else in place of the command: its words, its code, and the shell as SFTP has it', async () => {
    const passwd = 'root:x:0:0::/root:/bin/bash\nmanon:x:1000:1000::/home/manon:/usr/sbin/nologin\n';
    const there = await hostWith(
      (channel) => {
        channel.write('This account is currently not available.\n');
        finish(channel, 1);
      },
      { files: { '/etc/passwd': passwd } },
    );
    expect(await failureOf(connect(there))).toEqual({
      code: 'no-shell',
      account: 'manon@tp5',
      why: { reason: 'ended', code: 1, signal: null },
      came: 'This account is currently not available.',
      shell: '/usr/sbin/nologin',
      sftp: true,
    });
  });

  it('and ends something else while we are still writing to it: told all the same', async () => {
    let broken = false;
    const there = await hostWith((channel, run) => {
      if (!broken) return run();
      channel.once('data', () => finish(channel, 7, 'no room\n'));
    });
    const transport = await connect(there);
    broken = true;
    const input = Buffer.alloc(8_000_000);
    expect(await failureOf(transport.run(['cat'], { input }))).toMatchObject({
      code: 'no-shell',
      why: { reason: 'ended', code: 7 },
      came: 'no room',
    });
  });

  it('and later runs nothing any more: the command says so, and the connection stays', async () => {
    let broken = false;
    const there = await hostWith((channel, run) => {
      if (broken) finish(channel, 1, 'out of memory\n');
      else run();
    });
    const transport = await connect(there);
    broken = true;
    expect(await failureOf(transport.run(['cat']))).toMatchObject({
      code: 'no-shell',
      came: 'out of memory',
    });
    const opened = await transport.open(['cat']);
    await opened.ended;
    expect(opened.failure()?.failure.code).toBe('no-shell');
    broken = false;
    expect((await transport.run(['cat'], { input: 'again' })).stdout).toBe('again');
  });

  it('and whose sudo hangs: looked at, and changed nothing', async () => {
    const clock = createFakeClock();
    const reached = Promise.withResolvers<void>();
    // The shell runs; what it runs waits.
    const there = await hostWith((channel, run) => {
      channel.exit = () => {};
      channel.end = (() => channel) as typeof channel.end;
      run();
      reached.resolve();
    });
    const connecting = connect(there, { clock, shellMs: 15_000 });
    await reached.promise;
    // The mark is on its way through a real socket: none of the bounds before it may be what ends this.
    await clock.advance(14_999);
    while (clock.sleepers > 1) await clock.settle();
    await clock.advance(15_001);
    const { privilege } = await connecting;
    expect(privilege).toEqual({ kind: 'none', reason: 'silent', detail: '' });
  });

  it('is left at once when the caller gives up meanwhile', async () => {
    const reached = Promise.withResolvers<void>();
    const there = await hostWith(() => reached.resolve());
    const stop = new AbortController();
    const connecting = connectSsh({ host: 'tp5', route: there.route() }, stop.signal);
    await reached.promise;
    stop.abort(new Error('Ctrl+C'));
    await expect(connecting).rejects.toThrow('Ctrl+C');
  });
});

describe('the frame', () => {
  const argv = [
    'printf',
    '%s|',
    "it's",
    'a\\b\\\\c',
    '!!',
    '$HOME',
    '',
    '~',
    '*',
    'é',
    '%1',
    '{a,b}',
    '#',
    '`id`',
    '"',
  ];

  it.each([
    ['plain words', argv],
    ['a newline', [...argv, 'two\nlines\\n\n']],
  ])('runs in a real shell with %s, and hides what came before', async (_name, words) => {
    const marks = newMarks();
    const line = quoteCommand(framedArgv(marks, words));
    expect(line).not.toContain('\n');
    // Nor is the mark in what a wrapper may print of the command line.
    expect(line).not.toContain(marks.stdout);
    const { stdout, stderr } = await promisify(execFile)('sh', ['-c', line]);
    expect(stdout).toBe(
      `${marks.stdout}${words
        .slice(2)
        .map((word) => `${word}|`)
        .join('')}`,
    );
    expect(stderr).toBe(marks.stderr);
  });

  it('is another one each time', () => {
    expect(newMarks().stdout).not.toBe(newMarks().stdout);
  });
});

describe('the login shell', () => {
  it.each([
    ['manon:x:1000:1000:Manon,,,:/home/manon:/usr/bin/fish', '/usr/bin/fish'],
    ['manon:x:1000:1000::/home/manon:', '/bin/sh'],
    ['manone:x:1:1::/:/bin/sh\nmanon:x', null],
    ['', null],
  ])('of %j is %j', (passwd, shell) => {
    expect(loginShell(passwd, 'manon')).toBe(shell);
  });
});
