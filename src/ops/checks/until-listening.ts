/** The sockets of a service that may have started only just now: systemd calls it active before it listens. */
import type { Clock } from '../clock.ts';
import type { Fact } from './facts.ts';
import type { Get } from './gather.ts';
import { listenersOn, type Socket } from './sockets.ts';

const PAUSE_MS = 200;
const ATTEMPTS = 8;

/** Reads again, for a second and a half at most, while the unit is active and nobody listens on `port`. */
export async function untilListening(
  read: (attempt: number) => Promise<Fact<readonly Socket[]>>,
  get: Get,
  { port, clock, signal }: { readonly port: number; readonly clock: Clock; readonly signal: AbortSignal },
): Promise<Fact<readonly Socket[]>> {
  const service = await get('service');
  for (let attempt = 0; ; attempt += 1) {
    const sockets = await read(attempt);
    const awaited = service.seen && service.value.active === 'active';
    if (!sockets.seen || !awaited || attempt + 1 >= ATTEMPTS) return sockets;
    if (listenersOn(sockets.value, port).length > 0) return sockets;
    await clock.sleep(PAUSE_MS, signal);
  }
}
