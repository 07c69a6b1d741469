/** The state in which nothing is known yet but the link, and perhaps what the probe saw. */
import type { HostInfo } from '../ops/host.ts';
import type { ProbeFacts } from '../ops/probe/facts.ts';
import { noProbeFacts } from '../ops/probe/stats.ts';
import { judge } from '../ops/verdict/verdict.ts';
import { verdictFacts } from './facts.ts';
import type { ConsoleState, LinkState, Subject } from './store.ts';

export interface BlankStateOptions {
  readonly subject: Subject;
  readonly host: HostInfo;
  readonly link: LinkState;
  readonly readOnly: boolean;
  /** @default a probe that has seen nothing */
  readonly probe?: ProbeFacts;
}

export function blankState({ subject, host, link, readOnly, probe }: BlankStateOptions): ConsoleState {
  const state: Omit<ConsoleState, 'verdict'> = {
    subject,
    host,
    link,
    service: null,
    serviceFailure: null,
    firewall: null,
    firewallFailure: null,
    listeners: null,
    listenersFailure: null,
    interfaces: null,
    way: null,
    probe: probe ?? noProbeFacts(subject.address, subject.port),
    netdata: null,
    journalVersion: 0,
    journalFailure: null,
    calculations: [],
    keptConnection: false,
    actions: [],
    drill: null,
    readOnly,
  };
  const beside = { listenersSettling: false, changedMono: Number.NEGATIVE_INFINITY };
  return { ...state, verdict: judge(verdictFacts(state, beside)) };
}
