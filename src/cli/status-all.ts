/** `tp5-tui status --all`: one look at every host that the settings name, a row each. */
import { Failed, type Failure } from '../ops/failure.ts';
import type { RungState } from '../ops/verdict/ladder.ts';
import type { ConsoleState } from '../state/store.ts';
import type { Catalogue } from '../text/catalogue.ts';
import { harmless } from '../text/foreign.ts';
import { type Cell, tableOf } from './aligned.ts';
import {
  codeOfVisit,
  reasonOf,
  tellWanted,
  type Visit,
  visitAll,
  visitDocument,
  type Wanted,
  wantedOf,
  worstOf,
} from './all-hosts.ts';
import { exitCodeOf } from './connect.ts';
import type { CommonOptions, Invocation } from './invocation.ts';
import { type Io, writeJson } from './io.ts';
import { everyHost, type NamedHost, placeName } from './named-hosts.ts';
import { painter, SYMBOL, type Tone } from './paint.ts';
import { lookAtHost, lookFromHere, settleMs, statusExit, tellingNow } from './status.ts';
import { type StatusDocument, statusDocument, type Telling, verdictSentence } from './status-document.ts';
import { isComplete } from './status-settled.ts';
import { realTools, type Tools } from './with-host.ts';

export interface StatusAllOptions extends CommonOptions {
  readonly json?: boolean;
}

/** What one look found: told when it was made, since ages count from then. */
interface Found {
  readonly code: number;
  readonly document: StatusDocument;
  readonly cells: readonly Cell[];
  /** Why the link could not be made; the service was looked at from here alone. */
  readonly unreached: Failure | null;
  readonly wanted: Wanted | null;
  readonly complete: boolean;
  /** For so long it was waited for, if it is not. */
  readonly settleMs: number;
}

/**
 * @returns the exit code, the worst of all: 0 when every service is up and answers from here, 1 when one is
 * not, 4 when a host does not permit it, 3 when one cannot be reached
 * @throws UsageError; the signal's reason
 */
export async function runStatusAll(
  invocation: Invocation,
  words: readonly string[],
  options: StatusAllOptions,
  io: Io,
  tools: Tools = realTools,
): Promise<number> {
  const hosts = everyHost(invocation, words, options);
  const visits = await visitAll(hosts, io, (host, own) => lookAt(host, own, tools));
  const { text } = invocation;
  const codes = visits.map(codeOfVisit);
  const summary = {
    reachable: codes.filter((code) => code === 0).length,
    broken: codes.filter((code) => code === 1).length,
    unreached: codes.filter((code) => code > 1).length,
  };
  if (options.json) {
    writeJson(io.stdout, { hosts: visits.map(documentOf), summary });
  } else {
    const rows = [heading(text), ...visits.map(rowOf)];
    const columns = io.stdout.isTTY ? (io.stdout.columns ?? null) : null;
    const said = text.hosts.all.statusSummary(summary.reachable, summary.broken, summary.unreached);
    io.stdout.write([...tableOf(rows, 1, columns, painter(io.colour)), '', said, ''].join('\n'));
  }
  for (const visit of visits) {
    if (visit.found?.complete === false) {
      io.stderr.write(`${text.hosts.all.notSettled(visit.name, visit.found.settleMs)}\n`);
    }
    tellWanted(
      visit,
      visit.found === null ? wantedOf(visit.failure, null) : visit.found.wanted,
      'status',
      io,
    );
  }
  return worstOf(codes);
}

async function lookAt(host: NamedHost, io: Io, tools: Tools): Promise<Found> {
  const { invocation } = host;
  const found = (state: ConsoleState, telling: Telling, unreached: Failure | null): Found => ({
    code: statusExit(state),
    document: statusDocument(state, telling, invocation.text),
    cells: statusCells(host, state, telling.nowMono, invocation.text),
    unreached,
    wanted: wantedOf(unreached, state.link.state === 'live' ? state.host.privilege : null),
    complete: unreached !== null || isComplete(state),
    settleMs: settleMs(state),
  });
  try {
    return await lookAtHost({ invocation, io, tools }, (state, telling) => found(state, telling, null));
  } catch (error) {
    if (!(error instanceof Failed) || exitCodeOf(error.failure) !== 3) throw error;
    const state = await lookFromHere(invocation, error.failure, io, tools);
    return found(state, tellingNow(tools, new Set()), error.failure);
  }
}

function documentOf(visit: Visit<Found>): object {
  const { found } = visit;
  if (found === null) return visitDocument(visit, visit.failure, wantedOf(visit.failure, null));
  return { ...visitDocument(visit, found.unreached, found.wanted), ...found.document };
}

function heading({ hosts: { all } }: Catalogue): readonly Cell[] {
  const { name, host, link, unit, probe, verdict } = all.columns;
  return ['', name, host, link, unit, probe, verdict].map((text) => ({ text, tone: 'quiet' }));
}

function rowOf(visit: Visit<Found>): readonly Cell[] {
  if (visit.found !== null) return visit.found.cells;
  const { name, invocation } = visit;
  const none: Cell = { text: '-', tone: 'quiet' };
  return [
    { text: SYMBOL.bad, tone: 'bad' },
    { text: harmless(name) },
    { text: harmless(placeName(invocation.target)) },
    { text: invocation.text.hosts.all.links.lost, tone: 'bad' },
    none,
    none,
    { text: reasonOf(visit.failure, visit), tone: 'bad' },
  ];
}

const LOOKS = {
  good: { symbol: SYMBOL.good, tone: 'good' },
  warning: { symbol: SYMBOL.warning, tone: 'warning' },
  bad: { symbol: SYMBOL.bad, tone: 'bad' },
  unknown: { symbol: SYMBOL.unknown, tone: 'quiet' },
} as const satisfies Record<string, { readonly symbol: string; readonly tone: Tone }>;

const RUNG_TONES: Readonly<Record<RungState, Tone>> = {
  ok: 'plain',
  warning: 'warning',
  broken: 'bad',
  unknown: 'quiet',
  skipped: 'quiet',
};

/** One host in a row: name, place, link, unit, probe, and the verdict in short. */
export function statusCells(
  { name, invocation }: NamedHost,
  state: ConsoleState,
  nowMono: number,
  text: Catalogue,
): readonly Cell[] {
  const { verdict, link, service, probe } = state;
  const toneOf = (id: string): Tone =>
    RUNG_TONES[verdict.rungs.find((rung) => rung.id === id)?.state ?? 'unknown'];
  const look =
    verdict.broken !== null
      ? LOOKS.bad
      : verdict.warning !== null
        ? LOOKS.warning
        : verdict.reachable
          ? LOOKS.good
          : LOOKS.unknown;
  const newest = probe.samples.at(-1) ?? null;
  const latency = newest?.ms == null ? '' : ` ${text.console.format.latency(newest.ms)}`;
  return [
    { text: look.symbol, tone: look.tone },
    { text: harmless(name) },
    { text: harmless(placeName(invocation.target)) },
    { text: text.hosts.all.links[link.state], tone: toneOf('link') },
    service === null
      ? { text: '-', tone: 'quiet' }
      : { text: `${harmless(service.value.active)} (${harmless(service.value.sub)})`, tone: toneOf('unit') },
    newest === null
      ? { text: '-', tone: 'quiet' }
      : {
          text: `${text.console.probe.statusShort[newest.status]}${latency}`,
          tone: newest.status === 'open' ? 'plain' : 'bad',
        },
    { text: verdictInShort(state, nowMono, text), tone: look.tone },
  ];
}

/** The few words of the console's top line; of a link that never was, the reason. */
function verdictInShort(state: ConsoleState, nowMono: number, text: Catalogue): string {
  const { verdict } = state;
  if (verdict.broken === 'link') return verdictSentence(state, nowMono, text);
  const faulty = verdict.broken ?? verdict.warning;
  const evidence = verdict.rungs.find(({ id }) => id === faulty)?.evidence;
  if (evidence !== undefined) return text.console.top.faults[evidence.code];
  return verdict.reachable ? text.hosts.all.reachable : text.hosts.all.unknown;
}
