/** The line at the top; the only thing that moves on an idle screen is its clock. */
import { Box } from 'ink';
import type { ReactNode } from 'react';
import { useController, useFacts, useSecond, useText } from '../context.ts';
import { keyLabel } from '../key-label.ts';
import { type Span, span } from '../rows.ts';
import { verdictLook } from '../sentences.ts';
import { Line } from './Line.tsx';
import { type LinkView, topRow } from './top-row.ts';

export function TopLine({ width }: { readonly width: number }): ReactNode {
  const text = useText();
  const { deps } = useController();
  const { host, unit, readOnly, kind } = useFacts((state) => ({
    host: state.host.label,
    kind: state.host.kind,
    unit: state.subject.unit,
    readOnly: state.readOnly,
  }));
  const clock = useSecond(() => text.format.clock(deps.clock.wall()));
  const view = {
    host,
    demo: kind === 'demo',
    readOnly,
    unit,
    clock,
    link: useLink(),
    verdict: useVerdictWord(),
    reconnectKey: keyLabel(deps.keys.keysOf('reconnect')[0], text.keyNames),
  };
  return (
    <Box width={width} height={1} flexShrink={0}>
      <Line row={topRow(view, width, text)} width={width} />
    </Box>
  );
}

/** The verdict as one looks for it from across the room. */
export function useVerdictWord(): Span | null {
  const text = useText();
  const verdict = useFacts((state) => state.verdict);
  const faulty = verdict.broken ?? verdict.warning;
  if (faulty === 'link') return null;
  const { symbol, tone } = verdictLook(verdict);
  const evidence = verdict.rungs.find((rung) => rung.id === faulty)?.evidence;
  const said =
    evidence !== undefined
      ? text.top.faults[evidence.code]
      : verdict.reachable
        ? text.top.reachable
        : text.top.looking;
  return span(`${symbol} ${said}`, tone, { bold: faulty !== null });
}

export function useLink(): LinkView {
  const text = useText();
  const link = useFacts((state) => state.link);
  const ago = useSecond((now) => (link.state === 'lost' ? text.format.duration(now - link.sinceMono) : ''));
  const retryIn = useSecond((now) =>
    link.state === 'lost' && link.retryAtMono !== null
      ? text.format.duration(Math.ceil(Math.max(0, link.retryAtMono - now) / 1000) * 1000)
      : null,
  );
  if (link.state === 'live') {
    return {
      state: 'live',
      roundTrip: link.roundTripMs === null ? null : text.format.latency(link.roundTripMs),
    };
  }
  return link.state === 'lost' ? { state: 'lost', ago, retryIn } : { state: 'connecting' };
}
