/** Why a service is not dialled, in English, and what is asked before it is. */
import type { Effect, Restraint } from '../../ops/caution/restraint.ts';
import { harmless } from '../foreign.ts';

const LONGEST = 200;
const said = (foreign: string) => harmless(foreign, LONGEST);

function how({ how: what, exit, asked, from }: Effect): string {
  const end =
    exit === null ? '' : exit.how === 'exited' ? ` with exit ${exit.status}` : ` of signal ${exit.status}`;
  const did = { ended: `ended${end}`, restarts: `ended${end} and restarted`, deaf: 'stopped listening' }[
    what
  ];
  const cause = asked ? 'a request of ours' : 'our connection';
  const place =
    from.port === 0 ? '' : ` from ${from.address === '' ? 'port ' : `${said(from.address)}:`}${from.port}`;
  return `${did} right after ${cause}${place}`;
}

/** What a connection of ours did, and what follows from that. */
function effect(seen: Effect, servesOne: boolean): string {
  const words = seen.lastWords === null ? '' : ` (${said(seen.lastWords)})`;
  const why = servesOne
    ? '; it serves one client and leaves'
    : seen.asked
      ? '; no request is sent to it any more'
      : seen.certain
        ? '; it is not dialled any more'
        : '; most likely because of it: it is not dialled any more';
  return `${how(seen)}${words}${why}`;
}

/** The reason alone, for behind “not dialled: ”. */
function reason(restraint: Restraint): string {
  switch (restraint.code) {
    case 'looking':
      return 'its program is being read';
    case 'set':
      return `probe = "${restraint.probe}" in the settings`;
    case 'asleep':
      return `it sleeps until somebody connects: ${said(restraint.socket)} would start it`;
    case 'serves-one':
      return 'it serves one client and leaves';
    case 'ended-it':
      return effect(restraint.effect, restraint.servesOne);
  }
}

export const caution = {
  effect,
  reason,
  notDialled: (restraint: Restraint): string => `not dialled: ${reason(restraint)}`,
  notAsked: (restraint: Restraint): string => `not asked: ${reason(restraint)}`,
  /** Where its code shows that. */
  place: (path: string, line: number): string =>
    `${path === '' ? 'its program' : said(path)} accepts once, in line ${line}, and in no loop`,
  /** What mends it, in the server or in the unit. */
  mend: 'put a loop around accept() in the server; Restart=always in the unit at least brings it back',
  /** At a terminal, before a command dials; the default is No. */
  question: (unit: string, restraint: Restraint): string =>
    `${said(unit)}: ${consequence(restraint)}\nDial it all the same? [y/N] `,
  consequence,
  /** Nobody could be asked, or the answer was No. */
  heldBack: (unit: string, restraint: Restraint): string =>
    `${said(unit)} is not dialled: ${reason(restraint)}. probe = "connect" in the settings dials it all the same`,
  /** The host did not let us look before. */
  unseen: (why: string): string => `its program could not be looked at before dialling: ${why}`,
};

/** In words that name what a connection does. */
function consequence(restraint: Restraint): string {
  switch (restraint.code) {
    case 'looking':
      return 'its program has not been read yet: a server that serves one client only would end of a connection.';
    case 'set':
      return `the settings say that it is not to be dialled (probe = "${restraint.probe}").`;
    case 'asleep':
      return `it sleeps until somebody connects. A connection of ours starts it, by ${said(restraint.socket)}.`;
    case 'serves-one':
      return 'it serves one client and leaves. A connection of ours is that client: it ends the service when we leave.';
    case 'ended-it':
      return `it ${how(restraint.effect)}. That will most likely happen again.`;
  }
}
