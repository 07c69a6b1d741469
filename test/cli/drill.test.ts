/** `tp5-tui drill`: asked first, told step by step, ended by its result. */
import { describe, expect, it } from 'vitest';
import {
  type DrillCommandOptions,
  drillDocument,
  reasonSentence,
  runDrillCommand,
} from '../../src/cli/drill.ts';
import { type CommonOptions, UsageError } from '../../src/cli/invocation.ts';
import { tcpConnector } from '../../src/ops/connector.ts';
import type { DrillReason } from '../../src/ops/drill/progress.ts';
import { idleDrill } from '../../src/ops/drill/steps.ts';
import { catalogue } from '../../src/text/catalogue.ts';
import { invoke, recordIo, toolsOn, typing } from '../support/command.ts';
import { createFakeHost, type FakeHost, firewallWith, RUNNING } from '../support/fake-host.ts';
import { listenOnLoopback } from '../support/tcp-server.ts';

const text = catalogue('en');
const QUICK = { ...RUNNING, restartSecMs: 0 };

interface Call {
  readonly host: FakeHost;
  readonly options?: DrillCommandOptions;
  readonly common?: CommonOptions;
  readonly answer?: string;
  readonly port?: number;
}

async function drill({ host, options = {}, common = {}, answer, port = 1 }: Call) {
  const recorded = recordIo();
  const terminal = typing(answer ?? '');
  const invocation = await invoke({ hostArgument: 'tp5', lang: 'en', ...common });
  const subject = { address: '127.0.0.1', port };
  const tools = toolsOn({ host: host.host, connector: tcpConnector, subject });
  const code = await runDrillCommand(
    invocation,
    options,
    recorded.io,
    tools,
    answer === undefined ? () => null : terminal.open,
  );
  return { code, out: recorded.out(), err: recorded.err(), documents: () => recorded.documents(), terminal };
}

/** A host whose service comes back when it is killed, with its port closing and opening on the way. */
function survivor(change: Partial<typeof RUNNING> = {}): FakeHost {
  const host = createFakeHost({ service: { ...QUICK, ...change } });
  host.answers.act = async () => {
    queueMicrotask(() => {
      host.firewall(firewallWith([], []));
      host.service({ active: 'activating', sub: 'auto-restart', mainPid: 0 });
      host.firewall(firewallWith(['13337', '1'], ['13337']));
      host.service({ active: 'active', sub: 'running', mainPid: 2011, restarts: 1 });
    });
    return { ok: true, job: null, tookMs: 1 };
  };
  return host;
}

describe('the question', () => {
  it('is asked before anything is killed, and No is the default', async () => {
    for (const answer of ['', 'n', 'yep?']) {
      const host = createFakeHost();
      const { code, err, terminal } = await drill({ host, answer });
      expect(code).toBe(1);
      expect(host.asked.verbs).toEqual([]);
      expect(terminal.asked()).toContain('calculatrice.service on manon@hosting.tp5.b1');
      expect(err).toBe('Nothing was killed.\n');
    }
  });

  it('is taken for answered with --yes', async () => {
    const host = createFakeHost({ service: { ...RUNNING, active: 'inactive', mainPid: 0 } });
    expect((await drill({ host, options: { yes: true } })).code).toBe(1);
  });

  it.each<[string, CommonOptions, DrillCommandOptions, RegExp]>([
    ['--no-input without --yes', { input: false }, {}, /--yes/],
    ['nobody to ask', {}, {}, /--yes/],
    ['--read-only', { readOnly: true }, { yes: true }, /--read-only/],
  ])('with %s is wrong usage, told before a host is opened', async (_what, common, options, said) => {
    const host = createFakeHost();
    await expect(drill({ host, common, options })).rejects.toThrow(UsageError);
    await expect(drill({ host, common, options })).rejects.toThrow(said);
    expect(host.asked.closes).toBe(0);
  });
});

describe('the result', () => {
  it('is the way back, steps on stderr as they come, the end on stdout', async () => {
    const server = await listenOnLoopback();
    const { code, out, err } = await drill({ host: survivor(), answer: 'y', port: server.port });
    expect(code).toBe(0);
    expect(out).toMatch(/^● passed: PID 1954 → 2011, answering again after [\d.]+ s\n$/);
    expect(err).toMatch(/^✓ SIGKILL sent +0\.\d s$/m);
    expect(err).toMatch(/^✓ unit active again +\d\.\d s$/m);
    await server.close();
  });

  it('is one document with --json; a step that the unit has not has ms null', async () => {
    const server = await listenOnLoopback();
    const { code, documents } = await drill({
      host: survivor(),
      options: { yes: true, json: true },
      port: server.port,
    });
    expect(code).toBe(0);
    expect(documents()).toEqual([
      {
        unit: 'calculatrice.service',
        pidBefore: 1954,
        pidAfter: 2011,
        restartSec: 0,
        steps: [
          { name: 'killed', ms: expect.any(Number) },
          { name: 'exited', ms: expect.any(Number) },
          { name: 'port-closed', ms: null },
          { name: 'restarting', ms: expect.any(Number) },
          { name: 'port-open', ms: null },
          { name: 'started', ms: expect.any(Number) },
          { name: 'connects', ms: expect.any(Number) },
          { name: 'answers', ms: null },
        ],
        passed: true,
        reason: null,
      },
    ]);
    await server.close();
  });

  it('of a unit that nothing restarts is said without killing it', async () => {
    const host = createFakeHost({ service: { ...RUNNING, restart: 'no' } });
    const { code, documents, err } = await drill({ host, options: { yes: true, json: true } });
    expect(code).toBe(1);
    expect(host.asked.verbs).toEqual([]);
    expect(documents()).toMatchObject([
      { passed: false, reason: 'Restart=no does not bring it back after a SIGKILL' },
    ]);
    expect(err).toBe('');
  });

  it.each([
    [{ code: 'not-permitted', action: 'KillUnit', detail: 'polkit' } as const, 4],
    [{ code: 'link-lost', detail: 'x' } as const, 3],
    [{ code: 'host-error', name: 'x', detail: '' } as const, 1],
  ])('of a kill that ended in %o has its exit code', async (failure, code) => {
    const host = createFakeHost();
    host.answers.act = async () => ({ ok: false, failure, tookMs: 1 });
    const ended = await drill({ host, options: { yes: true } });
    expect(ended.code).toBe(code);
    expect(ended.out).toBe(`✖ failed: ${text.failures.describe(failure)}\n`);
  });

  it('of a link that is lost says that it was killed, and where to look', async () => {
    const host = createFakeHost();
    host.answers.act = async () => {
      queueMicrotask(() => host.lose('no answer'));
      return { ok: true, job: null, tookMs: 1 };
    };
    const { code, out, err } = await drill({ host, options: { yes: true } });
    expect(code).toBe(3);
    expect(out).toContain(text.console.drill.reasons.linkLost);
    expect(err.split('\n').slice(-2)).toEqual([text.commands.drill.unseen(RUNNING.mainPid), '']);
  });

  it('of one that is interrupted is told, and the host is closed', async () => {
    const host = createFakeHost();
    const recorded = recordIo();
    host.answers.act = async () => {
      queueMicrotask(() => recorded.interrupt());
      return { ok: true, job: null, tookMs: 1 };
    };
    await runDrillCommand(
      await invoke(),
      { yes: true, json: true },
      recorded.io,
      toolsOn({ host: host.host }),
    );
    expect(recorded.documents()).toMatchObject([{ passed: false, reason: 'cancelled' }]);
    expect(host.asked.closes).toBe(1);
  });
});

describe('a reason', () => {
  it.each<DrillReason>([
    { code: 'no-restart', restart: '\x1b[2J' },
    { code: 'not-running' },
    { code: 'not-ready', type: 'notify' },
    { code: 'wait-differs', expectedMs: 30_000, measuredMs: 5000 },
    { code: 'start-limit' },
    { code: 'failed-to-start', result: 'exit-code' },
    { code: 'does-not-connect' },
    { code: 'wrong-answer', got: '\x9b31m6' },
    { code: 'no-answer' },
    { code: 'timeout', waitedMs: 90_000 },
    { code: 'link-lost' },
    { code: 'cancelled' },
    { code: 'refused', failure: { code: 'sudo-denied', user: 'zoe', detail: '' } },
  ])('%j is a sentence in both languages, and foreign words in it are harmless', (reason) => {
    for (const language of ['en', 'fr'] as const) {
      const said = reasonSentence(reason, catalogue(language));
      expect(said).not.toBe('');
      expect(said).not.toMatch(/[\x00-\x1f\x7f-\x9f]/);
    }
  });

  it('is in the document; the wait in seconds, the times to the tenth of a millisecond', () => {
    const idle = idleDrill('x.service', RUNNING, 0);
    const steps = idle.steps.map((step) => ({ ...step, ms: 1234.567, state: 'done' as const }));
    const told = drillDocument({ ...idle, steps, passed: false, reason: { code: 'start-limit' } }, text);
    expect(told).toMatchObject({ restartSec: 30, pidBefore: 1954, pidAfter: null, passed: false });
    expect(told.steps[0]).toEqual({ name: 'killed', ms: 1234.6 });
    expect(told.reason).toMatch(/start-limit-hit/);
  });
});
