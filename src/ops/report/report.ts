/** A whole report: the proofs that were allowed, the checks, the commands, and the sections made of them. */

import { isIP } from 'node:net';
import type { Ask } from '../../calc/client.ts';
import { isWildcard } from '../address.ts';
import type { Restraint } from '../caution/restraint.ts';
import { addressForHere } from '../checks/answers.ts';
import type { Gathered, Subject } from '../checks/check.ts';
import { type CheckReport, runChecks } from '../checks/run.ts';
import { addressesOf, listenersOn } from '../checks/sockets.ts';
import type { Clock } from '../clock.ts';
import type { Connector } from '../connector.ts';
import type { DrillProgress } from '../drill/progress.ts';
import type { Host, HostInfo } from '../host.ts';
import { alarmsClear } from './alarms-clear.ts';
import { type Found, firstRound, secondRound } from './commands.ts';
import { type Demonstration, demonstrate } from './demonstrate.ts';
import type { Section } from './material.ts';
import { pacedHost } from './paced.ts';
import { sectionsOf } from './sections.ts';

export interface ReportWish {
  readonly host: Host;
  readonly connector: Connector;
  readonly clock: Clock;
  readonly subject: Subject;
  /** @default of a server that nothing is known of */
  readonly ask?: Ask;
  /** Kill the service and see it come back; stop and start it and see the port follow. */
  readonly withDrill: boolean;
  readonly onProgress: (progress: ReportProgress) => void;
  readonly signal: AbortSignal;
  /** Why the service is not dialled; null: it is. @default null */
  readonly restraint?: Restraint | null;
}

export type ReportProgress =
  | { readonly stage: 'drill'; readonly drill: DrillProgress }
  | { readonly stage: 'commands'; readonly ended: number };

export interface Report {
  readonly host: HostInfo;
  readonly subject: Subject;
  /** As the host calls itself; its label's where it does not say. */
  readonly hostname: string;
  /** When it was made, ms since the epoch. */
  readonly at: number;
  /** The drill that was made, for who wants to know how it went. */
  readonly drill: DrillProgress | null;
  /** What was done to the service for it. */
  readonly harm: Harm;
  readonly sections: readonly Section[];
}

export interface Harm {
  readonly killed: boolean;
  /** Stopped, and started again. */
  readonly stopped: boolean;
  /** Whether it runs now. */
  readonly running: boolean;
}

const AT_ONCE = 6;
const COMMAND_TIMEOUT_MS = 10_000;

/** @throws Failed `link-lost`; the signal's reason */
export async function makeReport(wish: ReportWish): Promise<Report> {
  const { connector, clock, subject, withDrill, onProgress, signal, restraint = null } = wish;
  const { info } = wish.host;
  const at = clock.wall();
  const onDrill = (drill: DrillProgress): void => onProgress({ stage: 'drill', drill });
  // First, so that all that follows shows the host as it is left.
  const demonstration = withDrill
    ? await demonstrate({ ...wish, address: await dialledAddress(wish), onDrill })
    : null;
  signal.throwIfAborted();
  if (demonstration !== null) await alarmsClear(wish.host, subject, clock, signal);

  const host = pacedHost(wish.host, {
    clock,
    atOnce: AT_ONCE,
    timeoutMs: COMMAND_TIMEOUT_MS,
    onEnded: (ended) => onProgress({ stage: 'commands', ended }),
  });
  const embedded = info.kind === 'demo';
  const [checks, first] = await Promise.all([
    runChecks({
      host,
      connector,
      clock,
      subject,
      signal,
      restraint,
      only: null,
      // Elsewhere the demonstration has proved it, with the commands that the exercise wants to see.
      mayStop: withDrill && embedded ? async () => true : null,
    }),
    embedded ? null : firstRound(host, subject, signal),
  ]);
  const second = embedded
    ? null
    : await secondRound(host, subject, foundIn(checks.facts, subject, restraint), signal);
  const { hostname } = checks.facts;
  return {
    host: info,
    subject,
    hostname: (hostname?.seen === true ? hostname.value.running : '') || info.label.replace(/^.*@/, ''),
    at,
    drill: demonstration?.drill ?? null,
    harm: harmOf(demonstration, checks),
    sections: sectionsOf({
      subject,
      sudo: info.privilege.kind !== 'root',
      checks,
      first,
      second,
      demonstration,
      restraint,
    }),
  };
}

/** Where the service is reached from here: that it is on the bridge alone is what the exercise wants in the end. */
async function dialledAddress({ host, subject }: ReportWish): Promise<string> {
  const { listeners } = await host.listeners.read(subject.port).catch(() => ({ listeners: [] }));
  return addressForHere(
    subject,
    listeners.map(({ address }) => address),
  );
}

function foundIn(
  { service, sockets }: Gathered,
  { port, asksAnswers }: Subject,
  restraint: Restraint | null,
): Found {
  const mainPid = service?.seen === true ? service.value.mainPid : 0;
  const addresses = sockets?.seen === true ? addressesOf(listenersOn(sockets.value, port)) : [];
  const address = addresses.find((one) => !isWildcard(one)) ?? (addresses.length > 0 ? '127.0.0.1' : null);
  // It goes into a program's text: nothing but an address does.
  const usable = asksAnswers && restraint === null && address !== null && isIP(address) !== 0;
  return { mainPid, clientAddress: usable ? address : null };
}

function harmOf(demonstration: Demonstration | null, { results, facts }: CheckReport): Harm {
  const steps = demonstration?.drill.steps ?? [];
  const follows = results.find(({ id }) => id === 'firewall-follows')?.finding.code;
  return {
    killed: steps.some(({ name, state }) => name === 'killed' && state === 'done'),
    stopped: demonstration !== null && (demonstration.follows !== null || follows === 'follows'),
    running: facts.service?.seen === true && facts.service.value.active === 'active',
  };
}
