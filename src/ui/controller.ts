/**
 * Where a key press goes: the overlay that is open, the input being typed in, or the table of actions.
 * React-free; nothing here waits for the host.
 */
import type { Clock } from '../ops/clock.ts';
import type { Session } from '../state/session.ts';
import type { Catalogue } from '../text/catalogue.ts';
import type { KeyTable } from './bindings.ts';
import { dialDialog } from './dialogs.ts';
import { type Hosts, NO_HOSTS } from './hosts.ts';
import { typeInCalculator } from './input/calculator-keys.ts';
import { edit, insert, textOf } from './input/line-editor.ts';
import { JournalLens } from './journal/lens.ts';
import type { LineStyle } from './journal/line-rows.ts';
import { type Scene, toMatch } from './journal/moves.ts';
import { sceneOf } from './journal/scene.ts';
import type { KeyPress } from './keys.ts';
import { pressInOverlay } from './overlays/keys.ts';
import { perform } from './perform.ts';
import type { Tone } from './theme.ts';
import { createViewStore, INITIAL_VIEW, type Overlay, type ViewState, type ViewStore } from './view.ts';

/** Earlier inputs of the calculator, kept over sessions. */
export interface InputHistory {
  /** Oldest first. */
  load(): Promise<readonly string[]>;
  append(input: string): Promise<void>;
}

export interface ConsoleDeps {
  readonly session: Session;
  readonly text: Catalogue;
  readonly clock: Clock;
  readonly keys: KeyTable;
  readonly history?: InputHistory;
  /** @default none */
  readonly hosts?: Hosts;
  /** What lies over the panes at first. */
  readonly opening?: Overlay;
  /** Leaves the console. */
  readonly quit: () => void;
  /** Leaves it for another of `hosts`, by its name. */
  readonly switchTo?: (name: string | null) => void;
  /** Hands the terminal back to the shell until `fg`. */
  readonly suspend: () => void;
  /** Puts a harmless text on the clipboard. */
  readonly copy: (text: string) => void;
}

/** Rows and cells of the journal's window as it was last drawn. */
export interface JournalGeometry {
  readonly width: number;
  readonly height: number;
}

const TOAST_MS = 6000;
/** An unbracketed paste over the commands would run them: nobody types that much in one burst. */
const BURST_LIMIT = 24;

export class ConsoleController {
  readonly view: ViewStore;
  readonly hosts: Hosts;
  readonly lens: JournalLens;
  readonly deps: ConsoleDeps;
  /** Written while drawing, read by the keys: no state of the screen's. */
  geometry: JournalGeometry = { width: 80, height: 10 };
  /** How far the open overlay can be scrolled; written while drawing as well. */
  overlayScrollMax = 0;

  constructor(deps: ConsoleDeps) {
    this.deps = deps;
    this.hosts = deps.hosts ?? NO_HOSTS;
    this.view = createViewStore({ ...INITIAL_VIEW, overlay: deps.opening ?? null });
    this.lens = new JournalLens(deps.session.journal);
  }

  /** Follows the results of actions and loads the history. Returns the stop function. */
  start(): () => void {
    let live = true;
    void this.deps.history?.load().then(
      (inputs) => {
        if (live) this.#calculator((view) => ({ ...view, inputs: [...inputs, ...view.inputs] }));
      },
      () => undefined,
    );
    const stop = this.deps.session.store.subscribe((state, before) => {
      if (state.link.state === 'live' && before.link.state === 'lost') {
        this.say(this.deps.text.console.toast.linkIsLive, 'good');
      }
    });
    return () => {
      live = false;
      stop();
    };
  }

  /** The presses of one input event. */
  burst(presses: readonly KeyPress[]): void {
    const commands = !this.#takesText();
    if (commands && presses.length > BURST_LIMIT && new Set(presses.map((one) => one.chord)).size > 1) return;
    for (const press of presses) this.press(press);
  }

  press(press: KeyPress): void {
    const { overlay, journal, typing, focus } = this.view.getState();
    if (press.chord === 'ctrl+c') this.deps.quit();
    else if (press.chord === 'ctrl+z') this.deps.suspend();
    else if (overlay !== null) pressInOverlay(this, overlay, press);
    else if (journal.typing !== null) this.#typeInSearch(press);
    else if (typing && this.#typeInInput(press)) return;
    else {
      const id = this.deps.keys.actionFor(press.chord, focus);
      if (id !== null) perform(this, id);
      else if (press.chord === 'esc') this.#escape();
    }
  }

  /** Text that was pasted: into what is being typed, else nowhere. */
  paste(text: string): void {
    const { overlay, journal, typing, calculator } = this.view.getState();
    if (overlay?.kind === 'palette' || overlay?.kind === 'hosts') {
      this.set({ overlay: { ...overlay, query: insert(overlay.query, text), chosen: 0 } });
    } else if (overlay === null && journal.typing !== null) {
      this.#searchFor(insert(journal.typing, text));
    } else if (overlay === null && typing) {
      const { search } = calculator;
      this.#calculator((view) =>
        search === null
          ? { ...view, line: insert(view.line, text), refusal: null }
          : { ...view, search: { ...search, line: insert(search.line, text) } },
      );
    }
  }

  set(change: Partial<ViewState>): void {
    this.view.setState(change);
  }

  say(text: string, tone: Tone): void {
    this.set({ toast: { text, tone, untilMono: this.deps.clock.now() + TOAST_MS } });
  }

  /** The journal as the window shows it now. */
  scene(): Scene {
    const { journal } = this.view.getState();
    this.lens.update({ priority: journal.priority, folded: journal.folded, query: journal.query });
    const style: LineStyle = {
      width: this.geometry.width,
      maxRows: this.geometry.height,
      wrap: journal.wrap,
      time: journal.time,
      nowWall: this.deps.clock.wall(),
      unit: this.deps.session.store.getState().subject.unit,
      pattern: this.lens.pattern,
      gutter: !journal.follow,
      text: this.deps.text.console,
    };
    return sceneOf(this.lens, this.deps.session.journal, style, this.geometry.height);
  }

  #takesText(): boolean {
    const { overlay, journal, typing } = this.view.getState();
    if (overlay !== null) return overlay.kind === 'palette' || overlay.kind === 'hosts';
    return typing || journal.typing !== null;
  }

  /** @returns false when the key is none of the input's */
  #typeInInput(press: KeyPress): boolean {
    const asking = this.deps.session.store
      .getState()
      .calculations.some((one) => one.result.state === 'asking');
    if (press.chord === 'esc' && asking && this.view.getState().calculator.search === null) {
      this.deps.session.dispatch({ type: 'cancel-calculation' });
      return true;
    }
    const { view, effect } = typeInCalculator(this.view.getState().calculator, press);
    this.set({ calculator: view });
    if (effect === 'pass') return false;
    if (effect === 'leave') this.set({ typing: false });
    else if (effect !== null) {
      this.#calculate(effect.ask);
      void this.deps.history?.append(effect.ask).catch(() => undefined);
    }
    return true;
  }

  /** A request that ends the service is asked about first. */
  #calculate(input: string): void {
    const { session, text } = this.deps;
    const state = session.store.getState();
    const { connect, ask } = state.probe.restraints;
    const restraint = ask ?? connect;
    if (restraint === null || restraint.code === 'looking') {
      return session.dispatch({ type: 'calculate', input });
    }
    this.set({
      overlay: dialDialog(restraint, { type: 'calculate', input, knowing: true }, state, text),
    });
  }

  #typeInSearch(press: KeyPress): void {
    const { journal } = this.view.getState();
    if (journal.typing === null) return;
    if (press.chord === 'esc') {
      this.set({ journal: { ...journal, typing: null, query: '' } });
    } else if (press.chord === 'enter') {
      const done = { ...journal, typing: null, query: textOf(journal.typing) };
      this.set({ journal: done });
      this.set({ journal: toMatch(done, this.scene(), -1, true) });
    } else {
      const line = press.text === '' ? edit(journal.typing, press.chord) : insert(journal.typing, press.text);
      if (line !== null) this.#searchFor(line);
    }
  }

  #searchFor(line: NonNullable<ViewState['journal']['typing']>): void {
    const { journal } = this.view.getState();
    this.set({ journal: { ...journal, typing: line, query: textOf(line) } });
  }

  #escape(): void {
    const { journal, focus, zoomed } = this.view.getState();
    if (focus === 'journal' && journal.mark !== null) this.set({ journal: { ...journal, mark: null } });
    else if (journal.query !== '') this.set({ journal: { ...journal, query: '' } });
    else if (zoomed) this.set({ zoomed: false });
  }

  #calculator(change: (view: ViewState['calculator']) => ViewState['calculator']): void {
    this.set({ calculator: change(this.view.getState().calculator) });
  }
}
