/**
 * From what was asked for to a host that answers: over SSH, on this machine, or the embedded one.
 *
 * Everything is settled here, before a screen is taken or a line printed: names, keys, host key,
 * privilege. Making the host again later asks nothing.
 */
import type { SpeakerOptions } from '../calc/client.ts';
import { type Clock, systemClock } from '../ops/clock.ts';
import { type Connector, tcpConnector } from '../ops/connector.ts';
import { createDemo } from '../ops/demo/host.ts';
import type { Host, HostMaker } from '../ops/host.ts';
import { openLinuxHost } from '../ops/linux/host.ts';
import { connectHost } from '../ops/transport/carrier-choice.ts';
import { connectLocal } from '../ops/transport/local.ts';
import { newMemory, type SshQuestions } from '../ops/transport/memory.ts';
import type { Transport } from '../ops/transport/transport.ts';
import type { Subject } from '../state/store.ts';
import { type Invocation, UsageError } from './invocation.ts';
import { servedHere } from './served-here.ts';
import { speechOf } from './speech.ts';

export interface OpenedHost {
  readonly host: Host;
  /** Makes it again after a loss, asking nothing. */
  readonly makeHost: HostMaker;
  /** Dials from this machine; on the embedded host, through its imagined firewall. */
  readonly connector: Connector;
  readonly subject: Subject;
  /** How the calculator is spoken to. @default as is learnt, remembered nowhere */
  readonly speech?: SpeakerOptions;
  /** Ends what the host needed beside its connection; the host itself is closed by who uses it. */
  close(): Promise<void>;
}

export interface OpenHostOptions {
  readonly invocation: Invocation;
  /** What may be asked of the user. */
  readonly questions: SshQuestions;
  /** The calculator's server as a file, for the embedded host. */
  readonly serverEntry: string;
  readonly clock?: Clock;
  /** Runs when the host has let us in and its shell has kept us waiting for a while. */
  readonly onShellWait?: () => void;
}

/** @throws Failed of `ConnectFailure`; UsageError when no host is named; the signal's reason */
export async function openHost(options: OpenHostOptions, signal: AbortSignal): Promise<OpenedHost> {
  const { invocation } = options;
  if (invocation.via === 'demo') return openDemo(options, signal);
  const connect = transportMaker(invocation);
  const open = linuxOpener(invocation, options.clock ?? systemClock);
  const host = open(await connect(options.questions, signal, options.onShellWait));
  try {
    await unlessAborted(host.ready, signal);
  } catch (error) {
    await host.close();
    throw error;
  }
  return {
    host,
    makeHost: async (again) => open(await connect({}, again)),
    connector: tcpConnector,
    subject: subjectOf(
      invocation,
      host.info.kind === 'local' ? await servedHere(invocation.target.port) : host.info.address,
    ),
    speech: speechOf(invocation),
    close: async () => undefined,
  };
}

/** A host that has let us in and then says nothing must not hold who wants to leave. @throws the signal's reason */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

/**
 * The way to a host that may not be there yet: asks nothing, and is gone by whoever wants the host.
 * @throws UsageError when no host is named
 */
export function hostMaker(invocation: Invocation, clock: Clock = systemClock): HostMaker {
  const connect = transportMaker(invocation);
  const open = linuxOpener(invocation, clock);
  return async (signal) => open(await connect({}, signal));
}

function linuxOpener(
  { target }: Invocation,
  clock: Clock,
): (transport: Transport) => ReturnType<typeof openLinuxHost> {
  return (transport) =>
    openLinuxHost(transport, {
      unit: target.unit,
      manager: target.manager,
      clock,
      busMs: 1000 * target.shell_timeout,
      ...(target.address !== null && { address: target.address }),
      ...(target.sshPort !== null && { sshPort: target.sshPort }),
    });
}

type TransportMaker = (
  questions: SshQuestions,
  signal: AbortSignal,
  onShellWait?: () => void,
) => Promise<Transport>;

function transportMaker({ via, target, text }: Invocation): TransportMaker {
  const memory = newMemory();
  if (via === 'local') {
    return (questions, signal) => connectLocal({ questions, memory }, signal);
  }
  const { host } = target;
  if (host === null) throw new UsageError(text.cli.noHost);
  return (questions, signal, onShellWait) =>
    connectHost(
      {
        host,
        ...(target.user !== null && { user: target.user }),
        ...(target.sshPort !== null && { port: target.sshPort }),
        ...(target.identity !== null && { identities: [target.identity] }),
        carrier: target.transport,
        shellMs: 1000 * target.shell_timeout,
        ...(onShellWait && { onShellWait }),
        questions,
        memory,
      },
      signal,
    );
}

async function openDemo(options: OpenHostOptions, signal: AbortSignal): Promise<OpenedHost> {
  const { invocation, serverEntry } = options;
  const { target } = invocation;
  const clock = options.clock ?? systemClock;
  const world = await createDemo({ clock, serverEntry, unit: target.unit, port: target.port });
  await world.booted;
  return {
    host: await world.connect(signal),
    makeHost: world.connect,
    connector: world.connector,
    subject: { unit: world.unit, port: world.port, address: world.address, asksAnswers: true },
    close: () => world.close(),
  };
}

function subjectOf({ target }: Invocation, hostAddress: string): Subject {
  return {
    unit: target.unit,
    manager: target.manager,
    port: target.port,
    address: target.address ?? hostAddress,
    asksAnswers: target.calculator,
  };
}
