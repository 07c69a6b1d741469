/** The way to a host: the host itself, and the jumps before it, each as the user's ssh would go there. */
import { Failed } from '../failure.ts';
import { type HostRequest, resolveTarget } from './ask-ssh.ts';
import { parseJump, type SshTarget } from './ssh-config.ts';

export interface Hop {
  readonly target: SshTarget;
  /** As it was named: by the user, or by `ProxyJump`. */
  readonly host: string;
  /** Its key files were named, on the command line or in the configuration. */
  readonly identitiesNamed: boolean;
}

export interface Route {
  /** In the order they are connected, the nearest to us first. */
  readonly jumps: readonly Hop[];
  readonly host: Hop;
}

/** More jumps than anybody has; a configuration that jumps in a circle ends here. */
const MAX_JUMPS = 8;

/** @throws Failed `ssh-config` */
export async function resolveRoute(
  request: HostRequest,
  env: NodeJS.ProcessEnv,
  signal?: AbortSignal,
): Promise<Route> {
  const jumps: Hop[] = [];
  let first = await resolveHop(request, env, signal);
  const host = first;
  // Of a chain, only the jump nearest to us is reached as its own configuration says, as with ssh -J.
  while (first.target.proxyJump.length > 0) {
    const named = first.target.proxyJump;
    if (jumps.length + named.length > MAX_JUMPS)
      throw new Failed({
        code: 'ssh-config',
        detail: `ProxyJump: more than ${MAX_JUMPS} jumps to ${request.host}`,
      });
    const { configFile } = request;
    const hops = await Promise.all(
      named.map((text) =>
        resolveHop({ ...parseJump(text), ...(configFile === undefined ? {} : { configFile }) }, env, signal),
      ),
    );
    const [nearest] = hops;
    if (!nearest) break;
    jumps.unshift(...hops);
    first = nearest;
  }
  return { jumps, host };
}

async function resolveHop(request: HostRequest, env: NodeJS.ProcessEnv, signal?: AbortSignal): Promise<Hop> {
  const target = await resolveTarget(request, env, signal);
  const named = (request.identities?.length ?? 0) > 0 || target.identitiesConfigured;
  return { target, host: request.host, identitiesNamed: named };
}
