/** An alert as Discord shows it: what fell, since when, why, and what mends it. Pure. */
import { type Alert, type AlertField, code, plain } from '../ops/discord/message.ts';
import type { Mend } from '../ops/verdict/ladder.ts';
import { crashes, type Judged } from '../ops/watch/event.ts';
import type { Told } from '../state/watch/watcher.ts';
import type { Catalogue } from '../text/catalogue.ts';
import { harmless } from '../text/foreign.ts';
import { placeOf } from '../text/pieces.ts';
import { verdictSentence } from './status-document.ts';
import { linkDetail, loopMend } from './watch-lines.ts';

export interface AlertContext {
  /** What the host is called here. */
  readonly name: string;
  readonly text: Catalogue;
  readonly version: string;
  readonly id: string;
}

export function alertOf(told: Told & { readonly event: Judged }, context: AlertContext): Alert {
  const { event, at, state } = told;
  const { name, version, id } = context;
  const text = context.text.watch.alert;
  const { unit } = state.subject;
  const common = { atWall: at.wall, footer: text.footer(version, id) };
  const since = (): AlertField => ({
    name: text.fields.since,
    // As it was here, and for who reads it, how long ago.
    value: `${text.time(event.since.wall)} (<t:${Math.floor(event.since.wall / 1000)}:R>)`,
    short: true,
  });
  switch (event.kind) {
    case 'up':
      return { ...common, title: text.up(unit, name), description: '', tone: 'good', fields: [since()] };
    case 'recovered': {
      const { lengthMs, awayMs } = event;
      return {
        ...common,
        title: text.recovered(unit, name),
        description: awayMs > 0 ? text.downAtMost(lengthMs, awayMs) : text.downFor(lengthMs),
        tone: 'good',
        fields: [length(lengthMs, context), since(), probeField(told, context), ...unitField(told, context)],
      };
    }
    case 'down':
      return {
        ...common,
        title: event.forGood ? text.downForGood(unit, name) : text.down(unit, name),
        description: reason(told, event, context),
        tone: 'bad',
        fields: [
          since(),
          probeField(told, context),
          ...unitField(told, context),
          linkField(told, context),
          ...mendFields(state.verdict.mend, context),
        ],
      };
    case 'crash-looping':
      return {
        ...common,
        title: crashes(event) ? text.looping(unit, name) : text.unsteady(unit, name),
        description: text.loops(event.falls, event.restarts, at.mono - event.since.mono),
        tone: 'bad',
        fields: [
          since(),
          ...unitField(told, context),
          { name: text.fields.verdict, value: plain(verdictSentence(state, at.mono, context.text)) },
          ...mendFields(loopMend(event, state), context),
        ],
      };
    case 'stable':
      return {
        ...common,
        title: text.stable(unit, name),
        description: text.loopOver(event.falls, event.lengthMs),
        tone: 'good',
        fields: [length(event.lengthMs, context), since(), probeField(told, context)],
      };
    case 'blind':
      return {
        ...common,
        title: text.blind(name),
        description: text.stillServes,
        tone: 'warning',
        fields: [since(), probeField(told, context), linkField(told, context)],
      };
    case 'sighted':
      return {
        ...common,
        title: text.sighted(name),
        description: text.unseenFor(event.lengthMs),
        tone: 'quiet',
        fields: [length(event.lengthMs, context), since(), ...unitField(told, context)],
      };
  }
}

/**
 * Why it is down, in the first words that are read: the verdict, since the probe's own finding is but a symptom (a
 * stopped unit is "rejected by a firewall"). Without sight of the host, both.
 */
function reason(
  { state, at }: Told,
  { cause, forGood }: Extract<Judged, { kind: 'down' }>,
  { text }: AlertContext,
): string {
  const { alert } = text.watch;
  const { broken } = state.verdict;
  const seen = broken === null ? null : sentence(plain(verdictSentence(state, at.mono, text)));
  const symptom = broken === null || broken === 'link' ? sentence(alert.cause(cause)) : null;
  return [forGood ? alert.gaveUp : null, symptom, seen].filter((part) => part !== null).join(' ');
}

function sentence(words: string): string {
  const end = /[.!?…]$/.test(words) ? '' : '.';
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}${end}`;
}

function length(ms: number, { text }: AlertContext): AlertField {
  return { name: text.watch.alert.fields.length, value: text.console.format.duration(ms), short: true };
}

function probeField({ state }: Told, { text }: AlertContext): AlertField {
  const { address, port, samples } = state.probe;
  const newest = samples.at(-1);
  const status = newest === undefined ? text.console.probe.none : text.console.probe.status[newest.status];
  const place = plain(harmless(placeOf({ address, port })));
  return { name: text.watch.alert.fields.probe, value: `${place} ${status}`, short: true };
}

/** Nothing where the unit cannot be seen: what it was is not what it is. */
function unitField({ state }: Told, { text }: AlertContext): readonly AlertField[] {
  if (state.link.state !== 'live' || state.service === null) return [];
  const { active, sub, result } = state.service.value;
  const why = result === 'success' ? '' : `, ${result}`;
  const value = plain(harmless(`${active} (${sub})${why}`, 200));
  return [{ name: text.watch.alert.fields.unit, value, short: true }];
}

function linkField({ state }: Told, { text }: AlertContext): AlertField {
  const words = text.watch.alert;
  const live = state.link.state === 'live';
  const value = live ? words.linkLive : plain(words.linkLost(linkDetail(state, text)));
  return { name: words.fields.link, value, short: true };
}

function mendFields(mend: Mend | null, { text }: AlertContext): readonly AlertField[] {
  if (mend === null) return [];
  const advice = text.verdict.advice(mend);
  const command = mend.command === null ? null : code(harmless(mend.command, 500));
  const value = [advice === null ? null : plain(advice), command].filter((part) => part !== null).join('\n');
  return value === '' ? [] : [{ name: text.watch.alert.fields.mend, value }];
}
