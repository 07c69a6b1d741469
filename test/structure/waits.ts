/** What makes a test depend on how fast the machine is, each as a pattern, and the files that may have it. */
import type { Source } from './source.ts';

export interface Habit {
  readonly name: string;
  readonly pattern: RegExp;
  /** Files, with why they may. */
  readonly except: Readonly<Record<string, string>>;
}

const BOUND = 'gives up after the bound';
/** Both stamps are of one run, and are compared with each other. */
const ORDER = 'compares stamps of the host with those of the test';

export const HABITS: readonly Habit[] = [
  {
    name: 'a wait that does not end with an event',
    pattern: /\bset(?:Timeout|Interval)\(|\b[cC]lock\.sleep\(\d|systemClock\.sleep|timers\/promises/,
    except: {
      'test/support/waiters.ts': BOUND,
      'test/support/terminal.ts': 'kills a program that does not end by itself',
      'test/support/terminal.test.ts': 'programs under test that stay open',
      'test/support/frames.tsx':
        'comes after Ink’s own timer, whose delay is shorter: they are run in that order',
      'test/support/outbox-child.ts': 'a program of its own, which looks until all is delivered',
      'test/support/calculators.ts': 'a server that pauses between its bytes',
      'test/ops/discord/owner.test.ts': 'a program under test that stays open',
      'test/lab/idle.test.ts': 'a minute is what it is about: it counts processes and bytes in one',
      'test/lab/delivery.test.ts': 'a minute without Discord is what it is about',
      'test/lab/deploy-once.ts': 'a program of its own, which looks until a step is begun',
    },
  },
  {
    name: 'a bound of its own',
    pattern:
      /\bvi\.wait(?:For|Until)\(|[{,]\s*timeout: [A-Z\d]|^\s*\}, [\d_]+\);|\b(?:test|hook)Timeout\b|AbortSignal\.timeout\(|[{,]\s*retry: /m,
    except: {
      'test/support/eventually.ts': 'the one wait of that kind',
      'test/ops/mask.test.ts': BOUND,
      'test/calc/grammar.test.ts': BOUND,
    },
  },
  {
    name: 'a look at a real clock',
    pattern: /\bperformance\.now\(|\bDate\.now\(|\bhrtime\b|\bcpuUsage\b|\bsystemClock\.(?:now|wall)\(/,
    except: {
      'test/support/terminal.ts': 'the benchmark’s',
      'test/support/console-program.tsx': 'a console of its own, in real time',
      'test/support/park-process.ts': 'what a host says of its uptime',
      'test/support/discord.ts': 'when a message came, on our machine’s clock',
      'test/support/discord-process.ts': 'when a message came, on our machine’s clock',
      'test/support/prometheus.ts': 'the range that a real Prometheus is asked for',
      'test/ops/deploy/sandbox.ts': 'when a real file’s service was started',
      'test/cli/status.test.ts': 'the monotonic time that a host gives',
      'test/lab/deploy-once.ts': BOUND,
      'test/lab/slack-form.ts': 'when a message came, on our machine’s clock',
      'test/lab/delivery.test.ts': ORDER,
      'test/lab/delivery-killed.test.ts': ORDER,
      'test/lab/watch.test.ts': ORDER,
      'test/lab/netdata.test.ts': ORDER,
    },
  },
];

/** The files that have it and may not, and those that are named as if they had it. */
export function broken(sources: readonly Source[], { name, pattern, except }: Habit): readonly string[] {
  const has = new Set(sources.filter(({ code }) => pattern.test(code)).map(({ path }) => path));
  return [
    ...[...has].filter((path) => !(path in except)).map((path) => `${path} has ${name}`),
    ...Object.keys(except)
      .filter((path) => !has.has(path))
      .map((path) => `${path} has not ${name} any more`),
  ];
}
