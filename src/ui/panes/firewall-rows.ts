/** The Firewall pane's rows: the service's zone and port first, runtime against permanent. Pure. */
import type { FirewallFacts, InterfaceAddress, PortSpec, ZoneFacts } from '../../ops/host.ts';
import { portOpen, zoneOf } from '../../ops/zone.ts';
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
  const own = zoneOf(facts, view.interfaces, view.address);
  const rows: Ranked[] = [];
  rows.push(...view.refused.map((line, index) => ({ rank: index === 0 ? 0 : 3 + index, row: line })));
  if (own === null) rows.push({ rank: 1, row: row(span(`${SYMBOL.warning} ${words.noZone}`, 'warning')) });
  else rows.push(...zoneRows(own, view, width, text, true));
  for (const zone of facts.zones) {
    if (zone !== own) rows.push(...zoneRows(zone, view, width, text, false));
  }
  return ranked(rows, height);
}

function zoneRows(
  zone: ZoneFacts,
  view: FirewallView,
  width: number,
  text: Catalogue['console'],
  own: boolean,
): Ranked[] {
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
  if (own) rows.push({ rank: 1, row: ownPortRow(zone, view.port, width, text) });
  rows.push(...listRows(zone, own ? view.port : null, own ? 4 : 7, width, text));
  return rows;
}

/** The service's own port: open both ways, closed both ways, or a difference that will bite later. */
export function ownPortRow(zone: ZoneFacts, port: number, width: number, text: Catalogue['console']): Row {
  const words = text.firewall;
  const name = `${port}/tcp`;
  const runtime = zone.runtime !== null && portOpen(zone.runtime, port);
  const permanent = zone.permanent === null ? null : portOpen(zone.permanent, port);
  if (zone.target === 'ACCEPT') {
    return row(
      span(`${SYMBOL.good} `, 'good'),
      span(name, 'plain', { bold: true }),
      span(`  ${words.zoneAccepts}`, 'quiet'),
    );
  }
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
