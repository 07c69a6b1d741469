/** The Firewall pane's rows: the service's zone and port first, runtime against permanent. Pure. */

import { type Access, accessTo, isPlain, type Way } from '../../ops/firewall/access.ts';
import type { PacketJudgement } from '../../ops/firewall/judge.ts';
import type { FirewallFacts, InterfaceAddress, PortSpec, ZoneFacts } from '../../ops/host.ts';
import type { Catalogue } from '../../text/catalogue.ts';
import { harmless } from '../../text/foreign.ts';
import { widthOf, wrap } from '../../text/measure.ts';
import { type Row, row, rowWidth, type Span, span } from '../rows.ts';
import { SYMBOL, type Tone } from '../theme.ts';
import { type Ranked, ranked } from './ranked.ts';

export interface FirewallView {
  readonly facts: FirewallFacts;
  readonly interfaces: readonly InterfaceAddress[] | null;
  readonly address: string;
  readonly port: number;
  readonly way: Way | null;
  /** On why ports could not be read, when they could not. */
  readonly refused: readonly Row[];
}

export function firewallRows(
  view: FirewallView,
  width: number,
  height: number,
  text: Catalogue['console'],
): Row[] {
  const { facts } = view;
  const words = text.firewall;
  if (!facts.running) {
    return ranked(
      wrap(words.notRunning, width - 2, 2).map((line, index) => ({
        rank: index,
        row: row(span(`${index === 0 ? SYMBOL.off : ' '} ${line}`, 'warning')),
      })),
      height,
    );
  }
  const access = accessTo(facts, view.interfaces, view);
  const own = access.zone;
  const rows: Ranked[] = [];
  rows.push(...view.refused.map((line, index) => ({ rank: index === 0 ? 0 : 3 + index, row: line })));
  if (own === null) rows.push({ rank: 1, row: row(span(`${SYMBOL.warning} ${words.noZone}`, 'warning')) });
  else rows.push(...zoneRows(own, view, width, text, access));
  for (const zone of facts.zones) {
    if (zone !== own) rows.push(...zoneRows(zone, view, width, text, null));
  }
  return ranked(rows, height);
}

function zoneRows(
  zone: ZoneFacts,
  view: FirewallView,
  width: number,
  text: Catalogue['console'],
  /** Of the service's own zone. */
  access: Access | null,
): Ranked[] {
  const own = access !== null;
  const words = text.firewall;
  const sources = [...zone.interfaces, ...zone.sources].join(' ');
  const usual = ['default', ''].includes(zone.target);
  const rows: Ranked[] = [
    {
      rank: own ? 2 : 6,
      row: row(
        span(zone.name, own ? 'plain' : 'quiet', { bold: own }),
        span(`  ${sources}`, 'quiet'),
        !usual && span(`  ${words.target(zone.target)}`, 'warning'),
      ),
    },
  ];
  if (zone.runtime === null) return rows;
  if (own) {
    rows.push({ rank: 1, row: ownPortRow(access, view.port, width, text) });
    rows.push(...becauseRows(access, width, text));
  }
  rows.push(...listRows(zone, own ? view.port : null, own ? 4 : 7, width, text));
  return rows;
}

/** The service's own port: open both ways, closed both ways, or a difference that will bite later. */
function ownPortRow({ now, later }: Access, port: number, width: number, text: Catalogue['console']): Row {
  const words = text.firewall;
  const name = `${port}/tcp`;
  const [why] = now.because;
  if (why?.code === 'target' && why.place?.kind === 'zone' && now.verdict === 'accept') {
    return row(
      span(`${SYMBOL.good} `, 'good'),
      span(name, 'plain', { bold: true }),
      span(`  ${words.zoneAccepts}`, 'quiet'),
    );
  }
  if (now.verdict === 'unknown') {
    return row(
      span(`${SYMBOL.unknown} `, 'quiet'),
      span(name, 'plain', { bold: true }),
      span(`  ${words.unsure}`, 'quiet'),
    );
  }
  const runtime = now.verdict === 'accept';
  const permanent = later === null || later.verdict === 'unknown' ? null : later.verdict === 'accept';
  const differs = permanent !== null && runtime !== permanent;
  const tone: Tone = differs ? 'warning' : runtime ? 'good' : 'bad';
  const symbol = differs ? SYMBOL.warning : runtime ? SYMBOL.good : SYMBOL.bad;
  const both = row(
    span(`${symbol} `, tone),
    span(name, 'plain', { bold: true }),
    '  ',
    ...mark(words.runtime, runtime),
    ' ',
    ...(permanent === null ? [span(words.permanentUnread, 'quiet')] : mark(words.permanent, permanent)),
  );
  if (!differs) return both;
  // The marks tell it already, and the verdict does in full: cut off, it would only be noise.
  const said = [...both, span(`  ${runtime ? words.lostAtReload : words.notInForce}`, 'warning')];
  return rowWidth(said) <= width ? said : both;
}

/** By what it is open, or kept out, where that is not the zone's own list of ports. */
function becauseRows({ now, assumed }: Access, width: number, text: Catalogue['console']): Ranked[] {
  const said = decided(now, text);
  if (said === null) return [];
  const rest = assumed === null ? '' : text.firewall.assuming(assumed);
  return wrap(`${said}${rest}`, width - 2, 3).map((line, index) => ({
    rank: index === 0 ? 3 : 5,
    row: row(span(`  ${line}`, now.verdict === 'accept' ? 'quiet' : 'warning')),
  }));
}

function decided(now: PacketJudgement, text: Catalogue['console']): string | null {
  const [why] = now.because;
  if (why === undefined || isPlain(now)) return null;
  switch (now.verdict) {
    case 'accept':
      return why.code === 'target' ? null : text.firewall.openBy(why);
    case 'reject':
    case 'drop':
      return text.firewall.keptOutBy(why, now.verdict);
    case 'unknown':
      return text.firewall.doubt(why);
  }
}

function mark(word: string, open: boolean): Span[] {
  return [span(`${word} `, 'quiet'), span(open ? SYMBOL.yes : SYMBOL.no, open ? 'good' : 'bad')];
}

/** What else is open: what is so both ways in one row, each difference in a row of its own. */
function listRows(
  zone: ZoneFacts,
  ownPort: number | null,
  rank: number,
  width: number,
  text: Catalogue['console'],
): Ranked[] {
  const runtime = zone.runtime;
  if (runtime === null) return [];
  const permanent = zone.permanent;
  const isOwn = (name: string): boolean => ownPort !== null && name === `${ownPort}/tcp`;
  const rows: Ranked[] = [];
  const lists = [
    [runtime.ports.map(portName), permanent?.ports.map(portName)],
    [runtime.services, permanent?.services],
  ] as const;
  for (const [now, later] of lists) {
    const both = now.filter((name) => !isOwn(name) && (later === undefined || later.includes(name)));
    for (const line of inLines(both, width - 2)) rows.push({ rank, row: row('  ', line) });
    if (later === undefined) continue;
    const differences = [
      ...now
        .filter((name) => !later.includes(name))
        .map((name) => [name, text.firewall.runtimeOnly] as const),
      ...later
        .filter((name) => !now.includes(name))
        .map((name) => [name, text.firewall.permanentOnly] as const),
    ];
    for (const [name, said] of differences) {
      if (isOwn(name)) continue;
      rows.push({
        rank: rank + 1,
        row: row(span(`${SYMBOL.warning} `, 'warning'), name, span(`  ${said}`, 'warning')),
      });
    }
  }
  return rows;
}

/** Names two spaces apart, as many in a line as fit. */
function inLines(names: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const name of names.map((each) => harmless(each, 64))) {
    const last = lines.at(-1);
    if (last !== undefined && widthOf(last) + 2 + widthOf(name) <= width) {
      lines[lines.length - 1] = `${last}  ${name}`;
    } else lines.push(name);
  }
  return lines;
}

const portName = (spec: PortSpec): string => `${spec.port}/${spec.protocol}`;
