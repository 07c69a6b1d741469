/** The demo's faults, one for each verdict: each is really brought about, none is only reported. */
import type { Socket } from 'node:net';
import { tcpConnector } from '../connector.ts';
import { type Announcer, until } from './announcer.ts';
import type { UnitDefinition } from './definition.ts';
import type { DemoFirewall } from './firewall.ts';
import type { DemoLink } from './link.ts';
import type { Place } from './place.ts';
import type { Supervisor } from './supervisor.ts';
import type { UnitFile } from './unit.ts';

export const TROUBLES = [
  'well',
  'stopped',
  'failed',
  'loopback-only',
  'port-closed',
  'runtime-only',
  'mute',
  'held',
  'wrong',
  'link-lost',
] as const;

/**
 * `failed`: killed while its unit says Restart=no. `loopback-only`: its unit has it listen on the
 * loopback address. `port-closed`, `runtime-only`: the firewall's doing, behind the running service.
 * `held`: a client of ours is connected and silent. `link-lost`: connections drop and none is made.
 */
export type Trouble = (typeof TROUBLES)[number];

export interface TroubleParts {
  readonly place: Place;
  readonly definition: UnitDefinition;
  readonly supervisor: Supervisor;
  readonly changes: Announcer;
  readonly firewall: DemoFirewall;
  readonly link: DemoLink;
  /** Announces what the service's process reports: that it listens, whom it serves. */
  readonly reports: Announcer;
}

export interface Troublemaker {
  /** Mends whatever there is, then brings this about. Resolves once it is so. */
  make(trouble: Trouble, signal: AbortSignal): Promise<void>;
  /** Lets go of the client it may hold. */
  release(): void;
}

export function createTroublemaker(parts: TroubleParts): Troublemaker {
  const { place, definition, supervisor, changes, firewall, link, reports } = parts;
  const sound: UnitFile = definition.loaded;
  let holder: Socket | null = null;
  /** One at a time: two would mend each other's. */
  let last: Promise<void> = Promise.resolve();

  function release(): void {
    holder?.destroy();
    holder = null;
  }

  function rewrite(change: Partial<UnitFile>): void {
    definition.edit(change);
    definition.reload();
  }

  function port(open: boolean, scope: 'runtime' | 'permanent'): void {
    firewall.change({ port: place.port, protocol: 'tcp', open, scope });
  }

  const listensOn = (address: string) => (): boolean => supervisor.main?.listening?.address === address;

  /** Whatever was loaded and running before: the sound unit, listening, its port open, nobody on it. */
  async function mend(signal: AbortSignal): Promise<void> {
    link.mend();
    release();
    rewrite(sound);
    supervisor.main?.setMode(sound.mode);
    supervisor.resetFailed();
    const elsewhere = supervisor.main !== null && supervisor.main.unit.listen !== sound.listen;
    // A start in the middle of an automatic restart would wait for it; a restart does not.
    const waits = supervisor.facts().sub === 'auto-restart';
    await (elsewhere || waits ? supervisor.restart() : supervisor.start());
    port(true, 'permanent');
    port(true, 'runtime');
    await until(reports, listensOn(sound.listen), signal);
  }

  async function hold(signal: AbortSignal): Promise<void> {
    const socket = await tcpConnector(place.lan, place.port, { timeoutMs: 5000, signal });
    socket.unref();
    holder = socket;
    await until(reports, () => supervisor.main?.clients.served?.port === socket.localPort, signal);
  }

  async function fail(signal: AbortSignal): Promise<void> {
    rewrite({ restart: 'no' });
    supervisor.main?.kill('SIGKILL');
    await until(changes, () => supervisor.facts().active === 'failed', signal);
    rewrite(sound);
  }

  async function listenOnLoopback(signal: AbortSignal): Promise<void> {
    if (place.loopback === null) throw new Error('this machine has only one loopback address');
    rewrite({ listen: place.loopback });
    await supervisor.restart();
    await until(reports, listensOn(place.loopback), signal);
  }

  function misbehave(mode: UnitFile['mode']): void {
    rewrite({ mode });
    supervisor.main?.setMode(mode);
  }

  async function bring(trouble: Trouble, signal: AbortSignal): Promise<void> {
    await mend(signal);
    switch (trouble) {
      case 'well':
        return;
      case 'stopped':
        await supervisor.stop();
        return;
      case 'failed':
        return fail(signal);
      case 'loopback-only':
        return listenOnLoopback(signal);
      case 'port-closed':
        port(false, 'runtime');
        port(false, 'permanent');
        return;
      case 'runtime-only':
        port(false, 'permanent');
        return;
      case 'mute':
      case 'wrong':
        return misbehave(trouble);
      case 'held':
        return hold(signal);
      case 'link-lost':
        return link.cut('demo: wire cut');
    }
  }

  return {
    release,
    make(trouble, signal) {
      const made = last.then(() => bring(trouble, signal));
      last = made.catch(() => undefined);
      return made;
    },
  };
}
