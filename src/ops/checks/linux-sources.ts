/** Every fact of a Linux host, each from the command that shows it. */
import { isLoopback, isWildcard } from '../address.ts';
import { type Asking, askFromHere, askFromHost } from './answers.ts';
import { type Asker, createAsker } from './asker.ts';
import { rolesOf } from './cards.ts';
import { type Fact, seen, unseen } from './facts.ts';
import type { Get, Sources } from './gather.ts';
import { failed, machineSources } from './linux-machine.ts';
import { unitSources } from './linux-unit.ts';
import { watchSources } from './linux-watch.ts';
import { addressesOf, listenersOn, parseSockets, type Socket } from './sockets.ts';
import { untilListening } from './until-listening.ts';

export function linuxSources(asking: Asking): Sources {
  const { host, subject, clock, signal } = asking;
  const ask = createAsker(host, signal, 'C', asking.clock);
  return {
    ...machineSources({ ask, subject, user: host.info.user, overSsh: host.info.kind === 'ssh' }),
    ...unitSources(ask, subject),
    ...watchSources(ask, asking),
    ...answerSources(asking),
    sockets: (get) =>
      untilListening((attempt) => readSockets(ask, attempt), get, { port: subject.port, clock, signal }),
    listenAddress: (get) => listenAddress(get, asking),
  };
}

async function readSockets(ask: Asker, attempt: number): Promise<Fact<readonly Socket[]>> {
  const said = await ask(['ss', '-ltunp'], { root: true, attempt });
  return said.code === 0 ? seen(parseSockets(said.stdout), said.evidence) : failed(said);
}

/** The two questions: one after the other, since the server takes one client at a time. */
export function answerSources(asking: Asking): Sources {
  const { subject, restraint = null } = asking;
  let turn: Promise<unknown> = Promise.resolve();
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = turn.then(work, work);
    turn = mine;
    return mine;
  }
  return {
    async answerFromHost(get) {
      if (!subject.asksAnswers) return unseen({ code: 'not-asked' });
      if (restraint !== null) return unseen({ code: 'not-dialled', why: restraint });
      const sockets = await get('sockets');
      if (!sockets.seen) return sockets;
      if (listenersOn(sockets.value, subject.port).length === 0)
        return unseen({ code: 'after', id: 'listens' });
      return inTurn(() => askFromHost(asking, sockets.value));
    },
    async answerFromHere(get) {
      if (!subject.asksAnswers) return unseen({ code: 'not-asked' });
      if (restraint !== null) return unseen({ code: 'not-dialled', why: restraint });
      const sockets = await get('sockets');
      if (sockets.seen && listenersOn(sockets.value, subject.port).length === 0) {
        return unseen({ code: 'after', id: 'listens' });
      }
      return inTurn(() => askFromHere(asking, sockets.seen ? sockets.value : null));
    },
  };
}

/** Where others reach the service: the address it listens on, the bridge's for a wildcard. */
async function listenAddress(get: Get, { subject }: Asking) {
  const [sockets, cards, routes] = await Promise.all([get('sockets'), get('cards'), get('routes')]);
  const held = sockets.seen ? addressesOf(listenersOn(sockets.value, subject.port)) : [];
  const outward = held.find((address) => !isWildcard(address) && !isLoopback(address));
  if (outward !== undefined) return seen(outward);
  const bridge = cards.seen
    ? rolesOf(cards.value, routes.seen ? routes.value : null, null, subject.expected).bridge
    : null;
  return seen(subject.address ?? bridge?.address ?? subject.hostAddress);
}
