/** Tells listeners that something changed: several changes in one turn are told once, as on D-Bus. */

export interface Announcer {
  announce(): void;
  /** Returns the stop function. */
  listen(listener: () => void): () => void;
}

export function createAnnouncer(): Announcer {
  const listeners = new Set<() => void>();
  let scheduled = false;
  return {
    announce() {
      if (scheduled) return;
      scheduled = true;
      queueMicrotask(() => {
        scheduled = false;
        for (const listener of [...listeners]) listener();
      });
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Resolves once `holds` does, looked at now and at each announcement. @throws the signal's reason */
export function until(announcer: Announcer, holds: () => boolean, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    if (holds()) return resolve();
    const settle = (): void => {
      stop();
      signal?.removeEventListener('abort', aborted);
    };
    const aborted = (): void => {
      settle();
      reject(signal?.reason);
    };
    const stop = announcer.listen(() => {
      if (!holds()) return;
      settle();
      resolve();
    });
    signal?.addEventListener('abort', aborted, { once: true });
  });
}
