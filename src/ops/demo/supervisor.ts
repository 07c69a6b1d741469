/**
 * A small systemd for one unit of Type=simple: its states, its jobs, its restarts, its own log lines.
 *
 * States, results and wordings are systemd 252's (src/core/service.c); what it runs is a real child.
 * One job at a time: a stop cancels the start that is under way, as a job of the opposite type does
 * there. `activating/auto-restart` is a wait for the clock that a stop or a restart cuts short.
 */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { ServiceFacts } from '../host.ts';
import { type Announcer, until } from './announcer.ts';
import type { UnitDefinition } from './definition.ts';
import type { MainProcess } from './main-process.ts';
import { processUsage } from './process-usage.ts';
import { startLimit } from './start-limit.ts';
import { type Exit, type FirewallCommand, restartsAfter, resultOf, type UnitFile } from './unit.ts';
import { describeExit, initialState, type UnitState } from './unit-state.ts';

export type JobResult = 'done' | 'canceled' | 'failed';

export interface SupervisorOptions {
  readonly clock: Clock;
  readonly definition: UnitDefinition;
  /** Where each change of the facts is announced. */
  readonly changes: Announcer;
  /** Executes ExecStart=. */
  readonly spawn: (unit: UnitFile, invocationId: string) => MainProcess;
  /** Executes one line of ExecStartPre= or ExecStopPost=. */
  readonly execute: (command: FirewallCommand, unit: UnitFile, signal: AbortSignal) => Promise<void>;
  /** A line of systemd's own, with its syslog priority. */
  readonly say: (message: string, priority: number) => void;
  /** @default 5 starts in 10 s */
  readonly limit?: { readonly burst: number; readonly intervalMs: number };
  /** TimeoutStopSec=. @default 90 s */
  readonly stopTimeoutMs?: number;
}

export interface Supervisor {
  facts(): ServiceFacts;
  readonly main: MainProcess | null;
  start(): Promise<JobResult>;
  stop(): Promise<JobResult>;
  restart(): Promise<JobResult>;
  /** SIGKILL to the main process; false when there is none. */
  kill(): boolean;
  resetFailed(): void;
  /** Reads memory and CPU of the main process into the facts. */
  sample(): Promise<void>;
  /** Kills without a word and without a way back, at the end of the demo. */
  destroy(): Promise<void>;
}

const NEVER = new AbortController().signal;

export function createSupervisor(options: SupervisorOptions): Supervisor {
  const { clock, definition, changes, say } = options;
  const stopTimeoutMs = options.stopTimeoutMs ?? 90_000;
  const limit = startLimit(options.limit?.burst ?? 5, options.limit?.intervalMs ?? 10_000);
  let state: UnitState = initialState;
  let main: MainProcess | null = null;
  let destroyed = false;
  /** What a stop cuts short: the commands before the start, or the wait for the restart. */
  let interruptible = new AbortController();
  /** A stop was asked for, so that the end of the process is no reason to restart. */
  let stopping: Promise<JobResult> | null = null;
  let starting: Promise<JobResult> | null = null;
  /** Settles at the end of `stop-post`, in `dead`, `failed` or `auto-restart`. */
  let ending: Promise<void> | null = null;

  function enter(active: UnitState['active'], sub: string, more: Partial<UnitState> = {}): void {
    state = {
      ...state,
      restartAtMono: null,
      sinceMono: clock.now(),
      sinceWall: clock.wall(),
      ...more,
      active,
      sub,
    };
    changes.announce();
  }

  const described = (verb: string, end = '.'): string => `${verb} ${definition.loaded.description}${end}`;
  const prefixed = (text: string, priority: number): void =>
    say(`${definition.loaded.name}: ${text}`, priority);

  async function enterStart(own: AbortController): Promise<JobResult> {
    if (!limit.take(clock.now())) {
      prefixed('Start request repeated too quickly.', 4);
      prefixed("Failed with result 'start-limit-hit'.", 4);
      enter('failed', 'failed', { result: 'start-limit-hit' });
      say(described('Failed to start'), 3);
      return 'failed';
    }
    say(described('Starting', '...'), 6);
    const invocationId = randomUUID().replaceAll('-', '');
    enter('activating', 'start-pre', { result: 'success', exit: null, invocationId });
    try {
      for (const command of definition.loaded.startPre) {
        await options.execute(command, definition.loaded, own.signal);
      }
    } catch {
      return 'canceled';
    }
    if (destroyed || own.signal.aborted) return 'canceled';
    const child = options.spawn(definition.loaded, invocationId);
    main = child;
    enter('active', 'running', { mainPid: child.pid, memoryBytes: null, cpuNs: null });
    say(described('Started'), 6);
    void child.exited.then((exit) => ended(child, exit));
    return 'done';
  }

  function ended(child: MainProcess, exit: Exit): void {
    if (main !== child || destroyed) return;
    main = null;
    const own = resultOf(exit);
    if (own !== 'success')
      prefixed(`Main process exited, ${describeExit(exit)}`, exit.how === 'killed' ? 4 : 5);
    const result = state.result === 'success' ? own : state.result;
    state = { ...state, mainPid: 0, memoryBytes: null, cpuNs: null };
    ending = stopPost(result, { how: exit.how, status: exit.status }).finally(() => {
      ending = null;
    });
  }

  async function stopPost(result: string, exit: UnitState['exit']): Promise<void> {
    const unit = definition.loaded;
    if (unit.stopPost.length > 0) enter('deactivating', 'stop-post', { result, exit });
    for (const command of unit.stopPost) await options.execute(command, unit, NEVER).catch(() => undefined);
    if (destroyed) return;
    if (result === 'success') prefixed('Deactivated successfully.', 6);
    else prefixed(`Failed with result '${result}'.`, 4);
    if (stopping === null && restartsAfter(definition.loaded.restart, result)) {
      const { restartSecMs } = definition.loaded;
      enter('activating', 'auto-restart', { result, exit, restartAtMono: clock.now() + restartSecMs });
      void waitForRestart(restartSecMs);
    } else if (result === 'success') {
      enter('inactive', 'dead', { result, exit });
    } else {
      enter('failed', 'failed', { result, exit });
    }
  }

  async function waitForRestart(restartSecMs: number): Promise<void> {
    const own = new AbortController();
    interruptible = own;
    try {
      await clock.sleep(restartSecMs, own.signal);
    } catch {
      return;
    }
    if (destroyed) return;
    state = { ...state, restarts: state.restarts + 1 };
    prefixed(`Scheduled restart job, restart counter is at ${state.restarts}.`, 6);
    say(described('Stopped'), 6);
    await begin(own);
  }

  function begin(own: AbortController): Promise<JobResult> {
    interruptible = own;
    starting = enterStart(own).finally(() => {
      starting = null;
    });
    return starting;
  }

  /** A start job: joins one that runs, waits for an end or an automatic restart that is under way. */
  async function start(): Promise<JobResult> {
    while (!destroyed) {
      if (starting !== null) return starting;
      if (stopping !== null) await stopping;
      else if (ending !== null) await ending;
      else if (state.sub === 'auto-restart') await until(changes, () => state.sub !== 'auto-restart');
      else if (state.sub === 'running') return 'done';
      else {
        state = { ...state, restarts: 0 };
        return begin(new AbortController());
      }
    }
    return 'canceled';
  }

  function stop(): Promise<JobResult> {
    stopping ??= enterStop().finally(() => {
      stopping = null;
    });
    return stopping;
  }

  async function enterStop(): Promise<JobResult> {
    if (state.sub === 'auto-restart' || state.sub === 'start-pre') {
      const begun = state.sub === 'start-pre';
      interruptible.abort();
      if (begun) {
        say(described('Stopping', '...'), 6);
        await starting;
        await stopPost('success', null);
      } else {
        enter('inactive', 'dead');
      }
    } else if (main !== null) {
      say(described('Stopping', '...'), 6);
      enter('deactivating', 'stop-sigterm');
      await terminate(main);
      await ending;
    } else if (ending !== null) {
      await ending;
    } else {
      return 'done';
    }
    say(described('Stopped'), 6);
    return 'done';
  }

  async function terminate(child: MainProcess): Promise<void> {
    const gone = new AbortController();
    const timeout = clock.sleep(stopTimeoutMs, gone.signal).then(
      () => {
        prefixed("State 'stop-sigterm' timed out. Killing.", 4);
        prefixed(`Killing process ${child.pid} (python) with signal SIGKILL.`, 5);
        enter('deactivating', 'stop-sigkill', { result: 'timeout' });
        child.kill('SIGKILL');
      },
      () => undefined,
    );
    child.kill('SIGTERM');
    await child.exited;
    gone.abort();
    await timeout;
  }

  async function sample(): Promise<void> {
    const pid = state.mainPid;
    if (pid === 0) return;
    const usage = await processUsage(pid);
    if (state.mainPid !== pid) return;
    state = { ...state, ...usage };
    changes.announce();
  }

  return {
    facts: () => ({ ...state, ...definition.facts() }),
    get main() {
      return main;
    },
    start,
    stop,
    async restart() {
      await stop();
      return start();
    },
    kill() {
      if (main === null) return false;
      prefixed(`Sent signal SIGKILL to main process ${main.pid} (python) on client request.`, 6);
      return main.kill('SIGKILL');
    },
    resetFailed() {
      limit.reset();
      state = { ...state, restarts: 0 };
      if (state.active === 'failed') enter('inactive', 'dead', { result: 'success' });
      else changes.announce();
    },
    sample,
    async destroy() {
      destroyed = true;
      interruptible.abort();
      const child = main;
      child?.kill('SIGKILL');
      await child?.exited;
    },
  };
}
