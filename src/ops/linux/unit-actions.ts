/** What can be done to the unit, and systemd's own word on how it went. */
import type { Clock } from '../clock.ts';
import { Failed } from '../failure.ts';
import type { ActionOutcome, ServiceFacts, ServiceVerb } from '../host.ts';
import type { Bus } from './bus.ts';
import { operationFailure } from './bus-error.ts';

export interface FinishedJob {
  readonly job: string;
  /** `done`, `failed`, `canceled`, `timeout`, `dependency`, `skipped`… see org.freedesktop.systemd1(5). */
  readonly result: string;
}

export interface UnitActionOptions {
  readonly bus: Bus;
  readonly clock: Clock;
  readonly unit: () => string;
  readonly facts: () => ServiceFacts | null;
  readonly onJob: (listener: (job: FinishedJob) => void) => () => void;
}

/** The longest a job is waited for: past systemd's own default of 90 s to start or to stop. */
const JOB_MS = 200_000;
const SIGKILL = 9;
/** `skipped`: a condition of the unit did not hold, which systemctl(1) counts as a success. */
const GOOD_RESULTS = new Set(['done', 'skipped']);

const MANAGER = {
  destination: 'org.freedesktop.systemd1',
  path: '/org/freedesktop/systemd1',
  interface: 'org.freedesktop.systemd1.Manager',
};

/**
 * systemd lets a start job wait for an automatic restart, all RestartSec= long, and so it does while the
 * unit is on its way to one. Who presses start wants it now: a restart job skips that wait.
 */
function isGoingDown(facts: ServiceFacts | null): boolean {
  return facts !== null && (facts.active === 'deactivating' || facts.sub.startsWith('auto-restart'));
}

export function createUnitActions(options: UnitActionOptions) {
  const { bus, clock, unit, facts, onJob } = options;
  const waiting = new Set<(reason: Failed) => void>();
  // What a job came to is said once: who was not connected then has missed it.
  bus.onOpen(() => {
    for (const interrupt of waiting) {
      interrupt(new Failed({ code: 'link-lost', detail: 'the bus connection was opened anew' }));
    }
  });

  function manager(member: string, signature: string, body: readonly unknown[], signal?: AbortSignal) {
    return bus.call({ ...MANAGER, member, signature, body }, signal ? { signal } : {});
  }

  async function job(member: string, signal?: AbortSignal): Promise<string> {
    const finished: FinishedJob[] = [];
    const arrival = Promise.withResolvers<void>();
    let path: string | null = null;
    const own = (): FinishedJob | undefined => finished.find((one) => one.job === path);
    // Listening starts before the call: a job may be over before its path has been read.
    const forget = onJob((one) => {
      finished.push(one);
      if (own()) arrival.resolve();
    });
    waiting.add(arrival.reject);
    arrival.promise.catch(() => {});
    const stop = new AbortController();
    const bound = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
    try {
      path = String(await manager(member, 'ss', [unit(), 'replace'], signal));
      const late = clock.sleep(JOB_MS, bound).then(() => {
        throw new Failed({ code: 'timeout', what: member, ms: JOB_MS });
      });
      const gone = bus.lost.then(({ detail }) => {
        throw new Failed({ code: 'link-lost', detail });
      });
      // The losers of the race reject later, with nobody listening.
      late.catch(() => {});
      gone.catch(() => {});
      if (!own()) await Promise.race([arrival.promise, late, gone]);
    } finally {
      forget();
      waiting.delete(arrival.reject);
      stop.abort();
    }
    const result = own()?.result ?? 'canceled';
    if (GOOD_RESULTS.has(result)) return result;
    throw new Failed({ code: 'job-failed', result, detail: facts()?.result ?? '' });
  }

  async function kill(signal?: AbortSignal): Promise<null> {
    try {
      await manager('KillUnit', 'ssi', [unit(), 'main', SIGKILL], signal);
      return null;
    } catch (error) {
      const failure = operationFailure(error);
      const idle = failure.code === 'host-error' && /\.(NoSuchProcess|NoSuchUnit)$/.test(failure.name);
      if (!idle || facts()?.load === 'not-found') throw error;
      throw new Failed({ code: 'not-running', unit: unit() }, { cause: error });
    }
  }

  /** systemctl(1) reloads after it moved links, so that the manager sees them; so do we. */
  async function files(verb: 'enable' | 'disable', signal?: AbortSignal): Promise<null> {
    if (verb === 'disable') await manager('DisableUnitFiles', 'asb', [[unit()], false], signal);
    else {
      const reply = await manager('EnableUnitFiles', 'asbb', [[unit()], false, false], signal);
      // The first value says whether there is an [Install] section: without one nothing was enabled.
      if (Array.isArray(reply) && reply[0] === false) {
        throw new Failed({ code: 'host-error', name: 'NoInstallInfo', detail: `${unit()}: [Install]` });
      }
    }
    await reload(signal);
    return null;
  }

  async function reload(signal?: AbortSignal): Promise<null> {
    await bus.call({ ...MANAGER, member: 'Reload' }, { timeoutMs: 90_000, ...(signal ? { signal } : {}) });
    return null;
  }

  async function perform(verb: ServiceVerb, signal?: AbortSignal): Promise<string | null> {
    switch (verb) {
      case 'start':
        return job(isGoingDown(facts()) ? 'RestartUnit' : 'StartUnit', signal);
      case 'stop':
        return job('StopUnit', signal);
      case 'restart':
        return job('RestartUnit', signal);
      case 'kill':
        return kill(signal);
      case 'enable':
      case 'disable':
        return files(verb, signal);
      case 'reset-failed':
        await manager('ResetFailedUnit', 's', [unit()], signal);
        return null;
      case 'daemon-reload':
        return reload(signal);
    }
  }

  return async function act(verb: ServiceVerb, signal?: AbortSignal): Promise<ActionOutcome> {
    const began = clock.now();
    try {
      return { ok: true, job: await perform(verb, signal), tookMs: clock.now() - began };
    } catch (error) {
      const failure = operationFailure(error);
      const missing = failure.code === 'host-error' && failure.name.endsWith('.NoSuchUnit');
      return {
        ok: false,
        failure: missing ? { code: 'no-such-unit', unit: unit() } : failure,
        tookMs: clock.now() - began,
      };
    }
  };
}
