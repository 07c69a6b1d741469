/** What a key does to the calculator's input. Pure: the view before, the view after, and what is to be done. */
import { parse } from '../../calc/grammar.ts';
import type { KeyPress } from '../keys.ts';
import type { CalculatorView } from '../view.ts';
import { EMPTY_LINE, edit, insert, lineOf, textOf } from './line-editor.ts';
import { NOT_WALKING, remember, searchBack, step } from './recall.ts';

export interface Typed {
  readonly view: CalculatorView;
  /** `ask`: the line is an operation, send it. `leave`: give the keys back to the commands. */
  readonly effect: { readonly ask: string } | 'leave' | 'pass' | null;
}

/** `pass`: the key is none of the input's. */
export function typeInCalculator(view: CalculatorView, press: KeyPress): Typed {
  if (view.search !== null) return searching(view, view.search, press);
  switch (press.chord) {
    case 'esc':
      return { view: { ...view, refusal: null }, effect: 'leave' };
    case 'enter':
      return enter(view);
    case 'up':
    case 'down': {
      const found = step(view.inputs, view.walk, textOf(view.line), press.chord === 'up' ? -1 : 1);
      if (found === null) return { view, effect: null };
      return { view: { ...view, line: lineOf(found.text), walk: found.walk, refusal: null }, effect: null };
    }
    case 'ctrl+r':
      return { view: { ...view, search: { line: EMPTY_LINE, found: null }, refusal: null }, effect: null };
  }
  const edited = press.text === '' ? edit(view.line, press.chord) : insert(view.line, press.text);
  if (edited === null) return { view, effect: 'pass' };
  return { view: { ...view, line: edited, refusal: null }, effect: null };
}

function enter(view: CalculatorView): Typed {
  const input = textOf(view.line).trim();
  if (input === '') return { view: { ...view, refusal: null }, effect: null };
  const parsed = parse(input);
  if (!parsed.ok) return { view: { ...view, refusal: parsed.refusal }, effect: null };
  return {
    view: {
      ...view,
      line: EMPTY_LINE,
      walk: NOT_WALKING,
      inputs: remember(view.inputs, input),
      refusal: null,
    },
    effect: { ask: input },
  };
}

function searching(
  view: CalculatorView,
  search: NonNullable<CalculatorView['search']>,
  press: KeyPress,
): Typed {
  const found = search.found === null ? '' : (view.inputs[search.found] ?? '');
  switch (press.chord) {
    case 'esc':
    case 'ctrl+g':
      return { view: { ...view, search: null }, effect: null };
    case 'enter':
      return accept(view, found);
    case 'ctrl+r': {
      const before = search.found ?? view.inputs.length;
      const next = searchBack(view.inputs, textOf(search.line), before);
      return { view: { ...view, search: { ...search, found: next ?? search.found } }, effect: null };
    }
  }
  const line =
    press.text === ''
      ? ['backspace', 'ctrl+h', 'ctrl+u', 'ctrl+w'].includes(press.chord)
        ? edit(search.line, press.chord)
        : null
      : insert(search.line, press.text);
  // Any other key takes what was found and then does what it does.
  if (line === null) {
    const taken = accept(view, found).view;
    return press.text === '' ? typeInCalculator(taken, press) : { view: taken, effect: null };
  }
  const at = searchBack(view.inputs, textOf(line), view.inputs.length);
  return { view: { ...view, search: { line, found: at } }, effect: null };
}

function accept(view: CalculatorView, found: string): Typed {
  const line = found === '' ? view.line : lineOf(found);
  return { view: { ...view, search: null, line, walk: NOT_WALKING }, effect: null };
}
