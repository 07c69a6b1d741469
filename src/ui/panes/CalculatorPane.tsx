/** The calculator: a line to type in, answers that were checked, how they came and how fast. */
import type { ReactNode } from 'react';
import { Cursor } from '../components/Cursor.tsx';
import { contentWidth, padding } from '../components/frame-rows.ts';
import { PaneFrame, type PaneProps } from '../components/PaneFrame.tsx';
import { useFacts, useText, useView } from '../context.ts';
import { span } from '../rows.ts';
import { calculatorRows } from './calculator-rows.ts';

export function CalculatorPane(props: PaneProps): ReactNode {
  const { place } = props;
  const text = useText();
  const calculations = useFacts((state) => state.calculations);
  const { view, typing, covered } = useView((state) => ({
    view: state.calculator,
    typing: state.typing && state.focus === 'calculator',
    covered: state.overlay !== null,
  }));
  const { rows, cursor } = calculatorRows(
    calculations,
    view,
    typing,
    contentWidth(place.width),
    place.body,
    text,
  );
  const notes = typing ? [span(text.calculator.typing, 'accent')] : [];
  const corner = { x: place.x + 1 + padding(place.width), y: place.y + 1 };
  return (
    <>
      <PaneFrame {...props} local={true} rows={rows} notes={notes} />
      {cursor !== null && !covered && <Cursor at={{ x: corner.x + cursor.x, y: corner.y + cursor.y }} />}
    </>
  );
}
