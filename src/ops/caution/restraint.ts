/** Whether a service may be dialled at all: what its program shows, what dialling did to it, what the user says. Pure. */
import { readPython } from '../checks/python-source.ts';
import type { ProgramFacts, ServiceFacts } from '../host.ts';
import { acceptsOnce } from './python-accept.ts';

/** `connect`: dialled whatever is known of it; `look`: looked at without; `off`: not even that. null: as it is found. */
export type ProbeSetting = 'connect' | 'look' | 'off';

/** What a program shows of how many clients it serves. */
export interface ProgramLook {
  readonly stamp: string;
  /** `one`: it serves one client and leaves; `unknown`: it could not be read. */
  readonly serves: 'one' | 'many' | 'unknown';
  /** Where it accepts its only client; null unless it serves one. */
  readonly place: { readonly path: string; readonly line: number } | null;
}

/** What a connection of ours did to the service. */
export interface Effect {
  /** `ended`: its process did, `restarts`: and systemd starts it again; `deaf`: it lives and listens no more. */
  readonly how: 'ended' | 'restarts' | 'deaf';
  readonly exit: ServiceFacts['exit'];
  /** Our end of it; port 0 where the host itself dialled for us. */
  readonly from: { readonly address: string; readonly port: number };
  /** Something was asked on it; else it only connected. */
  readonly asked: boolean;
  /** false: it happened once, and may be a coincidence. */
  readonly certain: boolean;
  /** The unit's run that it ended (InvocationID). */
  readonly invocation: string;
  /** The last line of what it printed as it died; null when it printed none, or none was read. Foreign. */
  readonly lastWords: string | null;
}

/** Why a service is not dialled, or not asked. */
export type Restraint =
  /** Its program is being read. */
  | { readonly code: 'looking' }
  | { readonly code: 'set'; readonly probe: 'look' | 'off' }
  | { readonly code: 'serves-one'; readonly path: string; readonly line: number }
  /** It is down until somebody connects: that would start it. */
  | { readonly code: 'asleep'; readonly socket: string }
  | { readonly code: 'ended-it'; readonly effect: Effect; readonly servesOne: boolean };

/** Of a program that could not be read. */
export const UNREAD: ProgramLook = { stamp: '', serves: 'unknown', place: null };

export interface Restraints {
  /** Why it is not connected to; null: it is. */
  readonly connect: Restraint | null;
  /** Why it is not asked anything; at least as much as for `connect`. */
  readonly ask: Restraint | null;
}

export const UNRESTRAINED: Restraints = { connect: null, ask: null };

/** What connections of ours did to it; null each when nothing, as far as known. */
export interface Effects {
  readonly connect: Effect | null;
  readonly ask: Effect | null;
}

export const NO_EFFECTS: Effects = { connect: null, ask: null };

export interface Grounds {
  readonly setting: ProbeSetting | null;
  /** null: not known yet. */
  readonly look: ProgramLook | null;
  readonly effects: Effects;
  /** The socket unit that a connection would start it by. @default null */
  readonly asleep?: string | null;
  /** The user has said so, knowing what it does. */
  readonly consent: boolean;
}

export function restraintsOf({ setting, look, effects, asleep = null, consent }: Grounds): Restraints {
  const servesOne = look?.serves === 'one';
  const because = (effect: Effect | null): Restraint | null =>
    effect === null ? null : { code: 'ended-it', effect, servesOne };
  if (setting === 'look' || setting === 'off') {
    const set: Restraint = { code: 'set', probe: setting };
    return consent ? UNRESTRAINED : { connect: set, ask: set };
  }
  if (consent) return UNRESTRAINED;
  // To connect was decided; a request that killed it is another matter.
  if (setting === 'connect') return { connect: null, ask: because(effects.ask) };
  const seen: Restraint | null =
    look?.serves === 'one' && look.place !== null ? { code: 'serves-one', ...look.place } : null;
  const sleeping: Restraint | null = asleep === null ? null : { code: 'asleep', socket: asleep };
  const connect =
    because(effects.connect) ?? seen ?? sleeping ?? (look === null ? ({ code: 'looking' } as const) : null);
  return { connect, ask: connect ?? because(effects.ask) };
}

export function lookAt({ path, text, python, stamp }: ProgramFacts): ProgramLook {
  if (text === null || !python) return { stamp, serves: 'unknown', place: null };
  const line = acceptsOnce(readPython(text));
  return line === null
    ? { stamp, serves: 'many', place: null }
    : { stamp, serves: 'one', place: { path, line } };
}
