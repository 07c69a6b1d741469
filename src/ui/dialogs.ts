/** The questions asked before something harmful, and which scope a port is opened or closed in. Pure. */
import type { Restraint } from '../ops/caution/restraint.ts';

import { accessTo, closingCommand, keptOutOtherwise, openOtherwise } from '../ops/firewall/access.ts';
import type { Because } from '../ops/firewall/maybe.ts';
import type { ZoneSettings } from '../ops/host.ts';
import { portOpen } from '../ops/zone.ts';
import type { Command } from '../state/session.ts';
import type { ConsoleState } from '../state/store.ts';
import type { Catalogue } from '../text/catalogue.ts';
import type { Choice, Overlay } from './view.ts';

type Dialog = Overlay & { readonly kind: 'dialog' };
type HarmfulVerb = 'stop' | 'restart' | 'kill' | 'disable' | 'drill';

/** Yes or No, No being chosen. */
export function confirmation(
  verb: HarmfulVerb,
  state: ConsoleState,
  { console: text, caution }: Catalogue,
): Dialog {
  const words = text.dialog;
  // A drill ends with a connection and a question.
  const restraint = verb === 'drill' ? restraintIn(state, 'ask') : null;
  const command: Command = verb === 'drill' ? { type: 'drill' } : { type: 'service', verb };
  return {
    kind: 'dialog',
    question: words.question(words.verbs[verb], state.subject.unit, state.host.label),
    notes: [...notesFor(verb, state, text), ...(restraint === null ? [] : [caution.consequence(restraint)])],
    choices: [
      { label: words.no, keys: words.keys.no, commands: [] },
      {
        label: words.yes,
        keys: words.keys.yes,
        commands: [command],
        ...(verb === 'drill' ? { opensDrill: true } : {}),
      },
    ],
    chosen: 0,
    harmful: true,
  };
}

/** Why it is not dialled, or not asked; null where it is, or will be in a moment. */
export function restraintIn({ probe, subject }: ConsoleState, what: 'connect' | 'ask'): Restraint | null {
  const { connect, ask } = probe.restraints;
  const why = what === 'ask' && subject.asksAnswers ? ask : connect;
  return why?.code === 'looking' ? null : why;
}

function notesFor(verb: HarmfulVerb, state: ConsoleState, text: Catalogue['console']): string[] {
  const words = text.dialog.notes;
  const service = state.service?.value ?? null;
  if (verb !== 'kill' && verb !== 'drill') return [words[verb]];
  const pid = service === null || service.mainPid === 0 ? '' : text.dialog.pidNote(service.mainPid);
  const notes = verb === 'drill' ? [words.drill] : [words.kill(pid)];
  if (service !== null) {
    notes.push(
      service.restart === 'no'
        ? words.staysDown
        : words.restartsAfter(text.format.wait(service.restartSecMs)),
    );
  }
  return notes;
}

/** Before a connection that would do harm: Yes dials, or sends what was typed. */
export function dialDialog(
  restraint: Restraint,
  command: Command,
  { subject, host }: ConsoleState,
  { console: text, caution }: Catalogue,
): Dialog {
  const words = text.dialog;
  return {
    kind: 'dialog',
    question: words.question(words.verbs.dial, subject.unit, host.label),
    notes: [caution.consequence(restraint), caution.mend],
    choices: [
      { label: words.no, keys: words.keys.no, commands: [] },
      { label: words.yes, keys: words.keys.yes, commands: [command] },
    ],
    chosen: 0,
    harmful: true,
  };
}

/** Which scope the port is opened or closed in; null while no zone is known. */
export function portDialog(open: boolean, state: ConsoleState, text: Catalogue['console']): Dialog | null {
  if (state.firewall === null) return null;
  const { firewall, interfaces, subject, way } = state;
  const target = { address: subject.address, port: subject.port, way };
  const { zone } = accessTo(firewall.value, interfaces, target);
  if (zone === null) return null;
  const otherwise = openOtherwise(firewall.value, interfaces, target);
  const words = text.dialog;
  const port = `${state.subject.port}/tcp`;
  const runtime: Command = { type: 'port', open, scope: 'runtime' };
  const permanent: Command = { type: 'port', open, scope: 'permanent' };
  // What lacks alone is what the verdict asks for: Enter must not open again what is open.
  const isOpen = (settings: ZoneSettings | null): boolean | null =>
    settings === null ? null : portOpen(settings, state.subject.port);
  const listed = (settings: ZoneSettings | null): boolean =>
    settings?.ports.some(({ port, protocol }) => port === `${subject.port}` && protocol === 'tcp') ?? false;
  const [now, kept] = [isOpen(zone.runtime), isOpen(zone.permanent)];
  const missing = now === true && kept !== true ? permanent : runtime;
  const idle = now === open && kept === open;
  const shut = open ? keptOutOtherwise(firewall.value, interfaces, target) : { now: null, later: null };
  // To open it as well, or to close what is not what lets us in, changes nothing.
  const still = otherwise.now ?? (open ? null : otherwise.later);
  const futile =
    still !== null && (open ? otherwise.later !== null : !listed(zone.runtime) && !listed(zone.permanent));
  // It may be for others that it is opened: what keeps us out is said, and nothing withheld.
  const blocked = shut.now ?? shut.later;
  const helps = shut.now === null || shut.later === null;
  const notes =
    blocked !== null ? keptOutNotes(blocked, text) : still === null ? [] : otherwiseNotes(open, still, text);
  const choices: Choice[] = [{ label: words.cancel, keys: words.keys.no, commands: [] }];
  const changes: Choice[] = [
    { label: words.runtime, keys: words.keys.runtime, commands: [runtime] },
    { label: words.permanent, keys: words.keys.permanent, commands: [permanent] },
    { label: words.both, keys: words.keys.both, commands: [runtime, permanent] },
  ];
  if (!futile) choices.push(...changes);
  return {
    kind: 'dialog',
    question: open
      ? words.openPort(port, zone.name, state.host.label)
      : words.closePort(port, state.subject.unit, zone.name, state.host.label),
    notes: [
      ...notes,
      ...(idle && notes.length === 0 ? [open ? words.isOpen : words.isClosed] : []),
      ...(open || idle || notes.length > 0 ? [] : [words.closeNote]),
      ...(futile ? [] : [words.openNote]),
    ],
    choices,
    chosen:
      open && !idle && !futile && helps ? choices.findIndex((choice) => choice.commands[0] === missing) : 0,
    harmful: !open,
  };
}

function otherwiseNotes(open: boolean, by: Because, text: Catalogue['console']): string[] {
  const what = text.firewall.by(by);
  if (open) return [text.dialog.openOtherwise(what)];
  const command = closingCommand(by);
  return [text.dialog.staysOpen(what), ...(command === null ? [] : [command])];
}

function keptOutNotes(by: Because, text: Catalogue['console']): string[] {
  const command = closingCommand(by);
  const said = text.dialog.staysShut(text.firewall.by(by));
  return command === null ? [said] : [said, command];
}
