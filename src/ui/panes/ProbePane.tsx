/** The port as this machine sees it, and the verdict on where the way is broken. */
import type { ReactNode } from 'react';
import type { Verdict } from '../../ops/verdict.ts';
import { contentWidth } from '../components/frame-rows.ts';
import { PaneFrame, type PaneProps } from '../components/PaneFrame.tsx';
import { useController, useFacts, useSecond, useTenth, useText } from '../context.ts';
import type { Row } from '../rows.ts';
import { countsDown, mendSentence, verdictLook } from '../sentences.ts';
import { probeRows } from './probe-rows.ts';

export function ProbePane(props: PaneProps): ReactNode {
  return <PaneFrame {...props} rows={useProbeRows(contentWidth(props.place.width), props.place.body)} />;
}

function useProbeRows(width: number, height: number): Row[] {
  const text = useText();
  const { deps } = useController();
  const { facts, verdict } = useFacts((state) => ({ facts: state.probe, verdict: state.verdict }));
  const headline = useHeadline(verdict);
  const lasting = facts.outages.at(-1);
  const from = lasting?.lengthMs === null ? lasting.fromMono : null;
  const ongoing = useSecond((now) => (from === null ? null : text.format.duration(now - from)));
  return probeRows(
    {
      facts,
      verdict: {
        ...verdictLook(verdict),
        headline,
        mend: verdict.mend === null ? null : mendSentence(verdict.mend, deps.keys, deps.text),
      },
      ongoing,
    },
    width,
    height,
    text,
  );
}

/** A verdict that counts down does so in step with the Service pane's bar; any other moves once a second. */
function useHeadline(verdict: Verdict): string {
  const { text } = useController().deps;
  const counts = countsDown(verdict);
  const say = (now: number): string => text.verdict.headline(verdict, now);
  const slow = useSecond((now) => (counts ? '' : say(now)));
  return useTenth(counts, say) ?? slow;
}
