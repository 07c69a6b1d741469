/** How much text is measured grapheme by grapheme, by whom ever: what costs more than the text is long. */
import { onTestFinished, vi } from 'vitest';

/** @returns how many characters have been given to any `Intl.Segmenter` since, ours and Ink's among them */
export function countMeasured(): () => number {
  const { segment } = Intl.Segmenter.prototype;
  let units = 0;
  const spy = vi.spyOn(Intl.Segmenter.prototype, 'segment').mockImplementation(function (
    this: Intl.Segmenter,
    text: string,
  ) {
    units += text.length;
    return segment.call(this, text);
  });
  onTestFinished(() => spy.mockRestore());
  return () => units;
}
