/** The state of a host that could not be reached: its link lost, and its service as seen from here. */
import type { Restraints } from '../ops/caution/restraint.ts';
import type { Clock } from '../ops/clock.ts';
import { type Connector, closeWithFin } from '../ops/connector.ts';
import type { Failure } from '../ops/failure.ts';
import type { HostInfo } from '../ops/host.ts';
import type { ProbeSample } from '../ops/probe/facts.ts';
import { sampleOnce } from '../ops/probe/sample.ts';
import { noProbeFacts, withSample } from '../ops/probe/stats.ts';
import { blankState } from '../state/blank-state.ts';
import type { ConsoleState, Subject } from '../state/store.ts';

/** As the probe's own: longer than the 3 s after which a host that is down shows as unreachable. */
const PROBE_TIMEOUT_MS = 3500;

export interface UnreachedOptions {
  readonly host: Pick<HostInfo, 'kind' | 'label' | 'user'>;
  readonly subject: Subject;
  readonly failure: Failure;
  readonly clock: Clock;
  readonly connector: Connector;
  readonly signal: AbortSignal;
  /** Whether it may be dialled at all. */
  readonly restraints: Restraints;
}

/** @throws the signal's reason */
export async function unreachedState(options: UnreachedOptions): Promise<ConsoleState> {
  const { subject, failure, clock, restraints } = options;
  const beganMono = clock.now();
  const nothing = { ...noProbeFacts(subject.address, subject.port), restraints };
  const sample = restraints.connect === null ? await sampled(options) : null;
  return blankState({
    subject,
    host: {
      ...options.host,
      privilege: { kind: 'none', reason: 'no-sudo', detail: '' },
      address: subject.address,
    },
    link: {
      state: 'lost',
      // Before the probe: what it saw is newer.
      sinceMono: sample?.atMono ?? beganMono,
      detail: '',
      attempts: 1,
      retryAtMono: null,
      lastFailure: failure,
    },
    readOnly: true,
    probe: sample === null ? nothing : withSample(nothing, sample),
  });
}

/** @throws the signal's reason */
async function sampled({
  subject,
  failure,
  clock,
  connector,
  signal,
}: UnreachedOptions): Promise<ProbeSample> {
  const { sample, socket } = await sampleOnce({
    connector,
    clock,
    target: subject,
    timeoutMs: PROBE_TIMEOUT_MS,
    linkLive: () => answered(failure),
    opened: () => undefined,
    signal,
  });
  signal.throwIfAborted();
  if (socket !== null) closeWithFin(socket, clock);
  return sample;
}

/** Whether the host itself let us know that it would not have us: then it is up, whatever its ports say. */
function answered({ code }: Failure): boolean {
  return (
    code === 'auth' ||
    code === 'no-shell' ||
    code === 'no-bus' ||
    code === 'no-systemd' ||
    code.startsWith('host-key') ||
    code.startsWith('sudo')
  );
}
