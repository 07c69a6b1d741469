/** `tp5-tui check --all`: every point on every host that the settings name, a row each. */
import { createSpeaker } from '../calc/client.ts';
import type { CheckState } from '../ops/checks/check.ts';
import { isCheckId, runChecks } from '../ops/checks/run.ts';
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
import { checkCautiously, refuseUnknownIds, subjectOf } from './check.ts';
import { type CheckDocument, checkDocument } from './check-report.ts';
import { type CommonOptions, type Invocation, UsageError } from './invocation.ts';
import { type Io, writeJson } from './io.ts';
import { everyHost, type NamedHost, placeName } from './named-hosts.ts';
import { painter, SYMBOL, type Tone } from './paint.ts';
import { realTools, type Tools, withHost } from './with-host.ts';

export interface CheckAllOptions extends CommonOptions {
  readonly json?: boolean;
  readonly fix?: boolean;
  readonly yes?: boolean;
  /** Ids of items; all without it. */
  readonly only?: readonly string[];
}

interface Found {
  readonly code: 0 | 1;
  readonly document: CheckDocument;
  readonly wanted: Wanted | null;
}

/**
 * @returns the exit code, the worst of all: 0 when nothing fails, 1 when something does, 4 when a host does
 * not permit it, 3 when one cannot be reached
 * @throws UsageError; the signal's reason
 */
export async function runCheckAll(
  invocation: Invocation,
  words: readonly string[],
  options: CheckAllOptions,
  io: Io,
  tools: Tools = realTools,
): Promise<number> {
  const { text } = invocation;
  if (options.fix === true) throw new UsageError(text.hosts.all.onlyLooks('--fix'));
  if (options.yes === true) throw new UsageError(text.hosts.all.onlyLooks('--yes'));
  refuseUnknownIds(options.only, invocation);
  const only = options.only === undefined ? null : options.only.filter(isCheckId);
  const hosts = everyHost(invocation, words, options);
  const visits = await visitAll(hosts, io, (host, own) =>
    withHost({ invocation: host.invocation, io: own, tools }, async (opened): Promise<Found> => {
      const { clock } = tools;
      const call = { invocation: host.invocation, io: own, tools, openTerminal: null };
      const { results } = await checkCautiously(call, opened, only === null ? {} : { only }, (cautious) =>
        runChecks({
          host: opened.host,
          clock,
          subject: subjectOf(opened, host.invocation),
          ask: createSpeaker(opened.speech).ask,
          signal: own.signal,
          only,
          mayStop: null,
          ...cautious,
        }),
      );
      return {
        code: results.some(({ state }) => state === 'fail') ? 1 : 0,
        document: checkDocument(results, { host: opened.host, clock }, text.checks),
        wanted: wantedOf(null, opened.host.info.privilege),
      };
    }),
  );
  const codes = visits.map(codeOfVisit);
  const summary = {
    passed: codes.filter((code) => code === 0).length,
    failed: visits.filter(({ found }) => found?.code === 1).length,
    unreached: visits.filter(({ found }) => found === null).length,
  };
  if (options.json) {
    writeJson(io.stdout, { hosts: visits.map(documentOf), summary });
  } else {
    const rows = [heading(text), ...visits.map(checkCells)];
    const columns = io.stdout.isTTY ? (io.stdout.columns ?? null) : null;
    const said = text.hosts.all.checkSummary(summary.passed, summary.failed, summary.unreached);
    io.stdout.write([...tableOf(rows, 1, columns, painter(io.colour)), '', said, ''].join('\n'));
  }
  for (const visit of visits) tellWanted(visit, wantedBy(visit), 'check', io);
  return worstOf(codes);
}

function wantedBy(visit: Visit<Found>): Wanted | null {
  return visit.found === null ? wantedOf(visit.failure, null) : visit.found.wanted;
}

function documentOf(visit: Visit<Found>): object {
  return { ...visitDocument(visit, visit.failure, wantedBy(visit)), ...visit.found?.document };
}

const COUNTED = ['pass', 'fail', 'warn', 'skip'] as const satisfies readonly CheckState[];
const COUNT_TONES: Readonly<Record<CheckState, Tone>> = {
  pass: 'good',
  fail: 'bad',
  warn: 'warning',
  skip: 'quiet',
};

function heading({ hosts: { all } }: Catalogue): readonly Cell[] {
  const { name, host, failed } = all.columns;
  const quiet = (text: string): Cell => ({ text, tone: 'quiet' });
  const counts = COUNTED.map((state): Cell => ({ ...quiet(all.columns[state]), align: 'right' }));
  return [quiet(''), quiet(name), quiet(host), ...counts, quiet(failed)];
}

/** One host in a row: name, place, how many of each, and the points that failed; or why it was not reached. */
export function checkCells(visit: NamedHost & Visit<Pick<Found, 'document'>>): readonly Cell[] {
  const { name, invocation, found } = visit;
  const place: readonly Cell[] = [{ text: harmless(name) }, { text: harmless(placeName(invocation.target)) }];
  if (found === null) {
    const none = COUNTED.map((): Cell => ({ text: '-', tone: 'quiet', align: 'right' }));
    return [
      { text: SYMBOL.bad, tone: 'bad' },
      ...place,
      ...none,
      { text: reasonOf(visit.failure, visit), tone: 'bad' },
    ];
  }
  const { summary, items } = found.document;
  const worst = summary.fail > 0 ? 'fail' : summary.warn > 0 ? 'warn' : 'pass';
  const symbol = { fail: SYMBOL.bad, warn: SYMBOL.warning, pass: SYMBOL.good }[worst];
  const failed = items.filter(({ state }) => state === 'fail').map(({ id }) => id);
  return [
    { text: symbol, tone: COUNT_TONES[worst] },
    ...place,
    ...COUNTED.map((state): Cell => {
      const number = summary[state];
      return { text: String(number), tone: number === 0 ? 'quiet' : COUNT_TONES[state], align: 'right' };
    }),
    { text: failed.join(' ') },
  ];
}
