/** Netdata's own view beside ours, as rows of the Probe pane: what its check sees, since when, what it raised. Pure. */
import type { NetdataFacts } from '../../ops/netdata/observe.ts';
import type { Catalogue } from '../../text/catalogue.ts';
import { type Row, row, type Span, span } from '../rows.ts';
import { SYMBOL, type Tone } from '../theme.ts';

export interface NetdataRows {
  readonly rows: readonly Row[];
  /** It says that something is wrong: shown where there is little room. */
  readonly urgent: boolean;
}

export interface NetdataView {
  readonly facts: NetdataFacts;
  readonly port: number;
  /** It came through a link that is lost. */
  readonly stale: boolean;
  readonly nowWall: number;
}

/** A time of day says which day's it is for so long. */
const DAY_MS = 20 * 3_600_000;

/** null where there is no Netdata: nothing is made of that. */
export function netdataRows(
  { facts, port, stale, nowWall }: NetdataView,
  { netdata: { pane }, console: { format } }: Pick<Catalogue, 'netdata' | 'console'>,
): NetdataRows | null {
  if (facts.state === 'absent') return null;
  const since = (wall: number): string =>
    pane.since(nowWall - wall < DAY_MS ? format.clock(wall) : format.dateTime(wall));
  const tone = (of: Tone): Tone => (stale ? 'quiet' : of);
  const old = stale && span(`  ${pane.beforeLoss}`, 'quiet');
  if (facts.state === 'unwatched') {
    const line = row(span(`${SYMBOL.unknown} `, 'quiet'), span(pane.unwatched(port), 'quiet'), old);
    return { rows: [line], urgent: false };
  }
  const [symbol, looks] = LOOK[facts.sees];
  const long =
    facts.sees === 'nothing' ? null : facts.sinceWall === null ? pane.forLong : since(facts.sinceWall);
  const own = facts.raised.filter(({ chart }) => chart === facts.chart);
  const others = facts.raised.length - own.length;
  const state: Span[] = [
    span(`${symbol} `, tone(looks)),
    span(pane.sees[facts.sees], facts.sees === 'up' ? 'plain' : tone(looks)),
  ];
  if (long !== null) state.push(span(` ${long}`, 'quiet'));
  const rows = [
    row(...state, own.length === 0 && others > 0 && span(`  ${pane.otherAlarms(others)}`, 'quiet'), old),
  ];
  const [worst] = own.toSorted((a, b) => Number(b.status === 'CRITICAL') - Number(a.status === 'CRITICAL'));
  if (worst !== undefined) {
    const raised = worst.status === 'CRITICAL' ? 'bad' : 'warning';
    rows.push(
      row(
        span(`${SYMBOL.warning} `, tone(raised)),
        span(`${worst.status} ${pane.raised(worst.name, own.length - 1)}`, tone(raised)),
        span(` ${since(worst.sinceWall)}`, 'quiet'),
      ),
    );
  }
  return { rows, urgent: !stale && (facts.sees === 'down' || worst !== undefined) };
}

const LOOK: Record<'up' | 'down' | 'nothing', readonly [symbol: string, tone: Tone]> = {
  up: [SYMBOL.good, 'good'],
  down: [SYMBOL.bad, 'bad'],
  nothing: [SYMBOL.unknown, 'warning'],
};
