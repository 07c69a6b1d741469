/** Asking the system's own ssh how it would reach a host. */
import { homedir, userInfo } from 'node:os';
import { execa } from 'execa';
import { Failed } from '../failure.ts';
import { type ConfigSurroundings, defaultTarget, parseSshConfig, type SshTarget } from './ssh-config.ts';

/** A host as the user named it. */
export interface HostRequest {
  readonly host: string;
  readonly user?: string;
  readonly port?: number;
  /** Key files named on the command line: they are tried instead of the configured ones. */
  readonly identities?: readonly string[];
  /** Used instead of the user's and the system's configuration, as `ssh -F`. */
  readonly configFile?: string;
}

/** `ssh -G` reads files and may run `Match exec`: seconds at worst. */
const TIMEOUT_MS = 10_000;

/**
 * @param env decides `PATH`, `HOME` and the agent
 * @throws Failed `ssh-config` when ssh refuses its configuration
 */
export async function resolveTarget(
  request: HostRequest,
  env: NodeJS.ProcessEnv,
  signal?: AbortSignal,
): Promise<SshTarget> {
  const surroundings: ConfigSurroundings = {
    home: env.HOME || homedir(),
    env,
    platform: process.platform,
    localUser: userInfo().username,
    typedHost: request.host,
  };
  if (request.host.startsWith('-') || request.host === '')
    throw new Failed({ code: 'ssh-config', detail: `not a host name: ${request.host}` });
  const output = await askSsh(request, env, signal);
  const target = output === null ? defaultTarget(surroundings) : parseSshConfig(output, surroundings);
  return {
    ...target,
    ...(request.user === undefined ? {} : { user: request.user }),
    ...(request.port === undefined ? {} : { port: request.port }),
    ...(request.identities === undefined || request.identities.length === 0
      ? {}
      : {
          identityFiles: request.identities.map((file) =>
            file.replace(/^~(?=[/\\]|$)/, () => surroundings.home),
          ),
        }),
  };
}

/** @returns what `ssh -G` printed, or null where there is no ssh */
async function askSsh(
  request: HostRequest,
  env: NodeJS.ProcessEnv,
  signal?: AbortSignal,
): Promise<string | null> {
  const options = [
    ...(request.configFile === undefined ? [] : ['-F', request.configFile]),
    ...(request.user === undefined ? [] : ['-l', request.user]),
    ...(request.port === undefined ? [] : ['-p', String(request.port)]),
  ];
  const result = await execa('ssh', ['-G', ...options, '--', request.host], {
    env,
    extendEnv: false,
    stdin: 'ignore',
    reject: false,
    timeout: TIMEOUT_MS,
    ...(signal ? { cancelSignal: signal } : {}),
  });
  signal?.throwIfAborted();
  if (result.code === 'ENOENT') return null;
  if (result.failed) {
    const detail = result.timedOut ? `ssh -G: no answer within ${TIMEOUT_MS} ms` : complaints(result.stderr);
    throw new Failed({ code: 'ssh-config', detail: detail || (result.shortMessage ?? 'ssh -G failed') });
  }
  return result.stdout;
}

/** What ssh complained of, without its remark on the missing terminal. */
function complaints(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line !== '' && !line.startsWith('Pseudo-terminal'));
  return lines.join('; ');
}
