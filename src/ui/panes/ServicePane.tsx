/** The unit: its state by its true name, what systemd will do next, and the last action's result. */

import type { ReactNode } from 'react';
import { mayControl } from '../../ops/control.ts';
import type { ActionRecord } from '../../state/store.ts';
import { contentWidth } from '../components/frame-rows.ts';
import { PaneFrame, type PaneProps } from '../components/PaneFrame.tsx';
import { useController, useFacts, useSecond, useTenth, useText, useView } from '../context.ts';
import { keyLabel } from '../key-label.ts';
import { drillLine } from '../overlays/drill-rows.ts';
import type { Row } from '../rows.ts';
import { failureSentence } from '../sentences.ts';
import { SPINNER } from '../theme.ts';
import { absentRows } from './absent-rows.ts';
import { actionLine, type ServiceView, serviceRows } from './service-rows.ts';

/** How long the result of an action stays in the pane. */
const RESULT_MS = 20_000;

export function ServicePane(props: PaneProps): ReactNode {
  return <PaneFrame {...props} rows={useServiceRows(contentWidth(props.place.width), props.place.body)} />;
}

export function useServiceRows(width: number, height: number): Row[] {
  const text = useText();
  const { deps } = useController();
  const { facts, failure } = useFacts((state) => ({
    facts: state.service?.value ?? null,
    failure: state.serviceFailure,
  }));
  const sinceMono = facts?.sinceMono ?? null;
  const lostAt = useFacts((state) => (state.link.state === 'lost' ? state.link.sinceMono : null));
  // Without a link nobody knows whether it still is in that state: its age stands still as well.
  const since = useSecond((now) =>
    sinceMono === null ? null : text.format.duration(Math.min(now, lostAt ?? now) - sinceMono),
  );
  const restartAt = facts?.restartAtMono ?? null;
  const left = useTenth(restartAt !== null && lostAt === null, (now) =>
    Math.max(0, Math.ceil(((restartAt ?? 0) - now) / 100)),
  );
  const readOnly = useFacts(({ readOnly: on, host }) =>
    on && host.privilege.kind === 'none' && !mayControl(host)
      ? text.service.readOnly[host.privilege.reason]
      : null,
  );
  const action = useActionLine();

  if (facts === null) return absentRows(failure, width, deps.text);
  const view: ServiceView = {
    facts,
    since,
    countdown: left === null ? null : { leftMs: left * 100, totalMs: facts.restartSecMs },
    action,
    readOnly,
    failure: failure === null ? null : failureSentence(failure, deps.text),
    reloadKey: keyLabel(deps.keys.keysOf('daemon-reload')[0], text.keyNames),
  };
  return serviceRows(view, width, height, text);
}

/** The drill that was left to itself, or the newest action: turning while it runs, then its result for a while. */
function useActionLine(): ServiceView['action'] {
  const text = useText();
  const { deps } = useController();
  const { record, drill } = useFacts((state) => ({
    record: state.actions.at(-1) ?? null,
    drill: state.drill,
  }));
  const watched = useView((view) => view.overlay?.kind === 'drill');
  const left = drill !== null && !watched ? drill : null;
  const acting = record !== null && record.outcome === null;
  const drilling = left !== null && left.passed === null;
  const turn = useTenth(acting || drilling, (now) => Math.floor(now / 100));
  const fresh = useSecond((now) => record !== null && (acting || now - endOf(record) < RESULT_MS));
  const now = turn === null ? 0 : turn * 100;
  const turning = turn === null ? null : (SPINNER[turn % SPINNER.length] ?? null);
  const newer = record !== null && fresh && (left === null || record.startedMono > left.startedMono);
  if (left !== null && !newer) {
    const line = drillLine(left, now, keyLabel(deps.keys.keysOf('drill')[0], text.keyNames), text);
    return drilling && turning !== null ? { ...line, symbol: turning } : line;
  }
  if (record === null || !fresh) return null;
  const line = actionLine(record, now, text, (failure) => failureSentence(failure, deps.text));
  return acting && turning !== null ? { ...line, symbol: turning } : line;
}

export const endOf = (record: ActionRecord): number => record.startedMono + (record.outcome?.tookMs ?? 0);
