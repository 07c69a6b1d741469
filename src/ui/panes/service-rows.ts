/** The Service pane's rows from the unit's facts. Pure. */
import type { ServiceFacts } from '../../ops/host.ts';
import type { ActionRecord } from '../../state/store.ts';
import type { Catalogue } from '../../text/catalogue.ts';
import { harmless } from '../../text/foreign.ts';
import { cutStart } from '../../text/measure.ts';
import { type Row, row, span } from '../rows.ts';
import { GAUGE, SYMBOL, type Tone } from '../theme.ts';
import { type Ranked, ranked } from './ranked.ts';

export interface ServiceView {
  readonly facts: ServiceFacts;
  /** How long it has been in its state; null when unknown. */
  readonly since: string | null;
  /** The wait for systemd's restart; null when there is none. */
  readonly countdown: { readonly leftMs: number; readonly totalMs: number } | null;
  /** The last action and how it stands; null when there was none lately. */
  readonly action: { readonly tone: Tone; readonly symbol: string; readonly text: string } | null;
  readonly reloadKey: string;
  /** Why nothing can be changed, where that is not the user's own choice. */
  readonly readOnly: string | null;
  /** Why the facts are no longer kept up, when they are not. */
  readonly failure: string | null;
}

interface Look {
  readonly symbol: string;
  readonly tone: Tone;
}

/** Symbol and colour of a unit's state: waiting for a restart is never shown as running. */
export function stateLook({ active, load }: Pick<ServiceFacts, 'active' | 'load'>): Look {
  if (load !== 'loaded' && active === 'inactive') return { symbol: SYMBOL.bad, tone: 'bad' };
  switch (active) {
    case 'active':
      return { symbol: SYMBOL.good, tone: 'good' };
    case 'failed':
      return { symbol: SYMBOL.bad, tone: 'bad' };
    case 'inactive':
      return { symbol: SYMBOL.off, tone: 'quiet' };
    default:
      return { symbol: SYMBOL.busy, tone: 'warning' };
  }
}

export const stateName = ({ active, sub }: Pick<ServiceFacts, 'active' | 'sub'>): string =>
  `${active} (${sub})`;

export function serviceRows(
  view: ServiceView,
  width: number,
  height: number,
  text: Catalogue['console'],
): Row[] {
  const { facts } = view;
  const words = text.service;
  const look = stateLook(facts);
  const rows: Ranked[] = [
    {
      rank: 0,
      row: row(
        span(`${look.symbol} `, look.tone),
        span(stateName(facts), look.tone === 'quiet' ? 'plain' : look.tone, { bold: true }),
        view.since !== null && span(`  ${view.since}`, 'quiet'),
      ),
    },
  ];
  if (view.failure !== null) rows.push({ rank: 1, row: row(span(`${SYMBOL.bad} ${view.failure}`, 'bad')) });
  if (view.countdown !== null) rows.push({ rank: 1, row: countdownRow(view.countdown, width, text) });
  if (facts.load !== 'loaded') {
    rows.push({ rank: 2, row: row(span(`${SYMBOL.warning} ${words.load(facts.load)}`, 'warning')) });
  }
  if (view.action !== null) {
    const { symbol, tone, text: said } = view.action;
    rows.push({
      rank: 3,
      row: row(span(`${symbol} `, tone), span(said, tone === 'quiet' ? 'quiet' : 'plain')),
    });
  }
  if (view.readOnly !== null) {
    rows.push({ rank: 5, row: row(span(`${SYMBOL.warning} ${view.readOnly}`, 'warning')) });
  }
  // Of a unit that is not there, systemd tells its own defaults.
  const there = facts.load !== 'not-found';
  if (there) rows.push({ rank: 4, row: indent(identity(facts, text)) });
  if (facts.needsReload) {
    rows.push({ rank: 2, row: row(span(`${SYMBOL.warning} ${words.reload(view.reloadKey)}`, 'warning')) });
  }
  if (there)
    rows.push({
      rank: 6,
      row: indent(
        facts.restart === 'no'
          ? words.restartNever
          : words.restartPolicy(facts.restart, text.format.wait(facts.restartSecMs)),
      ),
    });
  if (facts.dropInPaths.length > 0) {
    const names = facts.dropInPaths.map((path) => path.slice(path.lastIndexOf('/') + 1)).join(' ');
    rows.push({ rank: 6, row: indent(words.overridden(harmless(names, 256))) });
  }
  const end = endOf(facts, text);
  if (end !== null) rows.push({ rank: 5, row: indent(end) });
  const accounted = [
    facts.memoryBytes === null ? '' : words.memory(text.format.bytes(facts.memoryBytes)),
    facts.cpuNs === null ? '' : words.cpu(text.format.latency(facts.cpuNs / 1e6)),
  ].filter((part) => part !== '');
  if (accounted.length > 0) rows.push({ rank: 7, row: indent(accounted.join('   ')) });
  if (facts.description !== '') rows.push({ rank: 8, row: indent(facts.description, 'quiet') });
  if (facts.fragmentPath !== '')
    rows.push({ rank: 9, row: indent(cutStart(harmless(facts.fragmentPath, 256), width - 2), 'quiet') });
  return ranked(rows, height);
}

function indent(text: string, tone?: Tone): Row {
  return row('  ', span(text, tone));
}

function identity(facts: ServiceFacts, text: Catalogue['console']): string {
  const parts = [
    facts.mainPid === 0 ? '' : text.service.pid(facts.mainPid),
    text.service.restarts(facts.restarts),
    facts.enabled,
  ];
  return parts.filter((part) => part !== '').join('   ');
}

/** How the last main process ended, unless it ended well. */
function endOf({ exit, result, active }: ServiceFacts, text: Catalogue['console']): string | null {
  const words = text.service;
  const parts: string[] = [];
  if (exit !== null && active !== 'active' && !(exit.how === 'exited' && exit.status === 0)) {
    if (exit.how === 'exited') parts.push(words.exited(exit.status));
    else parts.push((exit.how === 'killed' ? words.killed : words.dumped)(signalName(exit.status)));
  }
  if (result !== 'success' && result !== '') parts.push(words.result(result));
  return parts.length === 0 ? null : parts.join('   ');
}

const SIGNALS: Readonly<Record<number, string>> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  3: 'SIGQUIT',
  4: 'SIGILL',
  6: 'SIGABRT',
  7: 'SIGBUS',
  8: 'SIGFPE',
  9: 'SIGKILL',
  11: 'SIGSEGV',
  13: 'SIGPIPE',
  14: 'SIGALRM',
  15: 'SIGTERM',
  24: 'SIGXCPU',
  31: 'SIGSYS',
};

/** Linux's numbers (signal(7)): the host is Linux whatever this machine is. */
export const signalName = (number: number): string => SIGNALS[number] ?? `signal ${number}`;

function countdownRow(
  { leftMs, totalMs }: NonNullable<ServiceView['countdown']>,
  width: number,
  text: Catalogue['console'],
): Row {
  const said = leftMs > 0 ? text.service.restartIn(text.format.seconds(leftMs)) : text.service.restartDue;
  const room = Math.min(24, width - said.length - 4);
  if (room < 4) return row('  ', span(said, 'warning'));
  const share = totalMs <= 0 ? 1 : 1 - Math.max(0, Math.min(1, leftMs / totalMs));
  return row(
    '  ',
    span(said.padEnd(text.service.restartIn(text.format.seconds(totalMs)).length), 'warning'),
    ' ',
    gauge(share, room),
  );
}

export function gauge(share: number, width: number, tone: Tone = 'warning'): ReturnType<typeof span> {
  const full = Math.round(Math.max(0, Math.min(1, share)) * width);
  return span(GAUGE.full.repeat(full) + GAUGE.empty.repeat(width - full), tone);
}

/** One line on an action: under way, done, or what the host refused and why. */
export function actionLine(
  record: ActionRecord,
  nowMono: number,
  text: Catalogue['console'],
  describe: (failure: (ActionRecord['outcome'] & { ok: false })['failure']) => string,
): { readonly tone: Tone; readonly text: string; readonly symbol: string } {
  const scope = record.scope === null ? '' : ` (${text.scopes[record.scope]})`;
  const name = `${text.actionNames[record.verb]}${scope}`;
  const { outcome } = record;
  if (outcome === null) {
    const time = text.format.seconds(nowMono - record.startedMono);
    return { tone: 'accent', symbol: SYMBOL.busy, text: text.outcome.running(name, time) };
  }
  const took = text.format.latency(outcome.tookMs);
  if (!outcome.ok) {
    return { tone: 'bad', symbol: SYMBOL.no, text: text.outcome.failed(name, describe(outcome.failure)) };
  }
  if (outcome.job !== null && outcome.job !== 'done') {
    return { tone: 'warning', symbol: SYMBOL.warning, text: text.outcome.jobEnded(name, outcome.job, took) };
  }
  return { tone: 'good', symbol: SYMBOL.yes, text: text.outcome.done(name, took) };
}
