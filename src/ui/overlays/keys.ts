/** What a key does while an overlay is open: choose, scroll, filter, close. */
import type { ConsoleController } from '../controller.ts';
import { edit, insert } from '../input/line-editor.ts';
import type { KeyPress } from '../keys.ts';
import { perform } from '../perform.ts';
import type { Choice, Overlay } from '../view.ts';
import { hostItems } from './host-rows.ts';
import { paletteItems } from './palette-items.ts';

export function pressInOverlay(controller: ConsoleController, overlay: Overlay, press: KeyPress): void {
  if (overlay.kind === 'dialog') inDialog(controller, overlay, press);
  else if (overlay.kind === 'palette') inPalette(controller, overlay, press);
  else if (overlay.kind === 'hosts') inSwitcher(controller, overlay, press);
  else inReader(controller, overlay, press);
}

type Dialog = Overlay & { readonly kind: 'dialog' };

const BACK = ['left', 'up', 'shift+tab'];
const FORTH = ['right', 'down', 'tab'];

function inDialog(controller: ConsoleController, dialog: Dialog, press: KeyPress): void {
  const count = dialog.choices.length;
  const by = BACK.includes(press.chord) ? -1 : FORTH.includes(press.chord) ? 1 : 0;
  if (by !== 0) {
    controller.set({ overlay: { ...dialog, chosen: (dialog.chosen + by + count) % count } });
  } else if (press.chord === 'esc' || press.chord === 'q') {
    controller.set({ overlay: null });
  } else {
    const choice =
      press.chord === 'enter'
        ? dialog.choices[dialog.chosen]
        : dialog.choices.find(({ keys }) => keys.includes(press.chord.toLowerCase()));
    if (choice !== undefined) pick(controller, choice);
  }
}

function pick(controller: ConsoleController, choice: Choice): void {
  controller.set({ overlay: choice.opensDrill ? { kind: 'drill', scroll: 0 } : null, toast: null });
  for (const command of choice.commands) controller.deps.session.dispatch(command);
}

type Palette = Overlay & { readonly kind: 'palette' };

const STEPS: Readonly<Record<string, number>> = {
  up: -1,
  'shift+tab': -1,
  down: 1,
  tab: 1,
  pageup: -10,
  pagedown: 10,
};

function inPalette(controller: ConsoleController, palette: Palette, press: KeyPress): void {
  const items = paletteItems(controller, palette.query);
  const done = filterKey(controller, palette, items.length, press);
  if (done !== 'enter') return;
  const item = items[palette.chosen];
  if (item === undefined) return;
  controller.set({ overlay: null });
  perform(controller, item.id);
}

type Switcher = Overlay & { readonly kind: 'hosts' };

function inSwitcher(controller: ConsoleController, switcher: Switcher, press: KeyPress): void {
  const { hosts, deps } = controller;
  const { keys, text } = deps;
  // There is nothing to filter: it is something to read.
  if (!hosts.choices.some(({ name }) => name !== null)) {
    const closing = [...keys.keysOf('hosts'), 'esc', 'q', 'enter'];
    if (closing.includes(press.chord)) controller.set({ overlay: null });
    return;
  }
  const items = hostItems(hosts.choices, switcher.query);
  if (filterKey(controller, switcher, items.length, press) !== 'enter') return;
  const item = items[switcher.chosen];
  if (item === undefined) return;
  controller.set({ overlay: null });
  if (item.here) controller.say(text.hosts.switcher.alreadyHere, 'quiet');
  else deps.switchTo?.(item.name);
}

/** Moves, closes, types in the filter; says when something was chosen. */
function filterKey(
  controller: ConsoleController,
  overlay: Palette | Switcher,
  count: number,
  press: KeyPress,
): 'enter' | null {
  if (press.chord === 'enter') return 'enter';
  const by = STEPS[press.chord];
  if (by !== undefined) {
    const chosen = Math.max(0, Math.min(overlay.chosen + by, count - 1));
    controller.set({ overlay: { ...overlay, chosen } });
  } else if (press.chord === 'esc' || press.chord === 'ctrl+p') {
    controller.set({ overlay: null });
  } else {
    const query = press.text === '' ? edit(overlay.query, press.chord) : insert(overlay.query, press.text);
    if (query !== null) controller.set({ overlay: { ...overlay, query, chosen: 0 } });
  }
  return null;
}

type Reader = Exclude<Overlay, Dialog | Palette | Switcher>;

const SCROLL: Readonly<Record<string, number>> = {
  up: -1,
  k: -1,
  down: 1,
  j: 1,
  pageup: -10,
  pagedown: 10,
  space: 10,
  home: Number.NEGATIVE_INFINITY,
  g: Number.NEGATIVE_INFINITY,
  end: Number.POSITIVE_INFINITY,
  G: Number.POSITIVE_INFINITY,
};

const OPENERS = { help: 'help', verdict: 'verdict', drill: 'drill', line: 'journal-detail' } as const;

function inReader(controller: ConsoleController, reader: Reader, press: KeyPress): void {
  const by = SCROLL[press.chord];
  if (by !== undefined) {
    // How far it goes is known when it is drawn: never beyond the last row.
    const scroll = Math.max(0, Math.min(reader.scroll + by, controller.overlayScrollMax));
    controller.set({ overlay: { ...reader, scroll } });
    return;
  }
  const { keys } = controller.deps;
  if (reader.kind !== 'help' && keys.keysOf('help').includes(press.chord)) {
    controller.set({ overlay: { kind: 'help', scroll: 0 } });
    return;
  }
  // Any other key is nobody's: the panes below must not act on what was meant for here.
  const opener = keys.keysOf(OPENERS[reader.kind]);
  if (!opener.includes(press.chord) && !['esc', 'q', 'enter'].includes(press.chord)) return;
  controller.set({ overlay: null });
  if (reader.kind === 'drill') controller.deps.session.dispatch({ type: 'close-drill' });
}
