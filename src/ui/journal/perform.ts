/** The actions of the Journal pane. */
import type { ActionId } from '../actions.ts';
import type { ConsoleController } from '../controller.ts';
import { type JournalView, PRIORITIES, TIME_STYLES } from '../view.ts';
import { searchable } from './lens.ts';
import { chosen, cursorIndex, extend, follow, move, moveTo, pause, type Scene, toMatch } from './moves.ts';

type JournalAction = ActionId & `journal-${string}`;

const moving =
  (change: (view: JournalView, scene: Scene) => JournalView) =>
  (controller: ConsoleController): void => {
    const { journal } = controller.view.getState();
    controller.set({ journal: change(journal, controller.scene()) });
  };

const page = (scene: Scene): number => Math.max(1, scene.height - 1);

export const JOURNAL_ACTIONS: Readonly<Record<JournalAction, (controller: ConsoleController) => void>> = {
  'journal-follow': moving((view, scene) => (view.follow ? pause(view, scene) : follow(view))),
  'journal-up': moving((view, scene) => move(view, scene, -1)),
  'journal-down': moving((view, scene) => move(view, scene, 1)),
  'journal-extend-up': moving((view, scene) => extend(view, scene, -1)),
  'journal-extend-down': moving((view, scene) => extend(view, scene, 1)),
  'journal-page-up': moving((view, scene) => move(view, scene, -page(scene))),
  'journal-page-down': moving((view, scene) => move(view, scene, page(scene))),
  'journal-oldest': moving((view, scene) => moveTo(view, scene, 0)),
  'journal-newest': moving(follow),
  'journal-next': moving((view, scene) => toMatch(view, scene, 1)),
  'journal-previous': moving((view, scene) => toMatch(view, scene, -1)),
  'journal-priority': moving((view) => ({ ...view, priority: after(PRIORITIES, view.priority) })),
  'journal-fold': moving((view) => ({ ...view, folded: !view.folded })),
  'journal-wrap': moving((view) => ({ ...view, wrap: !view.wrap })),
  'journal-time': moving((view) => ({ ...view, time: after(TIME_STYLES, view.time) })),
  'journal-mark': moving((view, scene) => {
    const paused = pause(view, scene);
    return { ...paused, mark: paused.mark === null ? paused.cursor : null };
  }),
  'journal-copy': copy,
  'journal-detail'(controller) {
    const scene = controller.scene();
    const seq = scene.seqAt(cursorIndex(controller.view.getState().journal, scene));
    if (seq !== undefined) controller.set({ overlay: { kind: 'line', seq, scroll: 0 } });
  },
};

function copy(controller: ConsoleController): void {
  const { session, text } = controller.deps;
  const range = chosen(controller.view.getState().journal, controller.scene());
  const lines: string[] = [];
  for (let seq = range?.[0] ?? 0; range !== null && seq <= range[1]; seq += 1) {
    const line = session.journal.at(seq);
    const shown = controller.lens.at(controller.lens.indexOf(seq));
    if (line?.kind !== 'entry' || shown?.kind !== 'line' || shown.seq !== seq) continue;
    // As it is shown, harmless: what is pasted into a shell would act there as well.
    lines.push(`${text.console.format.dateTime(line.entry.realtimeUs / 1000)} ${searchable(line)}`);
  }
  if (lines.length === 0) {
    controller.say(text.console.toast.nothingToCopy, 'quiet');
    return;
  }
  controller.deps.copy(lines.join('\n'));
  controller.say(text.console.toast.copied(lines.length), 'good');
}

function after<T>(list: readonly T[], value: T): T {
  return list[(list.indexOf(value) + 1) % list.length] ?? value;
}
