/** The console drawn in a terminal of any size on a fake session, with time that tests move. */

import { catalogue } from '../../src/text/catalogue.ts';
import type { Language } from '../../src/text/language.ts';
import { App } from '../../src/ui/App.tsx';
import { bindKeys, type KeyOverrides } from '../../src/ui/bindings.ts';
import { ConsoleController, type InputHistory } from '../../src/ui/controller.ts';
import type { Hosts } from '../../src/ui/hosts.ts';
import type { Overlay } from '../../src/ui/view.ts';
import { createFakeClock, type FakeClock } from './fake-clock.ts';
import { createFakeSession, type FakeSession, type FakeSessionOptions } from './fake-session.ts';
import { draw, type Frames } from './frames.tsx';

export interface DrawnConsole extends Frames {
  readonly session: FakeSession;
  readonly clock: FakeClock;
  readonly controller: ConsoleController;
  readonly copied: string[];
  /** Hosts that were to be switched to. */
  readonly switched: (string | null)[];
  /** How often leaving and suspending were asked for. */
  readonly asked: { quit: number; suspend: number };
}

export interface DrawnConsoleOptions extends FakeSessionOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly language?: Language;
  readonly keys?: KeyOverrides;
  readonly history?: InputHistory;
  readonly hosts?: Hosts;
  readonly opening?: Overlay;
}

export async function drawConsole(options: DrawnConsoleOptions = {}): Promise<DrawnConsole> {
  const clock = createFakeClock(1_000_000);
  const session = createFakeSession({ nowMono: clock.now(), ...options });
  const bound = bindKeys(options.keys);
  if (!bound.ok) throw new Error(JSON.stringify(bound.clashes));
  const copied: string[] = [];
  const switched: (string | null)[] = [];
  const asked = { quit: 0, suspend: 0 };
  const controller = new ConsoleController({
    session,
    text: catalogue(options.language ?? 'en'),
    clock,
    keys: bound.table,
    ...(options.history && { history: options.history }),
    ...(options.hosts && { hosts: options.hosts }),
    ...(options.opening && { opening: options.opening }),
    switchTo: (name) => {
      switched.push(name);
    },
    quit: () => {
      asked.quit += 1;
    },
    suspend: () => {
      asked.suspend += 1;
    },
    copy: (text) => copied.push(text),
  });
  const frames = draw(<App controller={controller} />, options.columns ?? 120, options.rows ?? 40);
  await frames.settle();
  return Object.defineProperties(
    { session, clock, controller, copied, switched, asked },
    Object.getOwnPropertyDescriptors(frames),
  ) as DrawnConsole;
}
