/**
 * The one table of everything the user can ask for: it gives the keys, the hints, the help, the
 * palette and what read-only switches off.
 */
import type { ConsoleState } from '../state/store.ts';
import type { PaneId } from './layout.ts';

/** Where an action's keys count: everywhere, or in one pane while it is focused. */
export type Scope = 'global' | PaneId;

/** Why an action is off right now. */
export type Blocked = 'read-only' | 'link-down';

export interface Action {
  readonly id: string;
  readonly keys: readonly string[];
  readonly scope: Scope;
  /** Changes something on the host: off in read-only and while the link is down. */
  readonly changesHost?: true;
  /** Asks first, No being the default. */
  readonly harmful?: true;
  /** Whether it makes sense now, for the hints; absent: always. */
  readonly suits?: (state: ConsoleState) => boolean;
  /** Which part of the help a global one stands in. @default 'console' */
  readonly group?: 'service' | 'port';
  /** Place in the line of hints, lowest first; absent: not hinted there. */
  readonly hint?: number;
}

const running = (state: ConsoleState): boolean => state.service?.value.active === 'active';
const stopped = (state: ConsoleState): boolean =>
  state.service !== null && ['inactive', 'failed'].includes(state.service.value.active);
const known = (state: ConsoleState): boolean => state.service !== null;

const ACTIONS = [
  {
    id: 'start',
    keys: ['s'],
    scope: 'global',
    group: 'service',
    changesHost: true,
    suits: stopped,
    hint: 10,
  },
  {
    id: 'stop',
    keys: ['t'],
    scope: 'global',
    group: 'service',
    changesHost: true,
    harmful: true,
    suits: (state) => known(state) && !stopped(state),
    hint: 11,
  },
  {
    id: 'restart',
    keys: ['r'],
    scope: 'global',
    group: 'service',
    changesHost: true,
    harmful: true,
    suits: known,
    hint: 12,
  },
  {
    id: 'kill',
    keys: ['K'],
    scope: 'global',
    group: 'service',
    changesHost: true,
    harmful: true,
    suits: running,
    hint: 13,
  },
  {
    id: 'drill',
    keys: ['d'],
    scope: 'global',
    group: 'service',
    changesHost: true,
    harmful: true,
    suits: (state) => running(state) || state.drill !== null,
    hint: 14,
  },
  { id: 'verdict', keys: ['v'], scope: 'global', hint: 15 },
  { id: 'reconnect', keys: ['c'], scope: 'global', suits: (state) => state.link.state === 'lost', hint: 1 },
  {
    id: 'enable',
    keys: ['e'],
    scope: 'global',
    group: 'service',
    changesHost: true,
    suits: (state) => state.service?.value.enabled === 'disabled',
    hint: 16,
  },
  { id: 'disable', keys: ['E'], scope: 'global', group: 'service', changesHost: true, harmful: true },
  {
    id: 'reset-failed',
    keys: ['F'],
    scope: 'global',
    group: 'service',
    changesHost: true,
    suits: (state) => state.service?.value.active === 'failed',
    hint: 9,
  },
  {
    id: 'daemon-reload',
    keys: ['D'],
    scope: 'global',
    group: 'service',
    changesHost: true,
    suits: (state) => state.service?.value.needsReload === true,
    hint: 8,
  },
  { id: 'open-port', keys: ['o'], scope: 'global', group: 'port', changesHost: true, hint: 31 },
  { id: 'close-port', keys: ['O'], scope: 'global', group: 'port', changesHost: true, harmful: true },
  { id: 'probe-now', keys: ['P'], scope: 'global', group: 'port' },
  { id: 'read-only', keys: ['R'], scope: 'global' },
  { id: 'hosts', keys: ['H'], scope: 'global' },
  { id: 'search', keys: ['/'], scope: 'global', hint: 20 },
  { id: 'focus-service', keys: ['1'], scope: 'global' },
  { id: 'focus-firewall', keys: ['2'], scope: 'global' },
  { id: 'focus-probe', keys: ['3'], scope: 'global' },
  { id: 'focus-journal', keys: ['4'], scope: 'global' },
  { id: 'focus-calculator', keys: ['5'], scope: 'global' },
  { id: 'next-pane', keys: ['tab'], scope: 'global' },
  { id: 'previous-pane', keys: ['shift+tab'], scope: 'global' },
  { id: 'zoom', keys: ['z'], scope: 'global' },
  { id: 'palette', keys: [':', 'ctrl+p'], scope: 'global', hint: 40 },
  { id: 'help', keys: ['?'], scope: 'global', hint: 21 },
  { id: 'quit', keys: ['q'], scope: 'global', hint: 22 },

  { id: 'journal-follow', keys: ['space', 'f'], scope: 'journal', hint: 2 },
  { id: 'journal-up', keys: ['up', 'k'], scope: 'journal' },
  { id: 'journal-down', keys: ['down', 'j'], scope: 'journal' },
  { id: 'journal-extend-up', keys: ['shift+up'], scope: 'journal' },
  { id: 'journal-extend-down', keys: ['shift+down'], scope: 'journal' },
  { id: 'journal-page-up', keys: ['pageup', 'ctrl+b'], scope: 'journal' },
  { id: 'journal-page-down', keys: ['pagedown', 'ctrl+f'], scope: 'journal' },
  { id: 'journal-oldest', keys: ['home', 'g'], scope: 'journal' },
  { id: 'journal-newest', keys: ['end', 'G'], scope: 'journal' },
  { id: 'journal-next', keys: ['n'], scope: 'journal' },
  { id: 'journal-previous', keys: ['N'], scope: 'journal' },
  { id: 'journal-priority', keys: ['p'], scope: 'journal', hint: 4 },
  { id: 'journal-fold', keys: ['x'], scope: 'journal' },
  { id: 'journal-wrap', keys: ['w'], scope: 'journal', hint: 6 },
  { id: 'journal-time', keys: ['T'], scope: 'journal' },
  { id: 'journal-mark', keys: ['m'], scope: 'journal' },
  { id: 'journal-copy', keys: ['y'], scope: 'journal', hint: 5 },
  { id: 'journal-detail', keys: ['enter'], scope: 'journal' },

  { id: 'calculator-type', keys: ['enter', 'i'], scope: 'calculator', hint: 2 },
] as const satisfies readonly Action[];

export type ActionId = (typeof ACTIONS)[number]['id'];

/** The table again, with each row's full type: `as const` alone hides the optional columns. */
export const ACTION_TABLE: readonly (Action & { readonly id: ActionId })[] = ACTIONS;

export function actionOf(id: ActionId): Action & { readonly id: ActionId } {
  const found = ACTION_TABLE.find((action) => action.id === id);
  if (found === undefined) throw new RangeError(id);
  return found;
}

/** Why the action is off now, or null when it may go ahead. */
export function blocked(
  action: Action,
  state: Pick<ConsoleState, 'readOnly' | 'link' | 'drill'>,
): Blocked | null {
  if (action.changesHost !== true) return null;
  // There is one to look at: that changes nothing.
  if (action.id === 'drill' && state.drill !== null) return null;
  if (state.readOnly) return 'read-only';
  if (state.link.state !== 'live') return 'link-down';
  return null;
}
