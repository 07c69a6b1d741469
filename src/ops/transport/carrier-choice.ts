/**
 * What carries a connection: ssh2, which is quick, or the system's own ssh, which does all that OpenSSH does.
 *
 * ssh2 is taken wherever it can be. Where the configuration asks for what it does not have, that is seen before
 * anything is dialled; where only the server can tell (a host certificate, algorithms, a method of
 * authentication), a first attempt fails, and is made again once by ssh, which is remembered for this host.
 */
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { type BeyondSsh2, Failed, type Failure } from '../failure.ts';
import { missingAlgorithms } from './algorithms.ts';
import type { CarrierName } from './carrier-name.ts';
import { certificatesOf } from './certificates.ts';
import { newMemory } from './memory.ts';
import { connectOpenSsh } from './openssh.ts';
import { type Route, resolveRoute } from './route.ts';
import { connectSsh, type SshOptions } from './ssh.ts';
import type { Transport } from './transport.ts';

export interface ConnectOptions extends SshOptions {
  /** @default null, by what the host needs */
  readonly carrier?: CarrierName | null;
  /** @default process.platform */
  readonly platform?: NodeJS.Platform;
}

/** @throws Failed of `ConnectFailure`; the signal's reason, or a question's, when interrupted */
export async function connectHost(options: ConnectOptions, signal?: AbortSignal): Promise<Transport> {
  const {
    env = process.env,
    memory = newMemory(),
    carrier = null,
    platform = process.platform,
    host,
  } = options;
  const lacking = await whatOpenSshLacks(env, platform);
  if (carrier === 'openssh' && lacking !== null)
    throw new Failed({ code: 'no-openssh', host, reason: lacking });
  const route = options.route ?? (await resolveRoute(options, env, signal));
  const known: SshOptions = { ...options, env, memory, route };
  const byOpenSsh = async (): Promise<Transport> => {
    const transport = await connectOpenSsh(known, signal);
    memory.carriers.set(host, 'openssh');
    return transport;
  };
  if (carrier === 'openssh' || memory.carriers.get(host) === 'openssh') return byOpenSsh();
  const mayTurn = carrier === null && lacking === null;

  const impossible = whatSsh2Lacks(route);
  const certificates = await Promise.all(hopsOf(route).map(({ target }) => certificatesOf(target)));
  if (mayTurn && (impossible.length > 0 || certificates.flat().length > 0)) return byOpenSsh();
  if (impossible.length > 0) throw new Failed({ code: 'beyond-ssh2', host, beyond: impossible });
  try {
    return await connectSsh(known, signal);
  } catch (error) {
    if (!mayTurn || !(error instanceof Failed) || !openSshMay(error.failure, route)) throw error;
    return byOpenSsh();
  }
}

function hopsOf({ jumps, host }: Route): Route['jumps'] {
  return [...jumps, host];
}

/** What the configuration asks for that ssh2 cannot do at all. */
export function whatSsh2Lacks(route: Route): BeyondSsh2[] {
  return hopsOf(route).flatMap(({ target }) => [
    ...target.beyondSsh2.map((source): BeyondSsh2 => ({ kind: 'option', source })),
    ...missingAlgorithms(target.algorithms).map((source): BeyondSsh2 => ({ kind: 'algorithms', source })),
  ]);
}

/** Whether a failure of ssh2 is one that the system's own ssh may not have. */
export function openSshMay(failure: Failure, route: Route): boolean {
  switch (failure.code) {
    case 'jump':
      return openSshMay(failure.cause, route);
    case 'host-certificate-unsupported':
      return true;
    case 'protocol':
      return /no matching/i.test(failure.detail);
    case 'auth':
      return (
        failure.beyond !== undefined ||
        hopsOf(route).some(({ target }) =>
          target.otherMethods.some(({ method }) => failure.offered.includes(method)),
        )
      );
    default:
      return false;
  }
}

async function whatOpenSshLacks(
  env: NodeJS.ProcessEnv,
  platform: NodeJS.Platform,
): Promise<'missing' | 'windows' | null> {
  if (platform === 'win32') return 'windows';
  const found = await Promise.all(
    (env.PATH ?? '').split(delimiter).map((folder) =>
      access(join(folder, 'ssh'), constants.X_OK).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.includes(true) ? null : 'missing';
}
