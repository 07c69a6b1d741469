/** A demo world for a test, quick to restart, and one connection to it whose facts can be waited for. */
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { systemClock } from '../../../src/ops/clock.ts';
import { createDemo, type DemoOptions, type DemoWorld } from '../../../src/ops/demo/host.ts';
import type { FirewallFacts, Host, JournalEntry, ServiceFacts } from '../../../src/ops/host.ts';

export const SERVER_ENTRY = fileURLToPath(new URL('../../../src/calc/serve.ts', import.meta.url));
export const RESTART_SEC_MS = 300;

export async function demoWorld(options: Partial<DemoOptions> = {}): Promise<DemoWorld> {
  const world = await createDemo({
    clock: systemClock,
    serverEntry: SERVER_ENTRY,
    restartSecMs: RESTART_SEC_MS,
    commandMs: 5,
    ...options,
  });
  onTestFinished(() => world.close());
  return world;
}

/** Everything that was told so far, and a wait for what is to be told: the test's time limit bounds it. */
export interface Told<T> {
  readonly all: readonly T[];
  last(): T | undefined;
  /** Resolves with the first one, told already or to come, that `holds` for. */
  until(holds: (value: T) => boolean): Promise<T>;
}

function told<T>(subscribe: (tell: (value: T) => void) => void): Told<T> {
  const all: T[] = [];
  const waiting = new Set<() => void>();
  subscribe((value) => {
    all.push(value);
    for (const look of [...waiting]) look();
  });
  return {
    all,
    last: () => all.at(-1),
    until: (holds) =>
      new Promise((resolve) => {
        const look = (): void => {
          const value = all.find(holds);
          if (value === undefined) return;
          waiting.delete(look);
          resolve(value);
        };
        waiting.add(look);
        look();
      }),
  };
}

export interface Watched {
  readonly host: Host;
  readonly service: Told<ServiceFacts>;
  readonly firewall: Told<FirewallFacts>;
  readonly journal: Told<JournalEntry>;
  /** Resolves once the service listens and its newest facts say that it runs. */
  readonly listening: () => Promise<ServiceFacts>;
}

export async function watched(world: DemoWorld): Promise<Watched> {
  const host = await world.connect(new AbortController().signal);
  const fail = (failure?: unknown): never => {
    throw new Error(`not to be told: ${JSON.stringify(failure)}`);
  };
  const service = told<ServiceFacts>((tell) => void host.service.watch(tell, fail));
  const firewall = told<FirewallFacts>((tell) => void host.firewall.watch(tell, fail));
  const journal = told<JournalEntry>(
    (tell) =>
      void host.journal.follow({ lines: 1000 }, { entries: (batch) => batch.forEach(tell), gap: fail, fail }),
  );
  return {
    host,
    service,
    firewall,
    journal,
    async listening() {
      const running = await service.until((facts) => facts.sub === 'running' && facts === service.last());
      await journal.until(
        ({ pid, message }) => pid === running.mainPid && message.startsWith('Le serveur tourne sur'),
      );
      return running;
    },
  };
}
