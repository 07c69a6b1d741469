/** The port as this machine sees it, and the verdict on where the way is broken. */
import type { ReactNode } from 'react';
import type { Verdict } from '../../ops/verdict/ladder.ts';
import { contentWidth } from '../components/frame-rows.ts';
import { PaneFrame, type PaneProps } from '../components/PaneFrame.tsx';
import { useController, useFacts, useMendKey, useSecond, useTenth, useText } from '../context.ts';
import { type Row, span } from '../rows.ts';
import { countsDown, mendSentence, type RungInWords, rungsInWords, verdictLook } from '../sentences.ts';
import { SYMBOL } from '../theme.ts';
import { netdataRows } from './netdata-rows.ts';
import { probeRows, showsRungs } from './probe-rows.ts';

/** It probes from here, whatever became of the link: not stale, and says so where the others are. */
export function ProbePane(props: PaneProps): ReactNode {
  const text = useText();
  const lost = useFacts((state) => state.link.state === 'lost');
  const notes = lost ? [span(`${SYMBOL.good} ${text.probe.fromHere}`, 'good')] : [];
  const rows = useProbeRows(contentWidth(props.place.width), props.place.body);
  return <PaneFrame {...props} local={true} notes={notes} rows={rows} />;
}

function useProbeRows(width: number, height: number): Row[] {
  const text = useText();
  const { deps } = useController();
  const { facts, verdict, netdata, stale } = useFacts((state) => ({
    facts: state.probe,
    verdict: state.verdict,
    netdata: state.netdata?.value ?? null,
    stale: state.link.state === 'lost',
  }));
  const mendKey = useMendKey();
  const headline = useInStep(verdict, (now) => deps.text.verdict.headline(verdict, now));
  const rungs = useRungs(verdict, showsRungs(height));
  const lasting = facts.outages.at(-1);
  const from = lasting?.lengthMs === null ? lasting.fromMono : null;
  const ongoing = useSecond((now) => (from === null ? null : text.format.duration(now - from)));
  return probeRows(
    {
      facts,
      verdict: {
        ...verdictLook(verdict),
        headline,
        mend: verdict.mend === null ? null : mendSentence(verdict.mend, mendKey, deps.text),
        rungs,
      },
      ongoing,
      netdata:
        netdata === null
          ? null
          : netdataRows({ facts: netdata, port: facts.port, stale, nowWall: deps.clock.wall() }, deps.text),
    },
    width,
    height,
    text,
  );
}

/** A verdict that counts down does so in step with the Service pane's bar; any other moves once a second. */
function useInStep(verdict: Verdict, say: (nowMono: number) => string): string {
  const counts = countsDown(verdict);
  const slow = useSecond((now) => (counts ? '' : say(now)));
  return useTenth(counts, say) ?? slow;
}

/** Compared as one text, so that the pane is drawn when a word of it has changed, and not each second. */
function useRungs(verdict: Verdict, shown: boolean): RungInWords[] {
  const { text } = useController().deps;
  const said = useInStep(verdict, (now) => (shown ? JSON.stringify(rungsInWords(verdict, now, text)) : '[]'));
  return JSON.parse(said) as RungInWords[];
}
