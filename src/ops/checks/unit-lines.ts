/** Lines of a unit's files as evidence. */
import type { Evidence } from './check.ts';
import { shellWord } from './shell-word.ts';
import type { UnitFile } from './unit-file.ts';

/** A line of a unit file as evidence: what `grep` on that file prints. */
export function lineEvidence(unit: UnitFile, pattern: string): readonly Evidence[] {
  return unit.texts.flatMap(({ path, text }) => {
    const lines = text.split('\n').filter((line) => new RegExp(pattern).test(line));
    if (lines.length === 0 && unit.texts.length > 1) return [];
    return [{ command: `grep -E '${pattern}' ${shellWord(path)}`, output: lines.join('\n') }];
  });
}
