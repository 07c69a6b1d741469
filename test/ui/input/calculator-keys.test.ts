/** The calculator's input: what is sent, what is refused, and what is found again. */
import { describe, expect, it } from 'vitest';
import { typeInCalculator } from '../../../src/ui/input/calculator-keys.ts';
import { textOf } from '../../../src/ui/input/line-editor.ts';
import { INITIAL_VIEW } from '../../../src/ui/view.ts';

/** Presses one chord after the other; a text of one character types it. */
function typed(chords: readonly string[], inputs: readonly string[] = []) {
  let view: typeof INITIAL_VIEW.calculator = { ...INITIAL_VIEW.calculator, inputs };
  const effects: unknown[] = [];
  for (const chord of chords) {
    const text = chord.length === 1 ? chord : '';
    const result = typeInCalculator(view, { chord, text });
    view = result.view;
    if (result.effect !== null) effects.push(result.effect);
  }
  return { view, effects, line: textOf(view.line) };
}

describe('the input of the calculator', () => {
  it('sends an operation at Enter, remembers it, and is empty again', () => {
    const { effects, line, view } = typed(['2', '+', '3', 'enter']);
    expect(effects).toEqual([{ ask: '2+3' }]);
    expect(line).toBe('');
    expect(view.inputs).toEqual(['2+3']);
  });

  it.each(['2/3', '(2)', '2+', '__import__("os")', '100001+1', '2+3+4'])('keeps %s and says why', (input) => {
    const { effects, line, view } = typed([...input, 'enter']);
    expect(effects).toEqual([]);
    expect(line).toBe(input);
    expect(view.refusal).not.toBeNull();
    expect(view.inputs).toEqual([]);
  });

  it('takes a refusal back with the next key', () => {
    expect(typed(['2', '/', '3', 'enter', 'backspace']).view.refusal).toBeNull();
  });

  it('does nothing with an empty line', () => {
    expect(typed(['enter', ' ', 'enter'])).toMatchObject({ effects: [], view: { refusal: null } });
  });

  it('goes back and forth through earlier inputs, and keeps what was being typed', () => {
    const inputs = ['1+1', '2+2'];
    expect(typed(['9', 'up'], inputs).line).toBe('2+2');
    expect(typed(['9', 'up', 'up'], inputs).line).toBe('1+1');
    expect(typed(['9', 'up', 'up', 'up'], inputs).line).toBe('1+1');
    expect(typed(['9', 'up', 'up', 'down'], inputs).line).toBe('2+2');
    expect(typed(['9', 'up', 'down'], inputs).line).toBe('9');
  });

  it('does not keep an input twice in a row', () => {
    expect(typed([...'1+1', 'enter', 'up', 'enter']).view.inputs).toEqual(['1+1']);
  });

  it('searches backwards, further with each Ctrl+R, and takes what was found', () => {
    const inputs = ['12+1', '7*7', '12-1', '5+5'];
    expect(typed(['ctrl+r', '1', '2'], inputs).view.search?.found).toBe(2);
    expect(typed(['ctrl+r', '1', '2', 'ctrl+r'], inputs).view.search?.found).toBe(0);
    expect(typed(['ctrl+r', '1', '2', 'ctrl+r', 'ctrl+r'], inputs).view.search?.found).toBe(0);
    expect(typed(['ctrl+r', '1', '2', 'enter'], inputs).line).toBe('12-1');
    expect(typed(['ctrl+r', '1', '2', 'left'], inputs).line).toBe('12-1');
    expect(typed(['ctrl+r', '1', '2', 'enter', 'enter'], inputs).effects).toEqual([{ ask: '12-1' }]);
  });

  it('leaves the search with nothing changed on Esc, and the input on the next', () => {
    const one = typed(['9', 'ctrl+r', '1', 'esc'], ['12+1']);
    expect(one).toMatchObject({ line: '9', effects: [], view: { search: null } });
    expect(typed(['9', 'ctrl+r', '1', 'esc', 'esc'], ['12+1']).effects).toEqual(['leave']);
  });

  it('hands on the keys that are none of its own', () => {
    expect(typed(['ctrl+p', 'tab']).effects).toEqual(['pass', 'pass']);
  });
});
