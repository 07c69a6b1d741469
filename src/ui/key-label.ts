/** A chord as it is shown: `ctrl+p` is `Ctrl+P`, `pageup` is `PgUp`; the names come from the catalogue. */

export function keyLabel(chord: string | undefined, names: Readonly<Record<string, string>>): string {
  if (chord === undefined) return '';
  const plus = chord === '+' || chord.endsWith('++');
  const parts = plus ? [...chord.slice(0, -1).split('+').filter(Boolean), '+'] : chord.split('+');
  return parts
    .map((part, index) => {
      const last = index === parts.length - 1;
      if (names[part] !== undefined && part.length > 1) return names[part];
      return last && parts.length > 1 ? part.toUpperCase() : part;
    })
    .join('+');
}
