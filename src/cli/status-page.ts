/** What `status` prints for people: the ladder, a rung a line with its figures below, in one screenful. Pure. */
import type { ServiceFacts, ZoneFacts } from '../ops/host.ts';
import type { Rung, RungState } from '../ops/verdict/ladder.ts';
import type { ConsoleState } from '../state/store.ts';
import type { Catalogue } from '../text/catalogue.ts';
import { harmless } from '../text/foreign.ts';
import { cut, pad, widthOf } from '../text/measure.ts';
import { type Paint, SYMBOL, type Tone } from './paint.ts';
import { clientsOf, mendSentence, portName, type Telling, verdictSentence } from './status-document.ts';

export interface PageOptions extends Telling {
  readonly text: Catalogue;
  readonly paint: Paint;
  /** Cells of the terminal; null: lines are not cut. */
  readonly columns: number | null;
}

const LOOK: Readonly<Record<RungState, { readonly symbol: string; readonly tone: Tone }>> = {
  ok: { symbol: SYMBOL.good, tone: 'good' },
  warning: { symbol: SYMBOL.warning, tone: 'warning' },
  broken: { symbol: SYMBOL.bad, tone: 'bad' },
  unknown: { symbol: SYMBOL.unknown, tone: 'quiet' },
  skipped: { symbol: SYMBOL.off, tone: 'quiet' },
};
const SEPARATOR = '   ';

/** @returns lines, the last one without a newline */
export function statusPage(state: ConsoleState, options: PageOptions): string {
  const { text, paint, nowMono } = options;
  const { verdict, subject, host } = state;
  const nameWidth = Math.max(...verdict.rungs.map(({ id }) => widthOf(text.verdict.rung(id)))) + 2;
  const within = (line: string, used: number): string =>
    options.columns === null ? line : cut(line, options.columns - used);

  const title = text.commands.status.on(subject.unit, host.label);
  const lines = [
    paint(within(`${title}${SEPARATOR}${text.console.format.dateTime(options.nowWall)}`, 0), 'strong'),
    '',
  ];
  for (const rung of verdict.rungs) {
    const look = LOOK[rung.state];
    const said = rungSentence(rung, state, options);
    const tone = rung.state === 'ok' ? 'plain' : look.tone;
    lines.push(
      `${paint(look.symbol, look.tone)} ${pad(text.verdict.rung(rung.id), nameWidth)}` +
        paint(within(said, nameWidth + 2), tone),
    );
    for (const detail of details(rung, state, options)) {
      lines.push(' '.repeat(nameWidth + 2) + paint(within(detail, nameWidth + 2), 'quiet'));
    }
  }
  const overall = verdict.broken !== null ? 'broken' : verdict.warning !== null ? 'warning' : 'ok';
  const look = LOOK[overall === 'ok' && !verdict.reachable ? 'unknown' : overall];
  const headline = within(verdictSentence(state, nowMono, text), 2);
  lines.push('', `${paint(look.symbol, look.tone)} ${paint(headline, 'strong')}`);
  const mend = mendSentence(verdict.mend, text);
  // Not cut: it is there to be copied.
  if (mend !== null) lines.push(`  ${text.commands.status.mend(mend)}`);
  return lines.join('\n');
}

function rungSentence(rung: Rung, state: ConsoleState, { nowMono, text }: PageOptions): string {
  if (rung.id === 'link' && rung.state === 'broken') return verdictSentence(state, nowMono, text);
  if (rung.state === 'skipped' && rung.evidence.code === 'not-looked') return text.verdict.state('skipped');
  return text.verdict.evidence(rung.evidence, nowMono);
}

function details(rung: Rung, state: ConsoleState, options: PageOptions): readonly string[] {
  switch (rung.id) {
    case 'link':
      return state.link.state === 'live' ? [linkDetail(state, options.text)] : [];
    case 'unit':
      return state.service === null ? [] : [unitDetail(state.service.value, options)];
    case 'listener':
      return listenerDetail(state, options);
    case 'firewall':
      return (state.firewall?.value.zones ?? []).map((zone) => zoneDetail(zone, options.text));
    case 'network':
    case 'answer':
      return [];
  }
}

function join(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(SEPARATOR);
}

function linkDetail({ host }: ConsoleState, { commands: { status } }: Catalogue): string {
  return join(status.via[host.kind], status.as(host.user), status.privilege(host.privilege));
}

function unitDetail(facts: ServiceFacts, { text, nowMono }: PageOptions): string {
  const { format, service } = text.console;
  const { status } = text.commands;
  const { sinceWall, sinceMono } = facts;
  const since =
    sinceWall === null || sinceMono === null
      ? ''
      : status.since(format.dateTime(sinceWall), format.duration(nowMono - sinceMono));
  return join(
    `${harmless(facts.active)} (${harmless(facts.sub)})${since === '' ? '' : ` ${since}`}`,
    status.restarts(facts.restarts),
    facts.restart === 'no'
      ? 'Restart=no'
      : service.restartPolicy(harmless(facts.restart), format.duration(facts.restartSecMs)),
    harmless(facts.enabled),
  );
}

function listenerDetail({ listeners }: ConsoleState, { text, ownPorts }: PageOptions): readonly string[] {
  const { status } = text.commands;
  if (listeners === null || listeners.value.listeners.length === 0) return [];
  const waiting = listeners.value.listeners.reduce((sum, listener) => sum + listener.waiting, 0);
  return [
    join(status.clients(clientsOf(listeners.value, ownPorts)), waiting === 0 ? '' : status.waiting(waiting)),
  ];
}

function zoneDetail(zone: ZoneFacts, { commands: { status } }: Catalogue): string {
  const name = `${harmless(zone.name)} (${zone.interfaces.map((each) => harmless(each)).join(' ') || '-'})`;
  if (zone.runtime === null) return name;
  const now = zone.runtime.ports.map(portName);
  const later = zone.permanent?.ports.map(portName) ?? now;
  const said = [
    ...now.map((port) => (later.includes(port) ? port : `${port} ${status.runtimeOnly}`)),
    ...later.filter((port) => !now.includes(port)).map((port) => `${port} ${status.permanentOnly}`),
  ];
  const list = (words: readonly string[]): string =>
    words.map((word) => harmless(word)).join(' ') || status.none;
  return join(
    name,
    status.ports(said.map((port) => harmless(port)).join(', ') || status.none),
    status.services(list(zone.runtime.services)),
  );
}
