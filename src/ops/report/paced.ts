/** A host whose commands wait their turn and end in time, whoever asks for them. */
import type { Clock } from '../clock.ts';
import { Failed } from '../failure.ts';
import type { Host } from '../host.ts';

export interface Pace {
  readonly clock: Clock;
  /** Below sshd's `MaxSessions 10`, with room for the bus, the journal and SFTP. */
  readonly atOnce: number;
  /** Milliseconds that one command may take. */
  readonly timeoutMs: number;
  /** Called whenever a command ended, with how many have so far. */
  readonly onEnded: (count: number) => void;
}

/** The same host; `run` also throws Failed `timeout`. */
export function pacedHost(host: Host, { clock, atOnce, timeoutMs, onEnded }: Pace): Host {
  const waiting: (() => void)[] = [];
  let running = 0;
  let ended = 0;

  async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (running >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
      ended += 1;
      onEnded(ended);
    }
  }

  const run: Host['run'] = (argv, options = {}) =>
    inTurn(async () => {
      const late = new AbortController();
      const over = new AbortController();
      clock.sleep(timeoutMs, over.signal).then(
        () => late.abort(new Failed({ code: 'timeout', what: argv.join(' '), ms: timeoutMs })),
        () => undefined,
      );
      try {
        const signals = options.signal === undefined ? [late.signal] : [options.signal, late.signal];
        return await host.run(argv, { ...options, signal: AbortSignal.any(signals) });
      } finally {
        over.abort();
      }
    });

  return { ...host, run };
}
