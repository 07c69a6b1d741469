/** Our lines in a file of the administrator's: between two marks that name the unit, so that each unit has its own. Pure. */

/** What stands around a unit's lines; a comment to every reader of the file. */
export function marked(unit: string, lines: readonly string[]): string[] {
  const { open, close } = marks(unit);
  return [open, ...lines, close];
}

/** All lines but the unit's own. What one of the two marks is missing from is nobody's, and stays. */
export function withoutOurs(lines: readonly string[], unit: string): string[] {
  const { open, close } = marks(unit);
  const first = lines.findIndex((line) => line.trim() === open);
  const last = lines.findIndex((line, index) => index > first && line.trim() === close);
  return first < 0 || last < 0 ? [...lines] : [...lines.slice(0, first), ...lines.slice(last + 1)];
}

function marks(unit: string): { readonly open: string; readonly close: string } {
  return {
    open: `# >>> ${unit}: written by \`tp5-tui deploy --netdata\` >>>`,
    close: `# <<< ${unit} <<<`,
  };
}

/** Without the end of the last line: a file of no lines has none. A carriage return stays with its line. */
export function linesOf(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

export function textOf(lines: readonly string[]): string {
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}
