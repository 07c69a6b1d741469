/** How journalctl is asked for a unit's entries, and what it says when it may not show them. */
import type { UnitManager } from '../host.ts';
import { FIELDS, MESSAGE_BYTES } from './journal-entry.ts';
import type { LineLimits } from './journal-line.ts';

/**
 * A message as a list of bytes takes up to four characters a byte; what is longer than this is cut anyway.
 * The other fields, in no fixed order, are found before it or in the tail.
 */
export const LINE_LIMITS: LineLimits = { head: 4 * MESSAGE_BYTES + 4096, tail: 4096 };

/** Whose journal is read: the unit's own name and, where it has one, its namespace. */
export interface JournalOf {
  readonly unit: string;
  readonly manager: UnitManager;
  /** `LogNamespace=`, systemd.exec(5); '' for the default one. */
  readonly namespace: string;
}

export function journalctl({ unit, manager, namespace }: JournalOf): readonly string[] {
  const fields = `--output-fields=${FIELDS.join(',')}`;
  return [
    ...['journalctl', '--no-pager', '-o', 'json', '--all', fields],
    // With `+`, what systemd says of the unit comes along: that goes to the default namespace.
    ...(namespace === '' ? [] : [`--namespace=+${namespace}`]),
    // Of units with this name, those of whoever asks: under sudo that would be root.
    ...(manager === 'user' ? ['--user-unit', unit] : ['-u', unit]),
  ];
}

/** journalctl's hint to who is in none of the groups that may read the system's journal. */
export function isHidden(stderr: string): boolean {
  return /insufficient permissions|not seeing messages/i.test(stderr);
}

/** That hint in one line. */
export function hint(stderr: string): string {
  return stderr.trim().replace(/\s*\n\s*/g, ' ');
}
