/** One function a rung: what that layer looks like by itself, before the ladder weighs it. */
import { isLoopback, isWildcard, plainAddress } from '../address.ts';
import type { Effect, Restraint } from '../caution/restraint.ts';
import type { ListenerFacts, ServiceFacts } from '../host.ts';
import type { AnswerCheck, ProbeSample } from '../probe/facts.ts';
import { isAwaitingSign, wakingSocket } from '../start-type.ts';
import type { Evidence, Rung, RungId, RungState, VerdictFacts } from './ladder.ts';

function rung(id: RungId, state: RungState, evidence: Evidence): Rung {
  return { id, state, evidence };
}

export function linkRung({ link }: VerdictFacts): Rung {
  switch (link.state) {
    case 'live':
      return rung('link', 'ok', { code: 'link-live', roundTripMs: link.roundTripMs });
    case 'lost':
      return rung('link', 'broken', { code: 'link-lost', detail: link.detail, sinceMono: link.sinceMono });
    case 'connecting':
      return rung('link', 'unknown', { code: 'link-connecting' });
  }
}

export function unitRung(seen: VerdictFacts): Rung {
  const { service, serviceFailure } = seen;
  const { unit } = seen.subject;
  if (service === null) {
    return serviceFailure?.code === 'no-such-unit'
      ? rung('unit', 'broken', { code: 'unit-missing', unit })
      : rung('unit', 'unknown', { code: 'not-looked' });
  }
  const facts = service.value;
  const unloaded = unloadedUnit(facts, unit);
  if (unloaded !== null) return rung('unit', 'broken', unloaded);
  if (listensUnready(seen)) return rung('unit', 'broken', { code: 'unit-not-ready', type: facts.type });
  const evidence = activeEvidence(facts, unit);
  if (evidence.code === 'unit-asleep') return rung('unit', 'ok', evidence);
  if (evidence.code !== 'unit-running')
    return rung('unit', 'broken', byUs(seen, ['ended', 'restarts']) ?? evidence);
  return facts.needsReload
    ? rung('unit', 'warning', { code: 'unit-needs-reload', unit })
    : rung('unit', 'ok', evidence);
}

/** What a connection of ours did to the unit's last run, where it was one of these. */
function byUs({ service, probe }: VerdictFacts, how: readonly Effect['how'][]): Evidence | null {
  const { effect, restraints } = probe;
  if (effect === null || service === null || !how.includes(effect.how)) return null;
  // A unit that has run since then is down for another reason.
  if (effect.invocation !== service.value.invocationId) return null;
  const why = restraints.connect ?? restraints.ask;
  return { code: 'ended-by-us', effect, servesOne: why?.code === 'ended-it' && why.servesOne };
}

/** The server is up, and nothing is left that it would do before it gives its sign. */
function listensUnready({ service, listeners, listenersSettling, subject }: VerdictFacts): boolean {
  if (service === null || listeners === null || listenersSettling) return false;
  return isAwaitingSign(service.value) && addressesOn(listeners.value, subject.port).length > 0;
}

/** A unit that runs although its file is gone or spoilt is judged by how it runs. */
function unloadedUnit(facts: ServiceFacts, unit: string): Evidence | null {
  if (facts.active === 'active' || facts.active === 'activating') return null;
  switch (facts.load) {
    case 'loaded':
    case 'stub':
    case 'merged':
      return null;
    case 'not-found':
      return { code: 'unit-missing', unit };
    case 'masked':
      return { code: 'unit-masked', unit };
    default:
      return { code: 'unit-bad', unit, load: facts.load };
  }
}

function activeEvidence(facts: ServiceFacts, unit: string): Evidence {
  switch (facts.active) {
    case 'active':
    case 'reloading':
    case 'refreshing':
      return { code: 'unit-running', pid: facts.mainPid };
    case 'activating':
      // `auto-restart`, and since systemd 254 `auto-restart-queued`.
      return facts.sub.startsWith('auto-restart')
        ? {
            code: 'unit-waiting-restart',
            restartAtMono: facts.restartAtMono,
            result: facts.result,
            exit: facts.exit,
          }
        : { code: 'unit-starting', sub: facts.sub };
    case 'deactivating':
      return { code: 'unit-stopping', sub: facts.sub };
    case 'failed':
    case 'maintenance':
      return { code: 'unit-failed', unit, result: facts.result, exit: facts.exit };
    case 'inactive':
      return downEvidence(facts, unit);
  }
}

function downEvidence(facts: ServiceFacts, unit: string): Evidence {
  const socket = wakingSocket(facts);
  if (socket !== null) return { code: 'unit-asleep', socket };
  const wentWell = facts.exit?.how === 'exited' && facts.exit.status === 0;
  return facts.type === 'oneshot' && wentWell ? { code: 'unit-done' } : { code: 'unit-stopped', unit };
}

export function listenerRung(facts: VerdictFacts): Rung {
  const { subject, listeners, listenersFailure, listenersSettling } = facts;
  const { port, address: wanted } = subject;
  if (listenersFailure !== null) return rung('listener', 'unknown', { code: 'listeners-unreadable' });
  if (listeners === null) return rung('listener', 'unknown', { code: 'not-looked' });
  const addresses = addressesOn(listeners.value, port);
  const [first] = addresses;
  if (first === undefined) {
    return listenersSettling
      ? rung('listener', 'unknown', { code: 'not-listening-yet', port })
      : rung(
          'listener',
          'broken',
          byUs(facts, ['deaf']) ?? {
            code: 'not-listening',
            port,
            running: facts.service?.value.active === 'active',
          },
        );
  }
  const serving = addresses.find((address) => serves(address, wanted, facts));
  if (serving !== undefined) return rung('listener', 'ok', { code: 'listening', address: serving, port });
  return addresses.every(isLoopback)
    ? rung('listener', 'broken', { code: 'listening-loopback-only', address: first, port, wanted })
    : rung('listener', 'broken', { code: 'listening-elsewhere', addresses, port, wanted });
}

const DOWN: ReadonlySet<Evidence['code']> = new Set(['unit-stopped', 'unit-failed', 'unit-waiting-restart']);

/** A unit that is down, and its port that something else was seen to hold since then; else null. */
export function portTakenRung(facts: VerdictFacts, unit: Rung): Rung | null {
  const { subject, listeners, listenersFailure, listenersSettling } = facts;
  if (!DOWN.has(unit.evidence.code) || listeners === null) return null;
  if (listenersFailure !== null || listenersSettling || listeners.atMono < unitSince(facts)) return null;
  if (addressesOn(listeners.value, subject.port).length === 0) return null;
  return rung('listener', 'warning', { code: 'port-taken', port: subject.port });
}

function addressesOn(listeners: ListenerFacts, port: number): readonly string[] {
  return listeners.listeners
    .filter((listener) => listener.port === port)
    .map((listener) => plainAddress(listener.address));
}

/** Whether a listener on `address` takes connections made to `wanted`. */
function serves(address: string, wanted: string, { interfaces }: VerdictFacts): boolean {
  if (address === plainAddress(wanted) || isWildcard(address)) return true;
  if (isLoopback(address)) return wanted === 'localhost';
  // Dialled by a name, or by an address that is not the host's own (forwarded): any outward one may do.
  const isName = !/^[\d.]+$|:/.test(wanted);
  const forwarded = interfaces !== null && !interfaces.some((held) => held.address === wanted);
  return isName || forwarded;
}

/** The unit as it is now began then: what was seen of the service before that says nothing about it. */
function unitSince({ service }: VerdictFacts): number {
  if (service === null || service.value.sinceMono === null) return Number.NEGATIVE_INFINITY;
  // The host's time is shifted onto our clock by an estimate: it cannot lie after its own arrival.
  return Math.min(service.value.sinceMono, service.atMono);
}

/** Since when what was seen is about the service as it is. */
function validSince(facts: VerdictFacts): number {
  const lost = facts.link.state === 'lost' ? facts.link.sinceMono : Number.NEGATIVE_INFINITY;
  return Math.max(unitSince(facts), lost);
}

/** What is known of the way to a service that is not dialled: whoever else has come by it. */
function untriedRung({ probe }: VerdictFacts, why: Restraint): Rung {
  if (why.code === 'looking') return rung('network', 'unknown', { code: 'not-looked' });
  const peer = probe.looked?.peer ?? null;
  if (peer !== null) {
    const { address: peerAddress, port: peerPort } = peer;
    return rung('network', 'ok', { code: 'others-connect', peerAddress, peerPort, why });
  }
  // What the settings say is no fault of the service.
  return rung('network', why.code === 'set' ? 'unknown' : 'warning', { code: 'not-dialled', why });
}

export function networkRung(facts: VerdictFacts): Rung {
  const { connect: why } = facts.probe.restraints;
  if (why !== null) return untriedRung(facts, why);
  const sample = facts.probe.samples.at(-1);
  const since = Math.max(validSince(facts), facts.changedMono);
  if (sample === undefined || sample.atMono < since) {
    return rung('network', 'unknown', { code: 'not-looked' });
  }
  const { address, port } = facts.probe;
  if (opened(sample)) return rung('network', 'ok', { code: 'connects', address, port, ms: sample.ms });
  const code = sample.status === 'open' ? 'filtered' : sample.status;
  return rung('network', 'broken', { code, address, port });
}

function opened(sample: ProbeSample): sample is ProbeSample & { readonly ms: number } {
  return sample.status === 'open' && sample.ms !== null;
}

export function answerRung(facts: VerdictFacts): Rung {
  const { connect, ask: why } = facts.probe.restraints;
  if (facts.subject.asksAnswers && why !== null && why.code !== 'looking') {
    // It can be connected to, and a request ends it: that is its fault, not ours.
    const state = connect === null && why.code === 'ended-it' ? 'broken' : 'skipped';
    return rung('answer', state, { code: 'answer-withheld', why });
  }
  const { answer, samples } = facts.probe;
  const last = samples.at(-1);
  const cutOff = last !== undefined && last.status !== 'open' ? last.atMono : Number.NEGATIVE_INFINITY;
  if (answer === null || answer.atMono < Math.max(validSince(facts), cutOff)) {
    const code = facts.subject.asksAnswers ? 'not-looked' : 'answer-not-asked';
    return rung('answer', facts.subject.asksAnswers ? 'unknown' : 'skipped', { code });
  }
  return rung('answer', answer.state === 'right' ? 'ok' : 'broken', answerEvidence(answer));
}

function answerEvidence(answer: AnswerCheck): Evidence {
  switch (answer.state) {
    case 'right':
      return { code: 'answer-right', ms: answer.ms, dialect: answer.dialect };
    case 'wrong': {
      const { expression, expected, got } = answer;
      return { code: 'answer-wrong', expression, expected, got };
    }
    case 'mute':
      return answer.heldBy === null
        ? { code: 'answer-mute', waitedMs: answer.waitedMs }
        : { code: 'answer-held', peerAddress: answer.heldBy.address, peerPort: answer.heldBy.port };
    case 'closed':
      return { code: 'answer-closed' };
  }
}
