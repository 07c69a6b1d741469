/** How a service is started, and how systemd learns that it is up: by having started it, or by a word of its own. */
import type { ServiceFacts } from './host.ts';

/**
 * Types whose start lasts until the service gives a sign (systemd.service(5), "Type="): it says READY=1, forks and
 * exits, ends, or takes its name on the bus.
 */
const AWAITING: ReadonlySet<string> = new Set(['notify', 'notify-reload', 'forking', 'oneshot', 'dbus']);

/** Whether systemd waits for such a sign whenever it starts this service. */
function awaitsSign({ type }: Pick<ServiceFacts, 'type'>): boolean {
  return AWAITING.has(type);
}

/** Whether systemd ended its last start because the sign never came. */
export function gaveNoSign(service: Pick<ServiceFacts, 'type' | 'result'>): boolean {
  return awaitsSign(service) && (service.result === 'timeout' || service.result === 'protocol');
}

/** Whether it waits for one now: the program runs, and systemd calls it starting. */
export function isAwaitingSign(
  service: Pick<ServiceFacts, 'type' | 'sub'> & { readonly active: string },
): boolean {
  return service.active === 'activating' && service.sub === 'start' && awaitsSign(service);
}

/** The socket unit that starts this service at the first connection, systemd.socket(5); null: none does. */
export function wakingSocket({ triggeredBy }: Pick<ServiceFacts, 'triggeredBy'>): string | null {
  return triggeredBy.find((unit) => unit.endsWith('.socket')) ?? null;
}
