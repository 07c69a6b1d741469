/** `tp5-tui probe`: TCP latency of the service from this machine, a line a probe and a summary; no SSH. */
import type { Connector } from '../ops/connector.ts';
import type { ProbeSample } from '../ops/probe/facts.ts';
import { createOwnPorts } from '../ops/probe/ports.ts';
import { startProbe } from '../ops/probe/probe.ts';
import type { Catalogue } from '../text/catalogue.ts';
import { harmless } from '../text/foreign.ts';
import { placeOf } from '../text/pieces.ts';
import { openPromptTerminal, type PromptTerminal } from './ask.ts';
import { type Invocation, UsageError } from './invocation.ts';
import { type Io, writeJson } from './io.ts';
import { heldBack } from './look-first.ts';
import { type Paint, painter } from './paint.ts';
import { createTally, type Tally } from './probe-tally.ts';
import { realTools, type Tools, withHost } from './with-host.ts';

export interface ProbeOptions {
  readonly count?: string;
  readonly interval?: string;
  readonly json?: boolean;
}

interface Target {
  readonly address: string;
  readonly port: number;
}

const DEFAULT_INTERVAL_MS = 2000;
const SHORTEST_INTERVAL_MS = 200;

/**
 * @returns the exit code: 0 when no probe failed, else 1; the signal that ended it, after the summary
 * @throws UsageError; Failed `ssh-config`
 */
export async function runProbe(
  invocation: Invocation,
  options: ProbeOptions,
  io: Io,
  tools: Tools = realTools,
  openTerminal: () => PromptTerminal | null = openPromptTerminal,
): Promise<number> {
  const wishes = readWishes(options, invocation.text);
  if (invocation.via === 'demo') {
    // The embedded host and its imagined firewall are part of this very process.
    return withHost({ invocation, io, tools }, ({ subject, connector }) =>
      probeOn(subject, connector, wishes, invocation.text, io, tools),
    );
  }
  const { address, host, port } = invocation.target;
  if (address === null && host === null && invocation.via === 'ssh') {
    throw new UsageError(invocation.text.commands.probe.nowhere);
  }
  const asked = options.json === true ? null : openTerminal;
  if ((await heldBack(invocation, io, tools, asked, false)) !== null) return 1;
  const found =
    address ??
    (host === null || invocation.via === 'local'
      ? await tools.servedHere(port)
      : await tools.hostName(host, io.signal));
  return probeOn({ address: found, port }, tools.connector, wishes, invocation.text, io, tools);
}

interface Wishes {
  /** null: until a signal. */
  readonly count: number | null;
  readonly intervalMs: number;
  readonly json: boolean;
}

function readWishes({ count, interval, json }: ProbeOptions, { commands }: Catalogue): Wishes {
  if (count !== undefined && !/^[1-9]\d{0,8}$/.test(count)) {
    throw new UsageError(commands.usage.badCount('-c', 1, count));
  }
  const seconds = /^\d{1,6}([.,]\d{1,3})?$/.test(interval ?? '') ? Number(interval?.replace(',', '.')) : null;
  const intervalMs = interval === undefined ? DEFAULT_INTERVAL_MS : (seconds ?? 0) * 1000;
  if (intervalMs < SHORTEST_INTERVAL_MS) throw new UsageError(commands.usage.badInterval(interval ?? ''));
  return { count: count === undefined ? null : Number(count), intervalMs, json: json === true };
}

async function probeOn(
  target: Target,
  connector: Connector,
  { count, intervalMs, json }: Wishes,
  text: Catalogue,
  io: Io,
  { clock }: Tools,
): Promise<number> {
  const place = harmless(placeOf(target));
  const paint = painter(io.colour);
  const tally = createTally();
  const { promise: counted, resolve: done } = Promise.withResolvers<void>();
  let last: ProbeSample | null = null;

  function take(sample: ProbeSample): void {
    if (tally.sent === count) return;
    last = sample;
    tally.add(sample);
    if (json) writeJson(io.stdout, sampleDocument(sample, tally.sent, target));
    else io.stdout.write(`${sampleLine(sample, tally.sent, place, text, paint)}\n`);
    if (tally.sent === count) done();
  }

  if (!json) io.stdout.write(`${text.commands.probe.heading(place)}\n`);
  const probe = startProbe({
    connector,
    clock,
    target,
    intervalMs,
    ask: null,
    ports: createOwnPorts(),
    // Nobody holds a link: an error that comes at once is an answer all the same, a firewall's most likely.
    linkLive: () => true,
    look: async () => null,
    onChange: ({ samples }) => {
      const newest = samples.at(-1);
      if (newest !== undefined && newest !== last) take(newest);
    },
  });
  const aborted = new Promise<void>((resolve) => {
    if (io.signal.aborted) resolve();
    io.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  await Promise.race([counted, aborted]);
  // What is in flight is given up; a reader that has gone is written to no more.
  void probe.stop();
  if (json) writeJson(io.stdout, { summary: tally.summary(), address: target.address, port: target.port });
  else io.stdout.write(`${summaryLines(tally, place, text)}\n`);
  return tally.open === tally.sent ? 0 : 1;
}

function sampleLine(
  sample: ProbeSample,
  number: number,
  place: string,
  text: Catalogue,
  paint: Paint,
): string {
  const { probe } = text.commands;
  if (sample.ms !== null) return probe.open(place, number, text.console.format.latency(sample.ms));
  return probe.failed(place, number, paint(text.console.probe.status[sample.status], 'bad'));
}

function sampleDocument(sample: ProbeSample, number: number, { address, port }: Target): object {
  return {
    at: new Date(sample.atWall).toISOString(),
    number,
    address,
    port,
    state: sample.status,
    ms: sample.ms === null ? null : Math.round(sample.ms * 1000) / 1000,
  };
}

function summaryLines(tally: Tally, place: string, text: Catalogue): string {
  const { probe } = text.commands;
  const { format } = text.console;
  const { min, p50, p95, max, outages, longestOutageMs } = tally.summary();
  const lines = [
    probe.summary(place),
    probe.counts(tally.sent, tally.open, format.percent(tally.sent === 0 ? 0 : 1 - tally.open / tally.sent)),
  ];
  if (min !== null && p50 !== null && p95 !== null && max !== null) {
    const { latency } = format;
    lines.push(probe.figures(latency(min), latency(p50), latency(p95), latency(max)));
  }
  if (outages > 0)
    lines.push(probe.outages(outages, longestOutageMs ? format.seconds(longestOutageMs) : null));
  return lines.join('\n');
}
