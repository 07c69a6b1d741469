/** A host in memory whose commands a test scripts; it keeps what was run, and how many at once. */
import { Failed } from '../../../src/ops/failure.ts';
import type { Host } from '../../../src/ops/host.ts';
import type { Privilege, RunOptions, RunResult } from '../../../src/ops/transport/transport.ts';
import { createFakeHost, type FakeHostScript } from '../../support/fake-host.ts';

export type Reply = string | Partial<RunResult> | Failed | (() => Promise<Partial<RunResult>>);

export interface Ran {
  /** Without `env` and its variables. */
  readonly command: string;
  readonly argv: readonly string[];
  readonly options: RunOptions;
}

/** @param replies by command line, as typed without `sudo`; `''` for every other: by default unknown commands */
export function commandHost(
  replies: Readonly<Record<string, Reply>>,
  privilege: Privilege = { kind: 'sudo' },
  script: FakeHostScript = {},
) {
  const fake = createFakeHost({ ...script, info: { ...script.info, privilege } });
  const ran: Ran[] = [];
  let running = 0;
  let most = 0;

  async function run(argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    const from = argv[0] === 'env' ? argv.findIndex((word, index) => index > 0 && !word.includes('=')) : 0;
    const command = argv.slice(from).join(' ');
    ran.push({ command, argv, options });
    running += 1;
    most = Math.max(most, running);
    try {
      await new Promise((resolve) => setImmediate(resolve));
      const reply = replies[command] ?? replies[''] ?? { code: 127, stderr: 'No such file or directory' };
      if (reply instanceof Failed) throw reply;
      const result =
        typeof reply === 'string' ? { stdout: reply } : typeof reply === 'function' ? await reply() : reply;
      return { code: 0, signal: null, stdout: '', stderr: '', truncated: false, ...result };
    } finally {
      running -= 1;
    }
  }

  const host: Host = { ...fake.host, run };
  return {
    fake,
    host,
    ran,
    commands: () => ran.map(({ command }) => command),
    get most() {
      return most;
    },
  };
}
