/** Hosts that are reached through another: each with its own host key, and a failure told with its place. */
import { appendFile, readFile } from 'node:fs/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { Failure } from '../../../src/ops/failure.ts';
import { connectSsh } from '../../../src/ops/transport/ssh.ts';
import { finish, type SshHost, startSshHost } from '../../support/ssh-host.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
});

async function host(): Promise<SshHost> {
  const started = await startSshHost({
    exec: (_command, channel) => {
      channel.write('manon');
      finish(channel, 0);
    },
  });
  open.push(started);
  await appendFile(started.knownHostsFile, started.knownHostsLine());
  return started;
}

async function failureOf(work: Promise<unknown>): Promise<Failure> {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof Error && 'failure' in error) return error.failure as Failure;
  throw new Error(`no failure, but ${String(error)}`);
}

describe('through a jump', () => {
  it('reaches the host over the jump, each with its own key check', async () => {
    const jump = await host();
    const there = await host();
    const route = { jumps: [{ ...jump.route().host, host: 'jump' }], host: there.route().host };
    const transport = await connectSsh({ host: 'hosting', route });
    open.push(transport);
    expect((await transport.run(['whoami'])).stdout).toBe('manon');
    expect(jump.connections()).toBe(1);
    jump.drop();
    expect(await transport.lost).toHaveProperty('detail');
  });

  it('names the jump that failed, and asks about the key of each', async () => {
    const jump = await startSshHost();
    open.push(jump);
    const there = await host();
    const route = { jumps: [{ ...jump.route().host, host: 'jump' }], host: there.route().host };
    expect(await failureOf(connectSsh({ host: 'hosting', route }))).toMatchObject({
      code: 'jump',
      via: 'jump',
      cause: { code: 'host-key-unknown', host: '127.0.0.1', port: jump.port },
    });
    const askHostKey = async () => true;
    const transport = await connectSsh({ host: 'hosting', route, questions: { askHostKey } });
    open.push(transport);
    expect(await readFile(jump.knownHostsFile, 'utf8')).toContain(`[127.0.0.1]:${jump.port} ssh-ed25519 `);
  });

  it('says that the jump could not reach the host', async () => {
    const jump = await host();
    const closed = await startSshHost();
    await closed.close();
    const route = { jumps: [{ ...jump.route().host, host: 'jump' }], host: closed.route().host };
    expect(await failureOf(connectSsh({ host: 'hosting', route }))).toMatchObject({
      code: 'jump',
      via: 'jump',
      cause: { code: 'unreachable', port: closed.port },
    });
    await expect.poll(() => jump.connections()).toBe(0);
  });
});
