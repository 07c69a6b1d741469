import { describe, expect, it } from 'vitest';
import type { Cell, Colour } from './cells.ts';
import { picture } from './picture.ts';

const own: Colour = { kind: 'default' };

function cellsOf(text: string, style: Partial<Cell> = {}): Cell[] {
  return [...text].map((character) => ({
    text: character,
    width: 1,
    foreground: own,
    background: own,
    bold: false,
    dim: false,
    italic: false,
    underline: false,
    inverse: false,
    strikethrough: false,
    ...style,
  }));
}

/** The elements that draw the screen, without the window around it. */
function drawn(rows: Cell[][], cursor?: { x: number; y: number }): string[] {
  const svg = picture(rows, { title: 'title', ...(cursor && { cursor }) });
  return svg.split('\n').slice(8, -2);
}

describe('a picture of a screen', () => {
  it('puts each word at its column, as wide as its cells', () => {
    expect(drawn([cellsOf('ab  c')])).toEqual([
      '<text x="12" y="49" textLength="18" lengthAdjust="spacingAndGlyphs" fill="#d3dae3">ab</text>',
      '<text x="48" y="49" textLength="9" lengthAdjust="spacingAndGlyphs" fill="#d3dae3">c</text>',
    ]);
  });

  it('keeps characters that fonts draw at odd widths in their own cells', () => {
    const elements = drawn([cellsOf('a●b')]);
    expect(elements.map((element) => /x="(\d+)".*>(.+)<\/text>/.exec(element)?.slice(1))).toEqual([
      ['12', 'a'],
      ['21', '●'],
      ['30', 'b'],
    ]);
  });

  it('draws a wide character over its two cells', () => {
    const [wide] = cellsOf('日', { width: 2 });
    const [half] = cellsOf('x', { width: 0, text: '' });
    if (wide === undefined || half === undefined) throw new Error('no cells');
    expect(drawn([[wide, half]])).toEqual([expect.stringContaining('textLength="18"')]);
  });

  it.each<[string, Partial<Cell>, string[]]>([
    ['a palette colour', { foreground: { kind: 'palette', index: 1 } }, ['fill="#ff6b6b"']],
    ['the colour cube', { foreground: { kind: 'palette', index: 208 } }, ['fill="#ff8700"']],
    ['a grey', { foreground: { kind: 'palette', index: 240 } }, ['fill="#585858"']],
    ['a true colour', { foreground: { kind: 'rgb', value: 0x0a0b0c } }, ['fill="#0a0b0c"']],
    ['bold and underlined', { bold: true, underline: true }, ['class="b u"']],
    ['dim, half-way to the ground', { dim: true }, ['fill="#7b8189"']],
    ['inverse', { inverse: true }, ['<rect', 'fill="#d3dae3"', 'fill="#0f141b"']],
    ['a ground', { background: { kind: 'palette', index: 4 } }, ['<rect', 'fill="#6aa6ff"']],
  ])('shows %s', (_name, style, parts) => {
    const elements = drawn([cellsOf('x', style)]).join('');
    for (const part of parts) expect(elements).toContain(part);
  });

  it('draws lines and blocks as shapes that fill their cells', () => {
    const [corner, line, block] = drawn([cellsOf('╭──█')]);
    expect(corner).toContain('<path');
    expect(line).toBe('<path d="M39 44L30 44L21 44" fill="none" stroke="#d3dae3" stroke-width="1.2"/>');
    expect(block).toBe(
      '<rect x="39" y="34" width="9" height="20" fill="#d3dae3" shape-rendering="crispEdges"/>',
    );
  });

  it('shows where the cursor is', () => {
    expect(drawn([cellsOf('  ')], { x: 1, y: 0 })).toEqual([expect.stringMatching(/^<rect x="21" y="34" /)]);
  });

  it('escapes what is on the screen', () => {
    expect(drawn([cellsOf('<&">')]).join('')).toContain('>&lt;&amp;&quot;&gt;</text>');
  });

  it('is the same for the same cells', () => {
    const rows = [cellsOf('└─ same'), cellsOf('bytes', { bold: true })];
    expect(picture(rows, { title: 't' })).toBe(picture(rows, { title: 't' }));
  });
});
