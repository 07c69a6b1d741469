/** Whatever a host says: on the screen there are only printable characters and our own colours. */
import { describe, expect, it } from 'vitest';
import type { ConsoleState } from '../../src/state/store.ts';
import { type DrawnConsole, drawConsole } from '../support/drawn-console.tsx';
import { FIREWALL_OPEN, RUNNING } from '../support/fake-host.ts';
import { healthyState, probeFacts } from '../support/fake-session.ts';
import { KEY } from '../support/frames.tsx';
import { countMeasured } from '../support/measured.ts';

/** A clipboard write, a title, a link, a bell, a hidden style, cursor moves, bidi, a C1, a lone surrogate, fillers. */
const HOSTILE =
  '\x1b]52;c;ZXZpbA==\x07\x1b]0;owned\x07\x1b]8;;http://x\x1b\\x\x1b[8m\x1b[2J\x1b[1;1H\r\b\x07\u202e\u2066\x9b31m\ud800\u200b\u3164\u{e0041}Z';

const PRINTABLE = /^(?:[^\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|\n)*$/u;

function expectHarmless(screen: DrawnConsole): void {
  const frame = screen.frame();
  const ours = frame.replace(/\x1b\[[\d;]*m/g, '');
  expect(ours).toMatch(PRINTABLE);
  // Hidden text (SGR 8) is not among ours.
  expect(frame).not.toContain('\x1b[8m');
}

const base = healthyState(1_000_000);

const PLACES: Readonly<Record<string, Partial<ConsoleState>>> = {
  'the unit, its description and its path': {
    subject: { ...base.subject, unit: HOSTILE },
    service: {
      atMono: 0,
      value: {
        ...RUNNING,
        unit: HOSTILE,
        description: HOSTILE,
        fragmentPath: HOSTILE,
        sub: HOSTILE,
        enabled: HOSTILE,
        restart: HOSTILE,
        result: HOSTILE,
        load: HOSTILE,
      },
    },
  },
  'the host': { host: { ...base.host, label: HOSTILE } },
  'zones, ports and services': {
    firewall: {
      atMono: 0,
      value: {
        ...FIREWALL_OPEN,
        zones: [
          {
            name: HOSTILE,
            interfaces: [HOSTILE],
            sources: [HOSTILE],
            target: HOSTILE,
            runtime: { services: [HOSTILE], ports: [{ port: HOSTILE, protocol: HOSTILE }] },
            permanent: { services: [], ports: [] },
          },
        ],
        refused: { code: 'not-permitted', action: HOSTILE, detail: HOSTILE },
      },
    },
  },
  failures: {
    service: null,
    serviceFailure: { code: 'host-error', name: HOSTILE, detail: HOSTILE },
    firewall: null,
    firewallFailure: { code: 'not-permitted', action: HOSTILE, detail: HOSTILE },
    journalFailure: { code: 'unavailable', what: HOSTILE, detail: HOSTILE },
    actions: [
      {
        id: 1,
        verb: 'stop',
        scope: null,
        startedMono: 999_999,
        outcome: { ok: false, tookMs: 1, failure: { code: 'host-error', name: HOSTILE, detail: HOSTILE } },
      },
    ],
  },
  'the probe': {
    probe: {
      ...probeFacts([0.5, null]),
      address: HOSTILE,
      answer: { state: 'wrong', expression: '2+3', expected: '5', got: HOSTILE, atMono: 0 },
    },
  },
  replies: {
    calculations: [
      {
        id: 1,
        input: HOSTILE,
        result: { state: 'wrong', answer: HOSTILE, expected: '5', ms: 1, via: 'host', dialect: 'bare' },
      },
      { id: 2, input: '2+3', result: { state: 'failed', failure: { code: 'unreachable', detail: HOSTILE } } },
    ],
  },
  'why the link was lost': {
    link: {
      state: 'lost',
      sinceMono: 0,
      detail: HOSTILE,
      attempts: 1,
      retryAtMono: null,
      lastFailure: { code: 'protocol', host: HOSTILE, detail: HOSTILE },
    },
    verdict: {
      ...base.verdict,
      broken: 'link',
      rungs: base.verdict.rungs.map((rung) =>
        rung.id === 'link'
          ? { id: 'link', state: 'broken', evidence: { code: 'link-lost', detail: HOSTILE, sinceMono: 0 } }
          : rung,
      ),
      mend: { action: 'start', command: HOSTILE, advice: 'listen-on', subject: HOSTILE },
    },
  },
};

describe('foreign text is harmless', () => {
  it.each(Object.entries(PLACES))('in %s', async (_, state) => {
    const screen = await drawConsole({ state });
    expectHarmless(screen);
    for (const keys of [['v'], ['q', 'K'], ['n', 'o'], ['n', '3', 'z'], ['2'], ['1'], ['5']]) {
      await screen.type(...keys);
      expectHarmless(screen);
    }
    screen.unmount();
  });

  it('in journal lines, cut, wrapped, searched, in full and copied', async () => {
    const screen = await drawConsole();
    screen.session.log(
      { message: HOSTILE, identifier: HOSTILE, priority: 3 },
      { message: `${HOSTILE}\n`.repeat(2000), invocationId: HOSTILE },
    );
    for (const keys of [['4'], ['w'], ['/', 'Z', KEY.enter], [KEY.enter], [KEY.esc, 'y']]) {
      await screen.type(...keys);
      expectHarmless(screen);
    }
    expect(screen.copied.join('')).toMatch(PRINTABLE);
    expect(screen.text()).toContain('\\x1b');
    screen.unmount();
  });

  it('pasted or typed by a terminal that answers', async () => {
    const screen = await drawConsole();
    await screen.type('5', `\x1b[200~2+\x1b]52;c;x\x073\x1b[201~`);
    expectHarmless(screen);
    await screen.type('\x1b[9;9R', '\x1b[?62;c', '\x1b[I', '\x1b[<0;1;1M');
    expect(screen.text()).toContain('› 2+]52;c;x3');
    screen.unmount();
  });

  it('and short: a line of a megabyte does not hold the screen up', async () => {
    const screen = await drawConsole();
    const measured = countMeasured();
    const line = '👩‍👩‍👧'.repeat(130_000);
    screen.session.log(line);
    await screen.type('4', 'w');
    await screen.settle();
    expectHarmless(screen);
    expect(measured()).toBeGreaterThan(0);
    expect(measured()).toBeLessThan(line.length / 2);
    screen.unmount();
  });
});
