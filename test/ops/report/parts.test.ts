/** The pure parts of a report: excerpts, bounds, the kill in the journal, the alarms in Netdata's log. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CHECK_IDS, type CheckId, type CheckResult, skipped } from '../../../src/ops/checks/check.ts';
import { parseAlarmLog } from '../../../src/ops/report/alarm-log.ts';
import { bounded } from '../../../src/ops/report/bounded.ts';
import { byCheck, byReport, judgeKill, stateOf } from '../../../src/ops/report/judged.ts';
import { findKill } from '../../../src/ops/report/killed.ts';
import { CHECKLIST, CHECKS_OF, POINTS } from '../../../src/ops/report/points.ts';
import { grep, head, tail, typedEvidence } from '../../../src/ops/report/typed.ts';

const JOURNAL = readFileSync(new URL('../../fixtures/report/journal-kill', import.meta.url), 'utf8');
const COMMAND = 'sudo journalctl -u calculatrice -o short-iso';
const HERE = { named: ['--host', 'manon@10.5.1.2'] };
const PROVE = 'tp5-tui report --with-drill --host manon@10.5.1.2';

describe('the points', () => {
  it('have every check of the exercise in one of them', () => {
    const judged = new Set(Object.values(CHECKS_OF).flat());
    expect(
      Object.values(CHECK_IDS)
        .flat()
        .filter((id) => !judged.has(id)),
    ).toEqual([]);
  });

  it('have on the checklist of point 0 what point 0 is judged by', () => {
    expect(Object.values(CHECKLIST).flat().sort()).toEqual([...CHECKS_OF['0']].sort());
  });

  it('are eighteen, in the order of the exercise', () => {
    expect(POINTS.join(' ')).toBe(
      '0 I.1 I.2 I.3 II.1 II.2 II.3 II.4 II.5 II.6 II.7 II.8 II.9 II.10 III.1 III.2 III.3 III.4',
    );
  });
});

describe('the state of a point', () => {
  const one = (state: 'pass' | 'fail' | 'warn' | 'skip') => byReport('x', state, { code: 'journal-no-kill' });
  it.each([
    [['pass', 'pass'], 'done'],
    [['pass', 'warn'], 'doubtful'],
    [['pass', 'skip'], 'partly'],
    [['warn', 'skip'], 'partly'],
    [['skip', 'skip'], 'unseen'],
    [['pass', 'skip', 'fail'], 'not-done'],
  ] as const)('%j is %s', (states, state) => {
    expect(stateOf(states.map(one))).toBe(state);
  });
});

describe('a judgement', () => {
  const skippedAfter = (id: CheckId, before: CheckId): CheckResult =>
    skipped(id, 'monitor', { code: 'after', id: before });
  const failed: CheckResult = {
    ...skipped('netdata-active', 'monitor', { code: 'not-looked' }),
    state: 'fail',
  };

  it('says not done of what waits, however far, for something that is not done', () => {
    const api = skippedAfter('netdata-api', 'netdata-active');
    const portcheck = skippedAfter('netdata-portcheck', 'netdata-api');
    expect(byCheck(portcheck, [failed, api, portcheck], HERE).state).toBe('fail');
  });

  it('leaves open what waits for something that was hidden from us', () => {
    const hidden = skipped('netdata-active', 'monitor', { code: 'not-permitted', detail: '' });
    const api = skippedAfter('netdata-api', 'netdata-active');
    expect(byCheck(api, [hidden, api], HERE).state).toBe('skip');
    const round = skippedAfter('netdata-active', 'netdata-api');
    expect(byCheck(api, [round, api], HERE).state).toBe('skip');
  });

  it('names what proves the port that nobody has seen come and go', () => {
    const follows = skipped('firewall-follows', 'integrate', { code: 'not-stopped' });
    expect(byCheck(follows, [follows], HERE)).toMatchObject({ state: 'skip', mend: { commands: [PROVE] } });
  });

  it('does not take an old return for one of today', () => {
    const kill = findKill(JOURNAL, COMMAND);
    expect(judgeKill(kill, 'on-failure', HERE).state).toBe('pass');
    expect(judgeKill(kill, 'no', HERE)).toMatchObject({
      state: 'fail',
      finding: { own: { code: 'journal-outdated' } },
    });
    expect(judgeKill(null, 'on-failure', HERE)).toMatchObject({ state: 'fail', mend: { commands: [PROVE] } });
  });
});

describe('the kill in the journal', () => {
  it('is found with the wait after it, the new PID, and the lines that tell of it', () => {
    const kill = findKill(JOURNAL, COMMAND);
    expect(kill).toMatchObject({
      killedAt: '2026-11-23T06:11:11+0000',
      restartedAt: '2026-11-23T06:11:13+0000',
      waitedMs: 2000,
      pidAfter: 539,
    });
    expect(kill?.excerpt.command).toBe(`${COMMAND} | grep -A 11 'status=9/KILL' | tail -n 12`);
    const lines = kill?.excerpt.output.split('\n') ?? [];
    expect(lines).toHaveLength(12);
    expect(lines.at(-1)).toContain('Le serveur tourne sur');
  });

  it('is the last of several', () => {
    const later = JOURNAL.replaceAll('T06:', 'T07:');
    expect(findKill(`${JOURNAL}${later}`, COMMAND)?.killedAt).toBe('2026-11-23T07:11:11+0000');
  });

  it('has no return where systemd has not brought it back', () => {
    const lines = JOURNAL.split('\n');
    const until = lines.findIndex((line) => line.includes('Scheduled restart'));
    const kill = findKill(lines.slice(0, until).join('\n'), COMMAND);
    expect(kill).toMatchObject({ restartedAt: null, waitedMs: null, pidAfter: null });
    expect(kill?.excerpt.output).toContain("Failed with result 'signal'");
  });

  it('is not what the server itself prints', () => {
    const forged = JOURNAL.replaceAll('systemd[1]:', 'python[502]:');
    expect(findKill(forged, COMMAND)).toBeNull();
    expect(findKill('-- No entries --\n', COMMAND)).toBeNull();
  });
});

describe('an excerpt', () => {
  const text = 'one\ntwo\nthree\nfour\n';
  it.each([
    [head(2), 'cat x | head -n 2', 'one\ntwo'],
    [tail(1), 'cat x | tail -n 1', 'four'],
    [grep(/^t/), "cat x | grep -E '^t'", 'two\nthree'],
  ])('%# is what the command that is shown prints', (excerpt, command, output) => {
    expect(excerpt(text, 'cat x')).toEqual({ command, output });
  });

  it('of a command that is not there has no words of env in it', () => {
    const typed = typedEvidence({
      command: 'getenforce',
      output: "env: 'getenforce': No such file or directory",
    });
    expect(typed).toMatchObject({ output: '', unseen: { code: 'no-command', command: 'getenforce' } });
  });
});

describe('a bound', () => {
  const numbered = (count: number) => Array.from({ length: count }, (_, index) => `line ${index}`).join('\n');

  it('keeps the beginning and the end, and knows what is missing', () => {
    const { first, cut, last } = bounded(numbered(100));
    expect(first.length + cut + last.length).toBe(100);
    expect(first[0]?.text).toBe('line 0');
    expect(last.at(-1)?.text).toBe('line 99');
  });

  it('cuts nothing where the word about it would be as long', () => {
    expect(bounded(numbered(61))).toMatchObject({ cut: 0, last: [] });
    expect(bounded(numbered(62)).cut).toBe(2);
    expect(bounded('')).toEqual({ first: [], cut: 0, last: [] });
  });

  it('cuts a long line and says by how much', () => {
    expect(bounded('x'.repeat(1000)).first).toEqual([{ text: 'x'.repeat(400), cut: 600 }]);
  });
});

describe("Netdata's log of alarms", () => {
  const entry = (more: object) => ({
    chart: 'portcheck.port_13337_status',
    name: 'port_down',
    status: 'CRITICAL',
    when: 1_795_414_443,
    ...more,
  });

  it('gives the changes on one chart, oldest first', () => {
    const log = [
      entry({ status: 'CLEAR', when: 1_795_414_478 }),
      entry({}),
      entry({ chart: 'system.cpu' }),
      entry({ status: 'UNINITIALIZED' }),
      entry({ status: 'REMOVED' }),
      { chart: 'portcheck.port_13337_status' },
      null,
    ];
    expect(parseAlarmLog(JSON.stringify(log), 'portcheck.port_13337_status')).toEqual([
      { name: 'port_down', status: 'CRITICAL', at: 1_795_414_443_000 },
      { name: 'port_down', status: 'CLEAR', at: 1_795_414_478_000 },
    ]);
  });

  it('leaves out what came at a time that no calendar has', () => {
    const log = [entry({ when: 1e300 }), entry({ when: -1 })];
    expect(parseAlarmLog(JSON.stringify(log), 'portcheck.port_13337_status')).toEqual([]);
  });

  it.each(['', 'not JSON', '{"alarms":[]}', 'null'])('is empty for %j', (text) => {
    expect(parseAlarmLog(text, 'x')).toEqual([]);
  });
});
