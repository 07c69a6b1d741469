/** What a login that failed is called: a key that the server refused is not a connection that was cut. */
import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import type { Failure } from '../../../src/ops/failure.ts';
import type { Route } from '../../../src/ops/transport/route.ts';
import { connectSsh } from '../../../src/ops/transport/ssh.ts';
import { newKey, type SshHost, type SshHostOptions, startSshHost } from '../../support/ssh-host.ts';

const open: SshHost[] = [];
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.close();
});

async function host(options: SshHostOptions = {}): Promise<SshHost> {
  const started = await startSshHost(options);
  open.push(started);
  await appendFile(started.knownHostsFile, started.knownHostsLine());
  return started;
}

async function failureAt(route: Route): Promise<Failure> {
  const error: unknown = await connectSsh({ host: 'hosting', route }).catch((reason: unknown) => reason);
  if (error instanceof Error && 'failure' in error) return error.failure as Failure;
  throw new Error(`no failure, but ${String(error)}`);
}

/** Further keys, which no host takes. */
async function strangeKeys(there: SshHost, count: number): Promise<string[]> {
  const paths = Array.from({ length: count }, (_, n) => join(there.folder, `strange-${n}`));
  for (const path of paths) await writeFile(path, newKey().private, { mode: 0o600 });
  return paths;
}

const CUT = { code: 'unreachable', reason: 'reset' };

it('a connection that is cut while a key is judged has had no key refused', async () => {
  const there = await host({ atKey: ({ cut }) => cut() });
  expect(await failureAt(there.route())).toMatchObject({ ...CUT, port: there.port });
});

it('a server that has had enough of our keys has refused them', async () => {
  const there = await host({ atKey: ({ hadEnough }) => hadEnough() });
  expect(await failureAt(there.route())).toMatchObject({
    code: 'auth',
    keys: [{ source: there.identityFile, outcome: 'refused' }],
  });
});

it('a key that is refused is said to be', async () => {
  const there = await host({ authorized: [newKey().public] });
  expect(await failureAt(there.route())).toMatchObject({ code: 'auth', keys: [{ outcome: 'refused' }] });
});

it.each([
  ['cut', { atKey: ({ cut }: { cut(): void }) => cut() }, CUT],
  ['refused', { authorized: [newKey().public] }, { code: 'auth' }],
] as const)('the same at a jump: %s', async (_what, options, cause) => {
  const jump = await host(options);
  const there = await host();
  const route = { jumps: [{ ...jump.route().host, host: 'jump' }], host: there.route().host };
  expect(await failureAt(route)).toMatchObject({ code: 'jump', via: 'jump', cause });
});

it('offers no further key to a server that takes none', async () => {
  const there = await host({ methods: ['password'] });
  const identityFiles = [there.identityFile, ...(await strangeKeys(there, 2))];
  expect(await failureAt(there.route({ identityFiles }))).toMatchObject({
    code: 'auth',
    offered: ['password'],
    keys: [{ source: there.identityFile, outcome: 'refused' }],
  });
  expect(there.offers()).toBe(1);
});
