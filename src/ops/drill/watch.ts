/** What a drill waits on: the host's announcements, each wait with a bound. */
import type { Clock } from '../clock.ts';
import { entriesTo } from '../firewall/entry.ts';
import type { FirewallFacts, Host, InterfaceAddress, ServiceFacts } from '../host.ts';
import { zoneOf } from '../zone.ts';

/** Between two looks at what was announced, for what becomes true by the time alone. */
const LOOK_EVERY_MS = 250;

export interface DrillWatchOptions {
  readonly host: Host;
  readonly clock: Clock;
  readonly subject: { readonly address: string; readonly port: number };
  readonly interfaces: readonly InterfaceAddress[] | null;
  /** Called with every announcement. */
  readonly onFacts: () => void;
  /** Ends every wait with its reason. */
  readonly signal: AbortSignal;
}

export interface DrillWatch {
  /** As announced last; null before the first. */
  service(): ServiceFacts | null;
  /** Whether the firewall has said how it is, or that it will not. */
  firewallSpoke(): boolean;
  /** Whether the port is open in runtime; null where that cannot be seen, or no firewall runs. */
  portOpen(): boolean | null;
  /** The first value of `check` that is not null, or null after `withinMs`. @throws the signal's reason */
  until<T>(check: () => T | null, withinMs: number): Promise<T | null>;
  stop(): void;
}

export function watchHost(options: DrillWatchOptions): DrillWatch {
  const { host, clock, subject, interfaces, onFacts, signal } = options;
  let service: ServiceFacts | null = null;
  let firewall: FirewallFacts | null = null;
  let firewallSpoke = false;
  let announced = new AbortController();

  function tell(): void {
    onFacts();
    announced.abort();
    announced = new AbortController();
  }

  const stops = [
    host.service.watch(
      (facts) => {
        service = facts;
        tell();
      },
      () => undefined,
    ),
    host.firewall.watch(
      (facts) => {
        firewall = facts;
        firewallSpoke = true;
        tell();
      },
      () => {
        firewallSpoke = true;
        tell();
      },
    ),
  ];
  const abort = (): void => announced.abort();
  signal.addEventListener('abort', abort, { once: true });

  return {
    service: () => service,
    firewallSpoke: () => firewallSpoke,
    portOpen() {
      if (firewall === null || !firewall.running) return null;
      const zone = zoneOf(firewall, interfaces, subject.address);
      return zone && (entriesTo(zone, firewall, subject.port).runtime?.open ?? null);
    },
    async until(check, withinMs) {
      const deadlineMono = clock.now() + withinMs;
      for (;;) {
        signal.throwIfAborted();
        const value = check();
        if (value !== null) return value;
        const restMs = deadlineMono - clock.now();
        if (restMs <= 0) return null;
        await clock.sleep(Math.min(restMs, LOOK_EVERY_MS), announced.signal).catch(() => undefined);
      }
    },
    stop() {
      signal.removeEventListener('abort', abort);
      for (const stop of stops) stop();
    },
  };
}
