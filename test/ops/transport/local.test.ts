/** The transport to this machine. */
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectLocal } from '../../../src/ops/transport/local.ts';

describe.skipIf(process.platform === 'win32')('this machine', () => {
  let folder = '';
  let env: NodeJS.ProcessEnv = {};

  /** A `sudo` and an `id` of our own, first on the PATH: tests must not depend on who runs them. */
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tp5-local-'));
    env = { ...process.env, PATH: `${folder}${delimiter}${process.env.PATH ?? ''}` };
    await program('id', 'case $1 in -u) echo 1000;; *) echo user sudo;; esac');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function program(name: string, script: string): Promise<void> {
    const file = join(folder, name);
    await writeFile(file, `#!/bin/sh\n${script}\n`);
    await chmod(file, 0o755);
  }

  it('runs commands with their arguments as they are, and keeps what they wrote', async () => {
    await program('sudo', 'exit 0');
    const transport = await connectLocal({ env });
    const argv = ["it's", '$HOME', '', 'a  b'];
    expect((await transport.run(['printf', '[%s]', ...argv])).stdout).toBe("[it's][$HOME][][a  b]");
    expect((await transport.run(['cat'], { input: 'dé' })).stdout).toBe('dé');
    expect(await transport.run(['sh', '-c', 'echo no >&2; exit 3'])).toMatchObject({
      code: 3,
      stderr: 'no\n',
    });
    expect((await transport.run(['head', '-c', '1000000', '/dev/zero'], { maxBytes: 10 })).truncated).toBe(
      true,
    );
    await expect(transport.run(['no-such-program'])).rejects.toMatchObject({
      failure: { code: 'unavailable' },
    });
  });

  it('stops a command that the caller gave up', async () => {
    await program('sudo', 'exit 0');
    const transport = await connectLocal({ env });
    const stop = new AbortController();
    const running = transport.run(['sleep', '60'], { signal: stop.signal });
    stop.abort(new Error('enough'));
    await expect(running).rejects.toThrow('enough');
    const command = await transport.open(['sleep', '60']);
    command.close();
    expect(await command.ended).toEqual({ code: null, signal: 'SIGTERM' });
  });

  it('opens a command as a duplex', async () => {
    await program('sudo', 'exit 0');
    const transport = await connectLocal({ env });
    const command = await transport.open(['cat']);
    command.stream.write('ping');
    expect(String((await once(command.stream, 'data'))[0])).toBe('ping');
    command.stream.end();
    expect(await command.ended).toEqual({ code: 0, signal: null });
  });

  it('reads files and dials addresses', async () => {
    await program('sudo', 'exit 0');
    const transport = await connectLocal({ env });
    await writeFile(join(folder, 'file'), 'content');
    expect(String(await transport.readFile(join(folder, 'file')))).toBe('content');
    await expect(transport.readFile(join(folder, 'none'))).rejects.toMatchObject({
      failure: { code: 'unavailable', what: join(folder, 'none') },
    });
    const server = createServer((socket) => socket.end('5'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    const stream = await transport.dial('127.0.0.1', port);
    expect(String((await once(stream, 'data'))[0])).toBe('5');
    stream.destroy();
    await new Promise((resolve) => server.close(resolve));
    await expect(transport.dial('127.0.0.1', port)).rejects.toMatchObject({
      failure: { code: 'unavailable' },
    });
  });
});
