/** What is done to the demo's unit over one connection: timed, bounded by the link, told as an outcome. */
import type { Clock } from '../clock.ts';
import { Failed, type OperationFailure, type Refusal } from '../failure.ts';
import type { ActionOutcome, ServiceVerb } from '../host.ts';
import type { UnitDefinition } from './definition.ts';
import type { JobResult, Supervisor } from './supervisor.ts';

/** A job's result; null where systemd runs no job. @throws Failed what the outcome is to say */
type Work = () => Promise<JobResult | null>;

export interface Actor {
  verb(verb: ServiceVerb, signal?: AbortSignal): Promise<ActionOutcome>;
  run(work: Work, signal?: AbortSignal): Promise<ActionOutcome>;
}

export interface ActorParts {
  readonly clock: Clock;
  readonly definition: UnitDefinition;
  readonly supervisor: Supervisor;
  /** Aborted with a `Failed` when the link is lost. */
  readonly ended: AbortSignal;
}

export function hostError(name: string, detail: string): OperationFailure {
  return { code: 'host-error', name, detail };
}

export function createActor({ clock, definition, supervisor, ended }: ActorParts): Actor {
  /** A lost link or an abort ends the wait, not what was begun on the host. */
  async function run(work: Work, signal?: AbortSignal): Promise<ActionOutcome> {
    const started = clock.now();
    const tookMs = (): number => clock.now() - started;
    try {
      const job = await abortable(work, signal === undefined ? ended : AbortSignal.any([signal, ended]));
      if (job === null || job === 'done') return { ok: true, job, tookMs: tookMs() };
      const detail = supervisor.facts().result;
      return { ok: false, failure: { code: 'job-failed', result: job, detail }, tookMs: tookMs() };
    } catch (error) {
      return { ok: false, failure: failureOf(error), tookMs: tookMs() };
    }
  }

  function at(once: () => void): Work {
    return async () => {
      once();
      return null;
    };
  }

  const verbs: Record<ServiceVerb, Work> = {
    start: supervisor.start,
    stop: supervisor.stop,
    restart: supervisor.restart,
    kill: at(() => {
      if (!supervisor.kill()) throw new Failed({ code: 'not-running', unit: definition.loaded.name });
    }),
    enable: at(() => definition.setEnabled(true)),
    disable: at(() => definition.setEnabled(false)),
    'reset-failed': at(supervisor.resetFailed),
    'daemon-reload': at(definition.reload),
  };

  return { verb: (verb, signal) => run(verbs[verb], signal), run };
}

/** @throws the signal's reason when it comes first */
async function abortable<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([work(), aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** Only `Failed` of operations and refusals come here, or the caller's own reason to abort. */
function failureOf(error: unknown): Refusal | OperationFailure {
  if (error instanceof Failed) return error.failure as Refusal | OperationFailure;
  return hostError('aborted', error instanceof Error ? error.message : String(error));
}
