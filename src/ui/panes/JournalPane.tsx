/** The unit's journal: followed or paused, filtered, searched; only what the window shows is drawn. */
import type { ReactNode } from 'react';
import type { Failure } from '../../ops/failure.ts';
import type { Catalogue } from '../../text/catalogue.ts';
import { harmless } from '../../text/foreign.ts';
import { widthOf } from '../../text/measure.ts';
import { Cursor } from '../components/Cursor.tsx';
import { contentWidth, padding } from '../components/frame-rows.ts';
import { PaneFrame, type PaneProps } from '../components/PaneFrame.tsx';
import { useController, useFacts, useJournalVersion, useSecond, useText, useView } from '../context.ts';
import { BLANK, type Row } from '../rows.ts';
import { absentRows, refusedRows } from './absent-rows.ts';
import { journalNotes, journalRows, searchRow } from './journal-rows.ts';

const FIRST_LINES_MS = 1500;

export function JournalPane(props: PaneProps): ReactNode {
  const { place } = props;
  const text = useText();
  const controller = useController();
  const { session, clock } = controller.deps;
  useJournalVersion();
  const { failure, live, liveSince, unit, user } = useFacts((state) => ({
    failure: state.journalFailure,
    live: state.link.state === 'live',
    liveSince: state.link.state === 'live' ? state.link.sinceMono : null,
    unit: state.subject.unit,
    user: state.host.user,
  }));
  const { view, covered } = useView((state) => ({ view: state.journal, covered: state.overlay !== null }));
  // Ages move on every second; times of day do not.
  useSecond((now) => (view.time === 'age' ? Math.floor(now / 1000) : null));

  const width = contentWidth(place.width);
  const search = view.typing === null ? null : searchRow(view.typing, text);
  const height = place.body - (search === null || place.body < 2 ? 0 : 1);
  // The keys move within what was last drawn; nothing here depends on it.
  controller.geometry = { width, height };
  const scene = controller.scene();
  const seen = {
    lens: controller.lens,
    buffer: session.journal,
    view,
    scene,
    live,
    unit,
    nowWall: clock.wall(),
  };
  // What came before the failure stays readable under it.
  const why =
    failure === null ? [] : failureRows(failure, user, width, controller.deps.text).slice(0, height);
  // That there is no line is known when some could have come; at the very start nothing is.
  const early = useSecond((now) => liveSince !== null && now - liveSince < FIRST_LINES_MS);
  const silent = seen.lens.length === 0 && (failure !== null || (early && session.journal.length === 0));
  const rows = [...why, ...(silent ? [] : journalRows(seen, width, height - why.length, text))];
  if (search !== null) rows.splice(place.body < 2 ? 0 : height, Number.POSITIVE_INFINITY, search);
  while (search !== null && rows.length < place.body) rows.splice(-1, 0, BLANK);

  const corner = { x: place.x + 1 + padding(place.width), y: place.y + place.body };
  const typed = view.typing === null ? 0 : 1 + widthOf(view.typing.before);
  return (
    <>
      <PaneFrame {...props} rows={rows} notes={journalNotes(seen, text)} />
      {view.typing !== null && !covered && (
        <Cursor at={{ x: corner.x + Math.min(typed, width - 1), y: corner.y }} />
      )}
    </>
  );
}

function failureRows(failure: Failure, user: string, width: number, text: Catalogue): Row[] {
  if (failure.code !== 'not-permitted') return absentRows(failure, width, text);
  const { notPermitted, howPermitted } = text.console.journal;
  return refusedRows(
    { what: notPermitted, how: howPermitted(harmless(user)), detail: failure.detail },
    width,
  );
}
