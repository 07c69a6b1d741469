/** The calculator: a line to type in, answers that were checked, how they came and how fast. */
import type { ReactNode } from 'react';
import { Cursor } from '../components/Cursor.tsx';
import { contentWidth, padding } from '../components/frame-rows.ts';
import { PaneFrame, type PaneProps } from '../components/PaneFrame.tsx';
import { useController, useFacts, useText, useView } from '../context.ts';
import { keyLabel } from '../key-label.ts';
import { span } from '../rows.ts';
import { calculatorRows } from './calculator-rows.ts';

export function CalculatorPane(props: PaneProps): ReactNode {
  const { place } = props;
  const text = useText();
  const calculations = useFacts((state) => state.calculations);
  const kept = useFacts((state) => state.keptConnection);
  const { keys } = useController().deps;
  const { view, focused, typing, covered } = useView((state) => ({
    view: state.calculator,
    focused: state.focus === 'calculator',
    typing: state.typing && state.focus === 'calculator',
    covered: state.overlay !== null,
  }));
  // Enter is the pane's own key: from another pane it does nothing, or something else.
  const typeKey = keys.keysOf(focused ? 'calculator-type' : 'focus-calculator')[0];
  const { rows, cursor } = calculatorRows(
    calculations,
    kept,
    view,
    typing,
    contentWidth(place.width),
    place.body,
    keyLabel(typeKey, text.keyNames),
    text,
  );
  const notes = [
    ...(kept ? [span(text.calculator.keptShort, 'warning')] : []),
    ...(typing ? [span(text.calculator.typing, 'accent')] : []),
  ];
  const corner = { x: place.x + 1 + padding(place.width), y: place.y + 1 };
  return (
    <>
      <PaneFrame {...props} local={true} rows={rows} notes={notes} />
      {cursor !== null && !covered && <Cursor at={{ x: corner.x + cursor.x, y: corner.y + cursor.y }} />}
    </>
  );
}
