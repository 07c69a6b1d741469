/** What each action of the table does: a command for the session, or a change of the view. */
import { mayControl } from '../ops/control.ts';
import type { ServiceVerb } from '../ops/host.ts';
import { type ActionId, actionOf, blocked } from './actions.ts';
import type { ConsoleController } from './controller.ts';
import { confirmation, dialDialog, portDialog, restraintIn } from './dialogs.ts';
import { EMPTY_LINE } from './input/line-editor.ts';
import { JOURNAL_ACTIONS } from './journal/perform.ts';
import { keyLabel } from './key-label.ts';
import { PANES, type PaneId } from './layout.ts';
import type { Overlay } from './view.ts';

export type Handler = (controller: ConsoleController) => void;

/** Does it, or says why it is off. */
export function perform(controller: ConsoleController, id: ActionId): void {
  const { session, text, keys } = controller.deps;
  const { toast, actions, keyNames } = text.console;
  const state = session.store.getState();
  const why = blocked(actionOf(id), state);
  const name = actions[id].hint;
  if (why === null) HANDLERS[id](controller);
  else if (why === 'link-down') controller.say(toast.linkDown(name), 'warning');
  else {
    const key = keyLabel(keys.keysOf('read-only')[0], keyNames);
    const { privilege } = state.host;
    const said =
      privilege.kind === 'none' && !mayControl(state.host)
        ? toast.noPrivilege(name, text.console.service.readOnly[privilege.reason], key)
        : toast.readOnly(name, key);
    controller.say(said, 'warning');
  }
}

const open =
  (overlay: Overlay): Handler =>
  (controller) =>
    controller.set({ overlay, toast: null });

const service =
  (verb: ServiceVerb): Handler =>
  (controller) => {
    controller.set({ toast: null });
    controller.deps.session.dispatch({ type: 'service', verb });
  };

const confirmed =
  (verb: Parameters<typeof confirmation>[0]): Handler =>
  (controller) => {
    const { session, text } = controller.deps;
    controller.set({ overlay: confirmation(verb, session.store.getState(), text) });
  };

const port =
  (opens: boolean): Handler =>
  (controller) => {
    const { session, text } = controller.deps;
    const overlay = portDialog(opens, session.store.getState(), text.console);
    if (overlay === null) controller.say(text.console.toast.noZone, 'warning');
    else controller.set({ overlay });
  };

const focus =
  (pane: PaneId): Handler =>
  (controller) =>
    controller.set({ focus: pane, typing: false });

const neighbour =
  (by: 1 | -1): Handler =>
  (controller) => {
    const at = PANES.indexOf(controller.view.getState().focus) + by + PANES.length;
    focus(PANES[at % PANES.length] ?? 'service')(controller);
  };

const type: Handler = (controller) => controller.set({ focus: 'calculator', typing: true });

const drill: Handler = (controller) => {
  // One is under way, or its result has not been seen: that first, before another is started.
  if (controller.deps.session.store.getState().drill !== null) open({ kind: 'drill', scroll: 0 })(controller);
  else confirmed('drill')(controller);
};

const reconnect: Handler = (controller) => {
  const { session, text } = controller.deps;
  const live = session.store.getState().link.state === 'live';
  session.dispatch({ type: 'reconnect' });
  const { linkIsLive, reconnecting } = text.console.toast;
  controller.say(live ? linkIsLive : reconnecting, live ? 'quiet' : 'accent');
};

const probeNow: Handler = (controller) => {
  const state = controller.deps.session.store.getState();
  const restraint = restraintIn(state, 'connect') ?? restraintIn(state, 'ask');
  if (restraint !== null) {
    const overlay = dialDialog(restraint, { type: 'dial-anyway' }, state, controller.deps.text);
    return controller.set({ overlay, toast: null });
  }
  controller.deps.session.dispatch({ type: 'probe-now' });
  controller.say(controller.deps.text.console.toast.probing, 'quiet');
};

const readOnly: Handler = (controller) => {
  const { session, text } = controller.deps;
  const on = !session.store.getState().readOnly;
  session.dispatch({ type: 'read-only', on });
  // What the session made of it counts: it may have a reason to stay read-only.
  const now = session.store.getState().readOnly;
  controller.say(now ? text.console.toast.readOnlyOn : text.console.toast.readOnlyOff, 'accent');
};

const search: Handler = (controller) => {
  const { journal } = controller.view.getState();
  controller.set({
    focus: 'journal',
    typing: false,
    journal: { ...journal, typing: EMPTY_LINE, query: '' },
  });
};

const HANDLERS: Readonly<Record<ActionId, Handler>> = {
  start: service('start'),
  stop: confirmed('stop'),
  restart: confirmed('restart'),
  kill: confirmed('kill'),
  drill,
  verdict: open({ kind: 'verdict', scroll: 0 }),
  reconnect,
  enable: service('enable'),
  disable: confirmed('disable'),
  'reset-failed': service('reset-failed'),
  'daemon-reload': service('daemon-reload'),
  'open-port': port(true),
  'close-port': port(false),
  'probe-now': probeNow,
  'read-only': readOnly,
  hosts: (controller) => {
    const here = controller.hosts.choices.findIndex((choice) => choice.here);
    open({ kind: 'hosts', query: EMPTY_LINE, chosen: Math.max(0, here), failure: null })(controller);
  },
  search,
  'focus-service': focus('service'),
  'focus-firewall': focus('firewall'),
  'focus-probe': focus('probe'),
  'focus-journal': focus('journal'),
  'focus-calculator': type,
  'next-pane': neighbour(1),
  'previous-pane': neighbour(-1),
  zoom: (controller) => controller.set({ zoomed: !controller.view.getState().zoomed }),
  palette: open({ kind: 'palette', query: EMPTY_LINE, chosen: 0 }),
  help: open({ kind: 'help', scroll: 0 }),
  quit: (controller) => controller.deps.quit(),
  ...JOURNAL_ACTIONS,
  'calculator-type': type,
};
