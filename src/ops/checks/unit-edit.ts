/** Edits of a unit file that leave everything else in it as it was written. Pure. */
import { type Assignment, parseUnitFile, type UnitFile } from './unit-file.ts';

export type UnitEdit =
  /** `Restart=on-failure`: the line that sets it, or a new one in `[Service]`. */
  | { readonly kind: 'set'; readonly key: string; readonly value: string }
  /** A word of Exec lines, the program or its script, by its absolute path. */
  | { readonly kind: 'path'; readonly word: string; readonly path: string }
  /** Lines added behind those of the same key, or at the end of `[Service]`. */
  | { readonly kind: 'add'; readonly key: string; readonly lines: readonly string[] };

/** @returns the new text; the old one when there is no `[Service]` to edit */
export function editUnit(text: string, edits: readonly UnitEdit[]): string {
  return edits.reduce(applyEdit, text);
}

function applyEdit(text: string, edit: UnitEdit): string {
  // Each edit moves lines: the file is read anew for the next.
  const unit = parseUnitFile([{ path: '', text }]);
  const lines = text.split('\n');
  switch (edit.kind) {
    case 'set': {
      const line = `${edit.key}=${edit.value}`;
      const set = unit.assignments.filter((one) => one.section === 'Service' && one.key === edit.key);
      const last = set.at(-1);
      if (last === undefined) return insert(lines, endOfService(unit, lines), [line]);
      lines.splice(last.line - 1, last.lastLine - last.line + 1, line);
      return lines.join('\n');
    }
    case 'add': {
      const last = unit.assignments.findLast((one) => one.section === 'Service' && one.key === edit.key);
      return insert(lines, last?.lastLine ?? endOfService(unit, lines), edit.lines);
    }
    case 'path': {
      for (const assignment of unit.assignments) {
        if (assignment.section === 'Service' && assignment.key.startsWith('Exec')) {
          replaceWord(lines, assignment, edit.word, edit.path);
        }
      }
      return lines.join('\n');
    }
  }
}

function insert(lines: readonly string[], at: number | null, more: readonly string[]): string {
  return at === null ? lines.join('\n') : [...lines.slice(0, at), ...more, ...lines.slice(at)].join('\n');
}

/** After how many lines the last setting of `[Service]` ends; null without that section. */
function endOfService(unit: UnitFile, lines: readonly string[]): number | null {
  const last = unit.assignments.findLast((one) => one.section === 'Service');
  if (last !== undefined) return last.lastLine;
  const header = lines.findIndex((line) => line.trim() === '[Service]');
  return header < 0 ? null : header + 1;
}

/** A whole word of the line: at its beginning, behind the prefix characters, or between spaces. */
function replaceWord(lines: string[], { line, lastLine }: Assignment, word: string, path: string): void {
  const escaped = word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const whole = new RegExp(`((?:^\\s*Exec\\w+\\s*=\\s*[@\\-:+!|]*)|\\s)${escaped}(?=\\s|$)`);
  for (let index = line - 1; index < lastLine; index += 1) {
    lines[index] = (lines[index] ?? '').replace(whole, (_match, before: string) => `${before}${path}`);
  }
}
